import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { accountOf, evidenceOf, listed, resultOf, type Seen, seen } from './parts'
import { ignoresPublicAcls } from './storage'

const Trail = z.object({
  multiRegion: z.boolean(),
  organization: z.boolean(),
  logFileValidation: z.boolean(),
  kmsKey: z.string().nullable(),
  bucket: z.string().nullable(),
  logging: z.boolean().nullable(),
  delivery: z
    .object({
      recent: z.boolean(),
      error: z.string().nullable(),
      digestRecent: z.boolean(),
      digestError: z.string().nullable(),
    })
    .nullable(),
  managementEvents: z.string().nullable(),
  objectEvents: z.boolean().nullable(),
})
type SeenTrail = Seen<z.infer<typeof Trail>>

const Bucket = z.object({
  region: z.string(),
  publicByPolicy: z.boolean(),
  trail: z
    .object({
      loggingBucket: z.string().nullable(),
      versioning: z.boolean(),
      objectLock: z.boolean(),
      expirations: z.array(z.object({ rule: z.string(), days: z.number() })),
    })
    .nullable(),
})

function trailsOf(inventory: Inventory): SeenTrail[] {
  return seen(inventory, 'AWS::CloudTrail::Trail', Trail)
}

/** Trails that this account can change: those of the organization belong to its management account. */
function ownTrails(inventory: Inventory): SeenTrail[] {
  return trailsOf(inventory).filter(({ resource }) => resource.arn.split(':')[4] === inventory.account.id)
}

function trailRef({ resource }: SeenTrail): CheckResult['resource'] {
  return { id: resource.arn, type: 'AwsCloudTrailTrail' }
}

/**
 * CloudTrail.1: a trail of all Regions that records all management events, of the account or of its organization.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-1
 */
function* multiRegionTrail(inventory: Inventory): Iterable<CheckResult> {
  const trails = trailsOf(inventory).filter(({ data }) => data.multiRegion && data.logging !== false)
  const fitting = trails.filter(({ data }) => data.managementEvents === 'All' || data.managementEvents === null)
  // AWS shows members a trail of the organization, but not always its state.
  const known = fitting.filter(({ data }) => data.logging === true && data.managementEvents === 'All')
  if (known.length === 0 && fitting.length > 0) return
  const evidence = evidenceOf({
    trails: listed(known.map(({ resource }) => resource.name)) || null,
    organizationTrail: known.some(({ data }) => data.organization),
  })
  yield { resource: accountOf(inventory), result: resultOf(known.length > 0), evidence }
}

function eachTrail(judge: (trail: SeenTrail['data']) => Pick<CheckResult, 'result' | 'evidence'> | null) {
  return function* (inventory: Inventory): Iterable<CheckResult> {
    for (const trail of ownTrails(inventory)) {
      const judged = judge(trail.data)
      if (judged) yield { resource: trailRef(trail), region: trail.resource.region, ...judged }
    }
  }
}

const validation = eachTrail(({ logFileValidation }) => ({ result: resultOf(logFileValidation) }))

const encryption = eachTrail(({ kmsKey }) => ({
  result: resultOf(kmsKey !== null),
  evidence: evidenceOf({ kmsKey }),
}))

/** A trail that is stopped is another check. */
const delivery = eachTrail(({ logging, delivery, logFileValidation }) => {
  if (!logging || !delivery) return null
  const { recent, error, digestRecent, digestError } = delivery
  const digests = !logFileValidation || (digestRecent && digestError === null)
  const evidence = evidenceOf({ delivered: recent, deliveryError: error, digestDelivered: digestRecent, digestError })
  return { result: resultOf(recent && error === null && digests), evidence }
})

/** Buckets of this account that its trails write to. */
function bucketsOf(inventory: Inventory) {
  const trails = trailsOf(inventory)
  return seen(inventory, 'AWS::S3::Bucket', Bucket).flatMap(bucket => {
    const of = trails.filter(({ data }) => data.bucket === bucket.resource.name)
    return of.length > 0 ? [{ ...bucket, trails: of }] : []
  })
}

function* buckets(inventory: Inventory): Iterable<CheckResult> {
  for (const { resource, data, trails } of bucketsOf(inventory)) {
    const at = { resource: { id: resource.arn, type: 'AwsS3Bucket' }, region: data.region }
    // Without a block, an access control list could make it public: these are not read.
    const known = data.publicByPolicy || ignoresPublicAcls(inventory, resource)
    const evidence = evidenceOf({ publicByPolicy: data.publicByPolicy, aclsUnknown: known ? null : true })
    yield { control: 'CloudTrail.6', ...at, result: known ? resultOf(!data.publicByPolicy) : 'unknown', evidence }
    if (!data.trail) continue
    const objects = trails.some(trail => trail.data.objectEvents)
    const logged = data.trail.loggingBucket !== null || objects
    const logs = evidenceOf({ loggingBucket: data.trail.loggingBucket, objectEvents: objects })
    yield { control: 'CloudTrail.7', ...at, result: resultOf(logged), evidence: logs }
  }
}

function* retention(inventory: Inventory): Iterable<CheckResult> {
  const limit = inventory.limits.logRetentionDays
  for (const { resource, data } of bucketsOf(inventory)) {
    if (!data.trail) continue
    const { versioning, objectLock, expirations } = data.trail
    const shortest = expirations.map(({ days }) => days).toSorted((a, b) => a - b)[0]
    const kept = shortest === undefined || shortest >= limit
    yield {
      resource: { id: resource.arn, type: 'AwsS3Bucket' },
      region: data.region,
      result: resultOf(versioning && objectLock && kept),
      evidence: evidenceOf({ versioning, objectLock, expiresAfterDays: shortest, limitDays: limit }),
    }
  }
}

const once = { needs: ['cloudtrail'], regional: false } as const
const withBuckets = { needs: ['cloudtrail', 's3', 'account'], regional: false } as const

export const trailChecks: readonly CheckDefinition[] = [
  { id: 'trail-all-regions', controls: ['CloudTrail.1'], severity: 'high', ...once, run: multiRegionTrail },
  { id: 'trail-validation', controls: ['CloudTrail.4'], severity: 'low', ...once, run: validation },
  { id: 'trail-encryption', controls: ['CloudTrail.2'], severity: 'medium', ...once, run: encryption },
  { id: 'trail-delivery', controls: ['hinomi/trail-delivery'], severity: 'high', ...once, run: delivery },
  { id: 'trail-bucket', controls: ['CloudTrail.6', 'CloudTrail.7'], severity: 'high', ...withBuckets, run: buckets },
  { id: 'trail-retention', controls: ['hinomi/trail-retention'], severity: 'medium', ...withBuckets, run: retention },
]
