import type * as Support from '@aws-sdk/client-support'
import type * as TrustedAdvisor from '@aws-sdk/client-trustedadvisor'
import { AwsError } from '../../wire/aws-error'
import { type Call, type Handlers, pageOf } from '../handler'

const PAGE = 100

type SupportNames =
  | 'DescribeTrustedAdvisorChecks'
  | 'DescribeTrustedAdvisorCheckResult'
  | 'DescribeTrustedAdvisorCheckSummaries'
  | 'DescribeTrustedAdvisorCheckRefreshStatuses'

export const support: Handlers<typeof Support, SupportNames> = {
  DescribeTrustedAdvisorChecks({ language }, call) {
    requirePlan(call)
    if (!language) throw new AwsError('ValidationException', 'The language is missing.')
    return { checks: call.store.list('support.check', accountOf(call)) }
  },
  DescribeTrustedAdvisorCheckResult({ checkId }, call) {
    requirePlan(call)
    const result = call.store.list('support.result', accountOf(call)).find(one => one.checkId === checkId)
    return { result: result ?? notRun(String(checkId)) }
  },
  DescribeTrustedAdvisorCheckSummaries({ checkIds = [] }, call) {
    requirePlan(call)
    const results = call.store.list('support.result', accountOf(call))
    const summaries = checkIds.map(checkId => {
      const result = results.find(one => one.checkId === checkId)
      const hasFlaggedResources = Boolean(result?.flaggedResources?.length)
      return { ...notRun(String(checkId)), ...result, hasFlaggedResources }
    })
    return { summaries }
  },
  DescribeTrustedAdvisorCheckRefreshStatuses({ checkIds = [] }, call) {
    requirePlan(call)
    return { statuses: checkIds.map(id => ({ checkId: String(id), status: 'none', millisUntilNextRefreshable: 0 })) }
  },
}

function notRun(checkId: string) {
  return {
    checkId,
    timestamp: '',
    status: 'not_available',
    resourcesSummary: { resourcesProcessed: 0, resourcesFlagged: 0, resourcesIgnored: 0, resourcesSuppressed: 0 },
    categorySpecificSummary: {},
    flaggedResources: [],
  }
}

function requirePlan(call: Call): void {
  if (call.region !== 'us-east-1')
    throw new AwsError('UnknownOperationException', 'AWS Support answers only in us-east-1.')
  if (call.store.get('support.plan', accountOf(call))) return
  const message = 'Amazon Web Services Premium Support Subscription is required to use this service.'
  throw new AwsError('SubscriptionRequiredException', message)
}

type AdvisorNames = 'ListChecks' | 'ListRecommendations' | 'GetRecommendation' | 'ListRecommendationResources'

export const trustedadvisor: Handlers<typeof TrustedAdvisor, AdvisorNames> = {
  ListChecks({ nextToken, maxResults = PAGE }, call) {
    requireAdvisorPlan(call)
    const { items, next } = pageOf(call.store.list('trustedadvisor.check', accountOf(call)), nextToken, maxResults)
    return { checkSummaries: items, nextToken: next }
  },
  ListRecommendations({ status, pillar, checkIdentifier, nextToken, maxResults = PAGE, ...rest }, call) {
    requireAdvisorPlan(call)
    const after = rest.afterLastUpdatedAt
    const all = call.store
      .list('trustedadvisor.recommendation', accountOf(call))
      .filter(one => !status || one.status === status)
      .filter(one => !pillar || one.pillars?.includes(pillar))
      .filter(one => !checkIdentifier || one.checkArn?.endsWith(checkIdentifier))
      .filter(one => !after || (one.lastUpdatedAt ?? new Date(0)) > after)
    const { items, next } = pageOf(all, nextToken, maxResults)
    return { recommendationSummaries: items, nextToken: next }
  },
  GetRecommendation({ recommendationIdentifier }, call) {
    requireAdvisorPlan(call)
    const found = call.store
      .list('trustedadvisor.recommendation', accountOf(call))
      .find(one => recommendationIdentifier && one.arn?.endsWith(recommendationIdentifier))
    if (!found) throw new AwsError('ResourceNotFoundException', 'The recommendation was not found.', 404)
    return { recommendation: { ...found, description: String(found.name) } }
  },
  ListRecommendationResources({ recommendationIdentifier = '', nextToken, maxResults = PAGE }, call) {
    requireAdvisorPlan(call)
    const all = call.store
      .list('trustedadvisor.resource', accountOf(call))
      .filter(one => one.recommendationArn?.endsWith(recommendationIdentifier))
    const { items, next } = pageOf(all, nextToken, maxResults)
    return { recommendationResourceSummaries: items, nextToken: next }
  },
}

function requireAdvisorPlan(call: Call): void {
  if (call.store.get('support.plan', accountOf(call))) return
  const message = 'Your AWS Support plan does not include access to the Trusted Advisor API.'
  throw new AwsError('AccessDeniedException', message, 403)
}

function accountOf({ account }: Call) {
  return { account }
}
