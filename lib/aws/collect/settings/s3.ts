import 'server-only'
import { partitionOf } from '../../../domain/commands/command-values'
import { AwsFailure } from '../../failure'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import { pagesOf } from '../paging'
import { ordered, plainObject, tagsOf } from '../plain'

type Bucket = NonNullable<OutputOf<'s3:ListBuckets'>['Buckets']>[number]
type Name = { readonly Bucket: string }

const PAGE = 100
/** Buckets that are read at the same time: an account may have thousands of them. */
const AT_ONCE = 10
const TRAIL_WRITER = 'cloudtrail.amazonaws.com'

/**
 * Settings of buckets; nothing that is in them. Logging, versions and retention are read for buckets that CloudTrail
 * may write to: only of these does a check ask for them.
 */
export const s3: Collector = { id: 's3', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const input = { MaxBuckets: PAGE }
  const paging = {
    at: (ContinuationToken: string) => ({ ...input, ContinuationToken }),
    next: ({ ContinuationToken }: OutputOf<'s3:ListBuckets'>) => ContinuationToken,
  }
  const place = typeof from === 'string' ? from : null
  for await (const { answer, next } of pagesOf(calls, 's3:ListBuckets', input, paging, place)) {
    const buckets = answer.Buckets ?? []
    const records: object[] = []
    for (let at = 0; at < buckets.length; at += AT_ONCE) {
      const read = await Promise.all(buckets.slice(at, at + AT_ONCE).map(bucket => bucketOf(calls, bucket)))
      records.push(...read.filter(record => record !== null))
    }
    yield { records, next }
  }
}

/** Null for a bucket that was deleted meanwhile. */
async function bucketOf(calls: CellCalls, { Name: Bucket = '', BucketRegion, CreationDate }: Bucket) {
  const data = {
    region: BucketRegion ?? calls.region,
    createdAt: CreationDate,
    ...(await settingsOf(calls, { Bucket })),
  }
  if ('gone' in data) return null
  // It is in a Region, but the cell of the collector has none.
  const arn = `arn:${partitionOf(calls.region).partition}:s3:::${Bucket}`
  return inventoryOf(calls, { type: 'AWS::S3::Bucket', arn, name: Bucket, data: plainObject(data) })
}

async function settingsOf(calls: CellCalls, name: Name): Promise<Record<string, unknown>> {
  try {
    const [block, policy, tags] = await Promise.all([
      orNull(calls.call('s3:GetPublicAccessBlock', name), 'NoSuchPublicAccessBlockConfiguration'),
      orNull(calls.call('s3:GetBucketPolicy', name), 'NoSuchBucketPolicy'),
      orNull(calls.call('s3:GetBucketTagging', name), 'NoSuchTagSet'),
    ])
    const document = parsed(policy?.Policy)
    return {
      publicAccessBlock: block?.PublicAccessBlockConfiguration ?? null,
      policy: document,
      tags: tagsOf(tags?.TagSet),
      publicByPolicy: document === null ? false : await isPublic(calls, name),
      trail: policy?.Policy?.includes(TRAIL_WRITER) ? await trailSettings(calls, name) : null,
    }
  } catch (error) {
    if (error instanceof AwsFailure && error.code === 'NoSuchBucket') return { gone: true }
    // The policy of one bucket refuses, and says nothing about the others.
    if (error instanceof AwsFailure && error.reason === 'resource_policy') return { denied: error.action }
    throw error
  }
}

async function isPublic(calls: CellCalls, name: Name): Promise<boolean> {
  const status = await orNull(calls.call('s3:GetBucketPolicyStatus', name), 'NoSuchBucketPolicy')
  return status?.PolicyStatus?.IsPublic ?? false
}

/** The settings that protect the log files of a trail. */
async function trailSettings(calls: CellCalls, name: Name) {
  const [logging, versioning, lifecycle, lock] = await Promise.all([
    calls.call('s3:GetBucketLogging', name),
    calls.call('s3:GetBucketVersioning', name),
    orNull(calls.call('s3:GetBucketLifecycleConfiguration', name), 'NoSuchLifecycleConfiguration'),
    orNull(calls.call('s3:GetObjectLockConfiguration', name), 'ObjectLockConfigurationNotFoundError'),
  ])
  const rules = (lifecycle?.Rules ?? []).filter(({ Status }) => Status === 'Enabled')
  return {
    loggingBucket: logging.LoggingEnabled?.TargetBucket ?? null,
    versioning: versioning.Status === 'Enabled',
    objectLock: lock?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled',
    expirations: ordered(
      rules.flatMap(({ ID, Expiration }) =>
        Expiration?.Days === undefined ? [] : [{ rule: ID ?? '', days: Expiration.Days }],
      ),
      ({ rule }) => rule,
    ),
  }
}

/** A policy that is no JSON stays the text that it is. */
function parsed(policy: string | undefined): unknown {
  if (policy === undefined) return null
  try {
    return JSON.parse(policy)
  } catch {
    return policy
  }
}
