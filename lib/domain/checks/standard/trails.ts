import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory, Resource } from '../check'
import { accountOf, evidenceOf, judgeEach, listed, resultOf, type Seen, seen } from './parts'
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
const TRAIL = 'AWS::CloudTrail::Trail'
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
  return seen(inventory, TRAIL, Trail)
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
  const isUnknown = known.length === 0 && fitting.length > 0
  const evidence = evidenceOf({
    trails: listed(known.map(({ resource }) => resource.name)) || null,
    organizationTrail: known.some(({ data }) => data.organization),
  })
  const result = isUnknown ? 'unknown' : resultOf(known.length > 0)
  yield { resource: accountOf(inventory), result, evidence }
}

function eachTrail(judge: (trail: SeenTrail['data']) => Pick<CheckResult, 'result' | 'evidence'> | null) {
  return function* (inventory: Inventory): Iterable<CheckResult> {
    // Those of the organization belong to its management account: this account cannot change them.
    const where = ({ arn }: Resource) => arn.split(':')[4] === inventory.account.id
    const own = { type: TRAIL, as: 'AwsCloudTrailTrail', schema: Trail, where }
    yield* judgeEach(inventory, own, function* ({ resource: { region }, data }, resource) {
      const judged = judge(data)
      if (judged) yield { resource, region, ...judged }
    })
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

interface TrailBucket extends Seen<z.infer<typeof Bucket>> {
  readonly ref: CheckResult['resource']
  readonly trails: readonly SeenTrail[]
}

/** A check of the buckets of this account that its trails write to. */
function eachBucket(judge: (bucket: TrailBucket, inventory: Inventory) => Iterable<CheckResult>) {
  return (inventory: Inventory): Iterable<CheckResult> => {
    const all = trailsOf(inventory)
    const trailsTo = ({ name }: Resource) => all.filter(({ data }) => data.bucket === name)
    const where = (bucket: Resource) => trailsTo(bucket).length > 0
    const wanted = { type: 'AWS::S3::Bucket', as: 'AwsS3Bucket', schema: Bucket, where }
    return judgeEach(inventory, wanted, (bucket, ref) =>
      judge({ ...bucket, ref, trails: trailsTo(bucket.resource) }, inventory),
    )
  }
}

const buckets = eachBucket(function* ({ resource, ref, data, trails }, inventory) {
  const at = { resource: ref, region: data.region }
  // Without a block, an access control list could make it public: these are not read.
  const known = data.publicByPolicy || ignoresPublicAcls(inventory, resource)
  const evidence = evidenceOf({ publicByPolicy: data.publicByPolicy, aclsUnknown: known ? null : true })
  yield { control: 'CloudTrail.6', ...at, result: known ? resultOf(!data.publicByPolicy) : 'unknown', evidence }
  if (!data.trail) return
  const objects = trails.some(trail => trail.data.objectEvents)
  const logged = data.trail.loggingBucket !== null || objects
  const logs = evidenceOf({ loggingBucket: data.trail.loggingBucket, objectEvents: objects })
  yield { control: 'CloudTrail.7', ...at, result: resultOf(logged), evidence: logs }
})

const retention = eachBucket(function* ({ ref, data }, inventory) {
  if (!data.trail) return
  const limit = inventory.limits.logRetentionDays
  const { versioning, objectLock, expirations } = data.trail
  const shortest = expirations.map(({ days }) => days).toSorted((a, b) => a - b)[0]
  const kept = shortest === undefined || shortest >= limit
  yield {
    resource: ref,
    region: data.region,
    result: resultOf(versioning && objectLock && kept),
    evidence: evidenceOf({ versioning, objectLock, expiresAfterDays: shortest, limitDays: limit }),
  }
})

const once = { needs: ['cloudtrail'], regional: false } as const
const withBuckets = { needs: ['cloudtrail', 's3', 'account'], regional: false } as const

export const trailChecks: readonly CheckDefinition[] = [
  {
    id: 'trail-all-regions',
    controls: ['CloudTrail.1'],
    severity: 'high',
    ...once,
    always: true,
    run: multiRegionTrail,
  },
  { id: 'trail-validation', controls: ['CloudTrail.4'], severity: 'low', ...once, run: validation },
  { id: 'trail-encryption', controls: ['CloudTrail.2'], severity: 'medium', ...once, run: encryption },
  { id: 'trail-delivery', controls: ['hinomi/trail-delivery'], severity: 'high', ...once, run: delivery },
  { id: 'trail-bucket', controls: ['CloudTrail.6', 'CloudTrail.7'], severity: 'high', ...withBuckets, run: buckets },
  { id: 'trail-retention', controls: ['hinomi/trail-retention'], severity: 'medium', ...withBuckets, run: retention },
]
