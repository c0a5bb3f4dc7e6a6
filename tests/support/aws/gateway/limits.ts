import type { Scope } from './scope'

interface Limit {
  service: string
  /** Without operations: all of the service share one bucket. */
  operations?: readonly string[]
  perSecond: number
  burst: number
}

/**
 * Request limits per account and Region: those that Security Hub and EC2 publish (of EC2 that of reads without pages and filters,
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html), and the limiters of Steampipe's AWS plugin for the others
 * (https://hub.steampipe.io/plugins/turbot/aws).
 */
const LIMITS: readonly Limit[] = [
  { service: 'securityhub', operations: ['GetFindings'], perSecond: 3, burst: 6 },
  { service: 'securityhub', operations: ['BatchUpdateFindings'], perSecond: 10, burst: 30 },
  { service: 'securityhub', operations: ['UpdateStandardsControl'], perSecond: 1, burst: 5 },
  { service: 'wafv2', perSecond: 5, burst: 10 },
  { service: 'cloudfront', perSecond: 5, burst: 5 },
  { service: 'ec2', perSecond: 10, burst: 50 },
  { service: 'route-53', perSecond: 5, burst: 5 },
  { service: 'iam', operations: ['GetPolicy', 'GetPolicyVersion'], perSecond: 35, burst: 35 },
  {
    service: 'iam',
    operations: ['GetRole', 'GetRolePolicy', 'ListRolePolicies', 'ListAttachedRolePolicies'],
    perSecond: 15,
    burst: 15,
  },
  { service: 'lambda', operations: ['GetPolicy'], perSecond: 15, burst: 15 },
  { service: 'lambda', operations: ['ListFunctions'], perSecond: 10, burst: 10 },
]

/** Token buckets per account, Region and limit. */
export class RequestLimits {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  /** Takes a token; false where the call is above the limit. */
  take(call: Required<Scope>, at: number): boolean {
    const limit = LIMITS.find(
      ({ service, operations }) => service === call.service && (operations?.includes(call.operation) ?? true),
    )
    if (!limit) return true
    const key = `${call.account} ${call.region} ${LIMITS.indexOf(limit)}`
    const bucket = this.#buckets.get(key) ?? { tokens: limit.burst, at }
    const tokens = Math.min(limit.burst, bucket.tokens + ((at - bucket.at) / 1000) * limit.perSecond)
    this.#buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at })
    return tokens >= 1
  }
}
