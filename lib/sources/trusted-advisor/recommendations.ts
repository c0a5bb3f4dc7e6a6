import { z } from 'zod'
import { equivalence } from '../../domain/equivalence'
import type { Outcome, Result } from '../../domain/outcome'
import { RejectedRecord } from '../../domain/reject'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../fields'
import type { ReadingContext, Source } from '../source'
import { firstText } from '../text'
import { readTime } from '../time'
import { checkById, toPillar, weightOf } from './checks'
import { savingsLine, subjectOf } from './metadata'
import { isRecommendation, isResource } from './shapes'

const text = z.string().nullish()
const anything = z.unknown().optional()
const Counts = z.object({ errorCount: z.number(), warningCount: z.number() }).partial().nullish()

/** https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_RecommendationSummary.html */
const Recommendation = z.object({
  arn: z.string().min(1),
  id: text,
  name: z.string(),
  checkArn: text,
  source: text,
  status: z.string(),
  lifecycleStage: text,
  pillars: z.array(z.string()).nullish(),
  resourcesAggregates: Counts,
  pillarSpecificAggregates: z
    .object({ costOptimizing: z.object({ estimatedMonthlySavings: z.number() }).partial().nullish() })
    .partial()
    .nullish(),
  lastUpdatedAt: anything,
})
type Recommendation = z.infer<typeof Recommendation>

/**
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_RecommendationResourceSummary.html
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_OrganizationRecommendationResourceSummary.html (names the account)
 */
const Resource = z.object({
  arn: text,
  id: z.string().min(1),
  awsResourceId: z.string(),
  accountId: anything,
  regionCode: text,
  status: z.string(),
  exclusionStatus: text,
  metadata: z.record(z.string(), z.string().nullable()).nullish(),
  recommendationArn: z.string().min(1),
  lastUpdatedAt: anything,
})
type Resource = z.infer<typeof Resource>

interface Read {
  recommendation: Recommendation | null
  resources: Resource[]
}

/**
 * Recommendations of Trusted Advisor's newer API, and their resources: each by itself, or a recommendation together with its
 * resources. Only together is it known which check the resources are of; alone they go by the recommendation's id.
 */
export const trustedAdvisorRecommendations: Source<Read> = {
  id: 'trusted-advisor-recommendations',
  recognises: record =>
    Array.isArray(record.recommendationResourceSummaries) ||
    isRecommendation(record.recommendation) ||
    isRecommendation(record) ||
    isResource(record),
  parse(record) {
    const { recommendation, recommendationResourceSummaries: listed } = record
    const summary = [recommendation, record].find(isRecommendation)
    const resources = (Array.isArray(listed) ? listed : [record]).filter(isResource)
    return {
      recommendation: summary ? parseWith(Recommendation, summary) : null,
      resources: resources.map(resource => parseWith(Resource, resource)),
    }
  },
  normalise,
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['ok', 'passed'],
  ['warning', 'failed'],
  ['error', 'failed'],
])

function normalise({ recommendation, resources }: Read, context: ReadingContext): Outcome[] {
  if (recommendation?.source === 'security_hub') throw new RejectedRecord('echo', { of: 'Security Hub' })
  if (resources.length > 0) return resources.map(resource => ofResource(resource, recommendation, context))
  if (!recommendation) throw new RejectedRecord('missing_field', { field: 'recommendationResourceSummaries' })
  return [ofAccount(recommendation, context)]
}

function checkOf(recommendation: Recommendation | null): string | null {
  return /:check\/(.+)$/.exec(recommendation?.checkArn ?? '')?.[1] ?? null
}

function base(accountId: string, control: string, recommendation: Recommendation | null) {
  const check = checkById(control)
  return {
    source: 'trusted-advisor',
    product: 'Trusted Advisor',
    class: 'posture',
    accountId,
    control,
    title: prose(firstText(recommendation?.name, check?.name, 'Trusted Advisor recommendation'), 'title'),
    remediationText: '',
    remediationUrl: 'https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html',
    packageName: '',
    firstObservedAt: null,
  } as const
}

function ofResource(
  resource: Resource,
  recommendation: Recommendation | null,
  { now, account }: ReadingContext,
): Outcome {
  const accountId = requireAccount(arnParts(resource.recommendationArn)?.account ?? resource.accountId ?? account)
  const named = checkOf(recommendation)
  const control = identify(
    named ?? `recommendation/${idOf(resource.recommendationArn)}`,
    'recommendationArn',
    accountId,
  )
  const check = named === null ? null : checkById(named)
  // Places of the metadata are keys here, from "0" on.
  const cells = Object.entries(resource.metadata ?? {}).sort(([a], [b]) => Number(a) - Number(b))
  const { id, region, lines } = subjectOf(
    cells.map(([, cell]) => cell),
    resource.awsResourceId || resource.id,
    check,
  )
  const excluded = resource.exclusionStatus === 'excluded'
  return {
    ...base(accountId, control, recommendation),
    nativeId: identify(resource.arn || resource.id, 'arn', accountId),
    region: firstRegion(resource.regionCode, region, arnParts(id)?.region),
    result: excluded ? 'suppressed' : resultOf(resource.status, accountId),
    severity: weightOf(check?.pillar ?? pillarOf(recommendation), resource.status),
    description: prose(lines.join('\n'), 'text'),
    resource: { id: identify(id, 'awsResourceId', accountId), type: '' },
    otherResources: [],
    updatedAt: readTime(resource.lastUpdatedAt, 'lastUpdatedAt', now, accountId),
  }
}

/** What a recommendation says of the account as a whole. Where it has resources, these are what it is about. */
function ofAccount(recommendation: Recommendation, { now, account }: ReadingContext): Outcome {
  const accountId = requireAccount(arnParts(recommendation.arn)?.account ?? account)
  const control = identify(
    checkOf(recommendation) ?? `recommendation/${idOf(recommendation.arn)}`,
    'checkArn',
    accountId,
  )
  const { errorCount = 0, warningCount = 0 } = recommendation.resourcesAggregates ?? {}
  const aboutAccount = equivalence.find(control, 'trusted-advisor')?.resource === 'account'
  if (!aboutAccount && errorCount + warningCount > 0)
    throw new RejectedRecord('echo', { of: 'ListRecommendationResources' }, accountId)
  const savings = recommendation.pillarSpecificAggregates?.costOptimizing?.estimatedMonthlySavings
  const closed = recommendation.lifecycleStage
  return {
    ...base(accountId, control, recommendation),
    nativeId: identify(recommendation.arn, 'arn', accountId),
    region: 'global',
    result:
      closed === 'dismissed'
        ? 'suppressed'
        : closed === 'resolved'
          ? 'passed'
          : resultOf(recommendation.status, accountId),
    severity: weightOf(checkById(control)?.pillar ?? pillarOf(recommendation), recommendation.status),
    description: savingsLine(savings).join(''),
    resource: { id: `AWS::::Account:${accountId}`, type: 'AwsAccount' },
    otherResources: [],
    updatedAt: readTime(recommendation.lastUpdatedAt, 'lastUpdatedAt', now, accountId),
  }
}

function idOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn
}

function pillarOf(recommendation: Recommendation | null) {
  return toPillar(recommendation?.pillars?.[0] ?? '')
}

function resultOf(status: string, accountId: string): Result {
  const result = RESULTS.get(status)
  if (!result) throw new RejectedRecord('bad_field', { field: 'status' }, accountId)
  return result
}
