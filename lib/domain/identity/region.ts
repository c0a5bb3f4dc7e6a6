import { z } from 'zod'

/** A Region as AWS writes it. */
export const RegionName = z.string().regex(/^[a-z]{2,4}(-[a-z0-9]+)+$/)

/**
 * AWS services without Regions, as ARNs name them. S3 is not one of them: a bucket is in a Region, although its ARN
 * names none. https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
 */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set([
  'iam',
  'sts',
  'account',
  'organizations',
  'cloudfront',
  'route53',
  'route53domains',
  'shield',
  'globalaccelerator',
  'waf',
  'support',
  'trustedadvisor',
  // Prowler's own spelling, in ARNs that name no real resource.
  'trusted-advisor',
])

/** The service that a check's name begins with: `iam_user_…` of Prowler, `IAM.3` of Security Hub. */
const GLOBAL_CHECK =
  /^(iam|account|organizations|cloudfront|route53|shield|globalaccelerator|trustedadvisor)(_|\.)|^waf_global_|^waf\.(1|6|7|8)$/i

/** A check whose name begins with a service, global or not. */
const SERVICE_CHECK = /^[a-z0-9]+_|^[a-z0-9]+\.\d/i

/** Resource types of those services in the spellings of ASFF, CloudFormation and Inspector. */
const GLOBAL_TYPE =
  /^(AWS::|Aws|AWS_)(IAM|STS|Organizations|CloudFront|Route53|Shield|GlobalAccelerator|WAF)(::|_|(?=[A-Z]))(?!Regional)/i
const REGIONAL_TYPE = /^(AWS::|Aws|AWS_)(Waf_?v2|Waf_?Regional|Route53_?Resolver)/i

const ARN = /^arn:[^:]*:([^:]*):([^:]*):([^:]*):/

/** Parts of an ARN; null for other text. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function arn(text: string): { service: string; region: string; account: string; resource: string } | null {
  const [head, service = '', region = '', account = ''] = ARN.exec(text) ?? []
  return head === undefined ? null : { service, region, account, resource: text.slice(head.length) }
}

/** The account itself, which tools also report if a Region has no resource of the checked service. */
const ACCOUNT_ROOT = /^arn:[^:]+:iam::\d{12}:root$/

/** Whether a resource has no Region, whatever Region a tool ran in; null if its id does not show it. */
function isGlobalArn(parts: ReturnType<typeof arn>): boolean | null {
  if (!parts) return null
  if (parts.service === 's3') return false
  if (GLOBAL_SERVICES.has(parts.service)) return true
  // A web ACL of the scope CLOUDFRONT is in us-east-1, but protects all Regions.
  if (parts.service === 'wafv2') return parts.resource.startsWith('global/')
  return parts.region === '' ? null : false
}

/** The Region that an ARN of a regional service names; null for others. */
export function regionOfArn(resourceId: string): string | null {
  const parts = arn(resourceId)
  return isGlobalArn(parts) === false ? parts?.region || null : null
}

/** Whether a posture problem has no Region. The resource's own ARN decides before the check and the resource's type. */
export function isGlobal({
  control,
  resourceId,
  resourceType = '',
}: {
  control: string
  resourceId: string
  resourceType?: string | undefined
}): boolean {
  if (ACCOUNT_ROOT.test(resourceId) && SERVICE_CHECK.test(control)) return GLOBAL_CHECK.test(control)
  const byArn = isGlobalArn(arn(resourceId))
  if (byArn !== null) return byArn
  if (GLOBAL_CHECK.test(control)) return true
  return GLOBAL_TYPE.test(resourceType) && !REGIONAL_TYPE.test(resourceType)
}

const IAM_USER = /^arn:[^:]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/

/**
 * The resource in an identity: equal for all spellings of one resource, never shown. Names of IAM users are unique in
 * an account whatever their path, and tools put the Region in which they ran into ARNs of global resources.
 */
export function resourceKey(accountId: string, resourceId: string): string {
  const user = resourceId.startsWith(USER_NAME) ? resourceId.slice(USER_NAME.length) : IAM_USER.exec(resourceId)?.[2]
  if (user !== undefined) return `arn:aws:iam::${accountId}:user/${user}`
  const parts = arn(resourceId)
  if (!parts || parts.region === '' || isGlobalArn(parts) !== true || parts.service === 'wafv2') return resourceId
  const [head, partition, service] = resourceId.split(':', 3)
  return `${head}:${partition}:${service}::${parts.account}:${parts.resource}`
}

/** The resource id of an IAM user of whom only the name is known: the path is missing, and with it the ARN. */
export const USER_NAME = 'AWS::IAM::User:'
