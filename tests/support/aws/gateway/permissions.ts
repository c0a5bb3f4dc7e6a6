import type { AwsRequest } from '../wire/aws-request'

/** Services whose IAM prefix is not the name of their client. https://docs.aws.amazon.com/service-authorization */
const PREFIXES: Record<string, string> = {
  accessanalyzer: 'access-analyzer',
  'api-gateway': 'apigateway',
  apigatewayv2: 'apigateway',
  'cloudwatch-logs': 'logs',
  'cognito-identity-provider': 'cognito-idp',
  'config-service': 'config',
  'elastic-load-balancing': 'elasticloadbalancing',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'route-53': 'route53',
  's3-control': 's3',
  'sso-admin': 'sso',
}

/** Operations whose IAM action has another name. */
const ACTIONS: Record<string, string> = {
  'access-analyzer:ListFindingsV2': 'access-analyzer:ListFindings',
  'access-analyzer:GetFindingV2': 'access-analyzer:GetFinding',
  'budgets:DescribeBudgets': 'budgets:ViewBudget',
  'budgets:DescribeNotificationsForBudget': 'budgets:ViewBudget',
  'budgets:DescribeSubscribersForNotification': 'budgets:ViewBudget',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:GetObjectLockConfiguration': 's3:GetBucketObjectLockConfiguration',
  's3:ListBuckets': 's3:ListAllMyBuckets',
  'securityhub:GetFindingsV2': 'securityhub:GetFindings',
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
}

/** Actions that AWS WAF checks for the kinds of resources behind a web ACL, beside its own. */
const BEHIND_WAF: Record<string, string> = {
  AMPLIFY: 'amplify:ListResourcesForWebACL',
  API_GATEWAY: 'apigateway:GET',
  APPLICATION_LOAD_BALANCER: 'elasticloadbalancing:DescribeWebACLAssociation',
  APPSYNC: 'appsync:ListResourcesForWebACL',
  APP_RUNNER_SERVICE: 'apprunner:ListAssociatedServicesForWebAcl',
  COGNITO_USER_POOL: 'cognito-idp:ListResourcesForWebACL',
  VERIFIED_ACCESS_INSTANCE: 'ec2:DescribeVerifiedAccessInstanceWebAclAssociations',
}

type Asked = Pick<AwsRequest, 'service' | 'operation' | 'input'> & { http: Pick<AwsRequest['http'], 'method'> }

/** The IAM actions that a call needs. */
export function actionsOf(request: Asked): string[] {
  const { service, operation, input, http } = request
  const prefix = PREFIXES[service] ?? service
  // Everybody may ask who they are.
  if (operation.name === 'GetCallerIdentity') return []
  if (prefix === 'apigateway') return [`apigateway:${http.method}`]
  if (operation.name === 'GetPublicAccessBlock') {
    return [service === 's3-control' ? 's3:GetAccountPublicAccessBlock' : 's3:GetBucketPublicAccessBlock']
  }
  const own = `${prefix}:${operation.name}`
  const more = service === 'wafv2' && operation.name === 'ListResourcesForWebACL'
  const behind = more ? BEHIND_WAF[String(input.ResourceType ?? 'APPLICATION_LOAD_BALANCER')] : undefined
  return [ACTIONS[own] ?? own, ...(behind ? [behind] : [])]
}

export interface Denial {
  account?: string
  region?: string
  /** An action, or a pattern such as "guardduty:*". */
  action: string
  /** Why, if it is not the caller's own policy: "with an explicit deny in a service control policy". */
  reason?: string
}

/** Actions that the caller's policies do not allow. */
export class Denials {
  #denials: Denial[] = []

  /** Returns a function that allows it again. */
  add(denial: Denial): () => void {
    this.#denials.push(denial)
    return () => {
      this.#denials = this.#denials.filter(other => other !== denial)
    }
  }

  /** The first of these actions that is denied, and why. */
  find(account: string, region: string, actions: readonly string[]): { action: string; reason: string } | null {
    const denialOf = (action: string) =>
      this.#denials.find(
        denial =>
          (denial.account ?? account) === account &&
          (denial.region ?? region) === region &&
          matches(denial.action, action),
      )
    for (const action of actions) {
      const denial = denialOf(action)
      if (denial)
        return { action, reason: denial.reason ?? `because no identity-based policy allows the ${action} action` }
    }
    return null
  }

  clear(): void {
    this.#denials = []
  }
}

/** Whether a pattern of IAM with "*" and "?" covers a text. */
export function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${escaped}$`, 'i').test(text)
}
