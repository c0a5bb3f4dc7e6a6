/** Kinds of entrances from the internet. */
export const entranceKinds = [
  'cloudfront',
  'alb',
  'nlb',
  'rest_api',
  'http_api',
  'websocket_api',
  'graphql_api',
  'event_api',
  'user_pool',
  'app_runner',
  'amplify',
  'verified_access',
  'function_url',
  'ec2',
] as const
export type EntranceKind = (typeof entranceKinds)[number]

/**
 * Kinds that AWS WAF cannot protect by itself: a web ACL has to stand on something before them.
 * https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
 */
const WITHOUT_ACL: ReadonlySet<EntranceKind> = new Set(['nlb', 'http_api', 'websocket_api', 'function_url', 'ec2'])

/** Whether a web ACL can be associated with entrances of this kind. */
export function takesAcl(kind: EntranceKind): boolean {
  return !WITHOUT_ACL.has(kind)
}
