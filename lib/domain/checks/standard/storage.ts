import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory, Resource } from '../check'
import { accountOf, evidenceOf, judgeEach, onlyOf, resultOf, theOnly } from './parts'

const FLAGS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const
const Block = z.record(z.string(), z.unknown()).nullable()
const AccountBlock = z.object({ block: Block })
const Bucket = z.object({ region: z.string(), publicAccessBlock: Block, policy: z.unknown() })
/** The policy of the bucket refuses to show this. */
const Refused = z.object({ region: z.string(), denied: z.string().nullable() })
const Database = z.object({ publiclyAccessible: z.boolean(), encrypted: z.boolean() })
const Key = z.object({ rotation: z.boolean().nullable() })
const RefusedKey = z.object({ denied: z.string().nullable() })

function isBlocked(block: z.infer<typeof Block>): boolean {
  return FLAGS.every(flag => block?.[flag] === true)
}

/** Whether access control lists make no object of a bucket public. */
export function ignoresPublicAcls(inventory: Inventory, bucket: Resource): boolean {
  const own = Bucket.safeParse(bucket.data)
  const account = onlyOf(inventory, 'AWS::S3::AccountPublicAccessBlock', AccountBlock)?.block
  return account?.IgnorePublicAcls === true || (own.success && own.data.publicAccessBlock?.IgnorePublicAcls === true)
}

function blockEvidence(block: z.infer<typeof Block>) {
  const missing = FLAGS.filter(flag => block?.[flag] !== true)
  return evidenceOf({ missingBlocks: missing.join(', ') || null })
}

function* accountBlock(inventory: Inventory): Iterable<CheckResult> {
  const { block } = theOnly(inventory, 'AWS::S3::AccountPublicAccessBlock', AccountBlock)
  yield { resource: accountOf(inventory), result: resultOf(isBlocked(block)), evidence: blockEvidence(block) }
}

type Judged = Pick<CheckResult, 'result' | 'evidence'>

function eachBucket(judge: (data: z.infer<typeof Bucket>) => Judged) {
  return function* (inventory: Inventory): Iterable<CheckResult> {
    const all = { type: 'AWS::S3::Bucket', as: 'AwsS3Bucket', schema: z.union([Refused, Bucket]) }
    yield* judgeEach(inventory, all, function* ({ data }, resource) {
      const { region } = data
      if (!('denied' in data)) yield { resource, region, ...judge(data) }
      else yield { resource, region, result: 'unknown', evidence: evidenceOf({ deniedAction: data.denied }) }
    })
  }
}

const bucketBlocks = eachBucket(({ publicAccessBlock: block }) => ({
  result: resultOf(isBlocked(block)),
  evidence: blockEvidence(block),
}))

const tlsOnly = eachBucket(({ policy }) => ({ result: resultOf(deniesHttp(policy)) }))

const OneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform(value => (Array.isArray(value) ? value : [value]))
const Statements = z.object({
  Statement: z.preprocess(
    value => (Array.isArray(value) ? value : [value]),
    z.array(
      z.object({
        Effect: z.string(),
        Principal: z.unknown(),
        Action: OneOrMore.optional(),
        Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
      }),
    ),
  ),
})

/** S3.5: a statement that denies everybody everything over HTTP. */
function deniesHttp(policy: unknown): boolean {
  const read = Statements.safeParse(policy)
  if (!read.success) return false
  return read.data.Statement.some(({ Effect, Principal, Action, Condition = {} }) => {
    if (Effect !== 'Deny' || !isEverybody(Principal) || !Action?.some(action => action === '*' || action === 's3:*'))
      return false
    const [[operator, keys] = ['', {}], ...others] = Object.entries(Condition)
    if (others.length > 0 || !/^Bool$/i.test(operator) || Object.keys(keys).length !== 1) return false
    return Object.entries(keys).every(
      ([key, value]) => key.toLowerCase() === 'aws:securetransport' && [value].flat().map(String).join() === 'false',
    )
  })
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true
  if (typeof principal !== 'object' || principal === null || !('AWS' in principal)) return false
  return [principal.AWS].flat().includes('*')
}

/** Keys whose policy refuses to be read, and others that cannot be rotated, say nothing. */
function* keyRotation(inventory: Inventory, region: string): Iterable<CheckResult> {
  const all = { type: 'AWS::KMS::Key', as: 'AwsKmsKey', schema: z.union([RefusedKey, Key]), region }
  yield* judgeEach(inventory, all, function* ({ data }, resource) {
    if ('denied' in data) yield { resource, result: 'unknown', evidence: evidenceOf({ deniedAction: data.denied }) }
    else if (data.rotation !== null) yield { resource, result: resultOf(data.rotation) }
  })
}

/**
 * The state of the resource in AWS Config, as Security Hub judges it: whether somebody could get through is not asked.
 */
function* databases(inventory: Inventory, region: string): Iterable<CheckResult> {
  const all = { type: 'AWS::RDS::DBInstance', as: 'AwsRdsDbInstance', schema: Database, region }
  yield* judgeEach(inventory, all, function* ({ data }, resource) {
    yield { control: 'RDS.2', resource, result: resultOf(!data.publiclyAccessible) }
    yield { control: 'RDS.3', resource, result: resultOf(data.encrypted) }
  })
}

const buckets = { needs: ['s3'], regional: false } as const

export const storageChecks: readonly CheckDefinition[] = [
  {
    id: 's3-account-block',
    controls: ['S3.1'],
    severity: 'medium',
    needs: ['account'],
    regional: false,
    always: true,
    run: accountBlock,
  },
  { id: 's3-bucket-block', controls: ['S3.8'], severity: 'high', ...buckets, run: bucketBlocks },
  { id: 's3-tls', controls: ['S3.5'], severity: 'medium', ...buckets, run: tlsOnly },
  { id: 'rds-private', controls: ['RDS.2', 'RDS.3'], severity: 'high', needs: ['rds'], regional: true, run: databases },
  { id: 'kms-rotation', controls: ['KMS.4'], severity: 'medium', needs: ['kms'], regional: true, run: keyRotation },
]
