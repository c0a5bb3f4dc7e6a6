import { z } from 'zod'
import { controlTable } from '../../domain/controls/table'
import type { ResourceKind } from '../../domain/identity/canonical-resource'
import { type Outcome, type Result, type Suppression, suppressedBy } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { firstText } from '../values/text'
import { incidentOf } from '../values/threats/exposed-key'
import { readTime } from '../values/time'
import { type Check, checkById, classOf, controlOf, severityOf, toPillar, weightOf } from './checks'
import { readMetadata, savingsLine, withoutVpc } from './metadata'
import { accountResource, ownId, toResource } from './resource'
import { isFlagged, isRecommendation, isResource } from './shapes'

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
  /** In the detailed answer: https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_Recommendation.html */
  updateReason: anything,
  updatedOnBehalfOf: anything,
})
type Recommendation = z.infer<typeof Recommendation>

/**
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_RecommendationResourceSummary.html
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_OrganizationRecommendationResourceSummary.html
 */
const Resource = z.object({
  arn: text,
  /** Set for a resource of an organization's recommendation. */
  accountId: text,
  id: z.string().min(1),
  awsResourceId: z.string(),
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
 * Recommendations of Trusted Advisor's newer API and their resources, separate or together. Only together is the check
 * of the resources known; alone they are identified by the recommendation's id. A recommendation of an account without
 * resources is a summary of the account until they arrive. One of an organization names no account, so that only its
 * resources are read.
 */
export const trustedAdvisorRecommendations: Source<Read> = {
  recognises: record =>
    Array.isArray(record.recommendationResourceSummaries) ||
    Array.isArray(record.organizationRecommendationResourceSummaries) ||
    Array.isArray(record.accountRecommendationLifecycleSummaries) ||
    isRecommendation(record.recommendation) ||
    isRecommendation(record.organizationRecommendation) ||
    isRecommendation(record) ||
    isResource(record),
  parse(record) {
    // ListOrganizationRecommendationAccounts: stages of recommendations, which each account reports itself.
    if (Array.isArray(record.accountRecommendationLifecycleSummaries))
      throw new RejectedRecord('echo', { of: 'ListRecommendations' })
    const { recommendation, organizationRecommendation } = record
    const summary = [recommendation, organizationRecommendation, record].find(isRecommendation)
    const lists = [record.recommendationResourceSummaries, record.organizationRecommendationResourceSummaries]
    const listed = lists.filter(list => Array.isArray(list))
    const resources = (listed.length > 0 ? listed.flat() : [record]).filter(isResource)
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
  if (resources.length > 0) {
    const outcomes = resources.map(resource => ofResource(resource, recommendation, context))
    return [...outcomes, ...withResources(resources, recommendation, context)]
  }
  if (!recommendation) throw new RejectedRecord('missing_field', { field: 'recommendationResourceSummaries' })
  if (isOfOrganization(recommendation.arn))
    throw new RejectedRecord('echo', { of: 'ListOrganizationRecommendationResources' })
  return [ofAccount(recommendation, context)]
}

function isOfOrganization(arn: string): boolean {
  return arn.includes(':organization-recommendation/')
}

/** The check of a recommendation or of one of its resources, and its control. */
interface Subject {
  check: Check | null
  control: string
  kind: ResourceKind | null
}

function subjectOf(arn: string, recommendation: Recommendation | null, accountId: string): Subject {
  const id = /:check\/(.+)$/.exec(recommendation?.checkArn ?? '')?.[1]
  const check = id === undefined ? null : checkById(id)
  const named = id === undefined ? `recommendation/${arn.split('/').at(-1) ?? arn}` : controlOf(id, check)
  const control = identify(named, 'recommendationArn', accountId)
  return { check, control, kind: controlTable.find(control, 'trusted-advisor')?.resource ?? null }
}

function base(accountId: string, { check, control }: Subject, recommendation: Recommendation | null) {
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

function severityIn({ check }: Subject, recommendation: Recommendation | null, status: string) {
  return check ? severityOf(check, status) : weightOf(toPillar(recommendation?.pillars?.[0] ?? ''), status)
}

/** AWS leaves out the account of some resources of an organization's recommendation; their own ARNs have it. */
function accountOf(resource: Resource, account: string | undefined): string {
  const arns = [resource.recommendationArn, resource.arn, resource.awsResourceId]
  const named = resource.accountId ?? arns.map(arn => arnParts(arn ?? '')?.account).find(Boolean) ?? account
  if (named === undefined) throw new RejectedRecord('no_account')
  return requireAccount(named)
}

function ofResource(
  resource: Resource,
  recommendation: Recommendation | null,
  { now, account }: ReadingContext,
): Outcome {
  const accountId = accountOf(resource, account)
  const subject = subjectOf(resource.recommendationArn, recommendation, accountId)
  const { check, kind } = subject
  // Positions of the metadata are keys here, from "0" on. They are not always those of the check's columns.
  const cells = Object.entries(resource.metadata ?? {}).sort(([a], [b]) => Number(a) - Number(b))
  const metadata = readMetadata(
    cells.map(([, cell]) => cell),
    check,
    kind,
    true,
  )
  const arn = [resource.awsResourceId, metadata.id].find(id => id.startsWith('arn:'))
  const id = firstText(arn, withoutVpc(resource.awsResourceId), metadata.id, ownId(resource.id, kind))
  const excluded = resource.exclusionStatus === 'excluded'
  return {
    ...base(accountId, subject, recommendation),
    class: classOf(subject.check),
    otherResources: [],
    nativeId: identify(resource.arn || resource.id, 'arn', accountId),
    region: firstRegion(resource.regionCode, metadata.region, arnParts(id)?.region),
    result: excluded ? 'suppressed' : resultOf(resource.status, accountId),
    ...(excluded && { suppression: suppressedBy('exclusion') }),
    severity: severityIn(subject, recommendation, resource.status),
    description: prose(metadata.lines.join('\n'), 'text'),
    resource: toResource(id, kind, accountId, 'awsResourceId'),
    updatedAt: readTime(resource.lastUpdatedAt, 'lastUpdatedAt', now, accountId),
    ...incidentOf(classOf(subject.check), metadata.cells),
  }
}

/** The summary of the account in a recommendation. If it has resources, they are reported instead. */
function ofAccount(recommendation: Recommendation, { now, account }: ReadingContext): Outcome {
  const accountId = requireAccount(arnParts(recommendation.arn)?.account ?? account)
  const subject = subjectOf(recommendation.arn, recommendation, accountId)
  const { errorCount = 0, warningCount = 0 } = recommendation.resourcesAggregates ?? {}
  const counts = [
    ...(errorCount > 0 ? [`Resources with an error: ${errorCount}`] : []),
    ...(warningCount > 0 ? [`Resources with a warning: ${warningCount}`] : []),
  ]
  const savings = recommendation.pillarSpecificAggregates?.costOptimizing?.estimatedMonthlySavings
  const closed = recommendation.lifecycleStage
  return {
    ...base(accountId, subject, recommendation),
    otherResources: [],
    ...wholeOf(recommendation.arn, subject, accountId, 'stated'),
    result:
      closed === 'dismissed'
        ? 'suppressed'
        : closed === 'resolved'
          ? 'passed'
          : resultOf(recommendation.status, accountId),
    ...(closed === 'dismissed' && { suppression: dismissalOf(recommendation) }),
    severity: severityIn(subject, recommendation, recommendation.status),
    description: prose([...(isAboutAccount(subject) ? [] : counts), ...savingsLine(savings)].join('\n'), 'text'),
    updatedAt: readTime(recommendation.lastUpdatedAt, 'lastUpdatedAt', now, accountId),
  }
}

/** Resources that need attention end the summary of their recommendation, which they replace. */
function withResources(
  resources: readonly Resource[],
  recommendation: Recommendation | null,
  { now, observedAt, account }: ReadingContext,
): Outcome[] {
  const arns = new Set(resources.filter(({ status }) => isFlagged(status)).map(resource => resource.recommendationArn))
  return [...arns].flatMap(arn => {
    if (isOfOrganization(arn)) return []
    const accountId = requireAccount(arnParts(arn)?.account ?? account)
    const subject = subjectOf(arn, recommendation, accountId)
    if (isAboutAccount(subject)) return []
    return {
      ...base(accountId, subject, recommendation),
      otherResources: [],
      ...wholeOf(arn, subject, accountId, 'ended'),
      result: 'passed' as const,
      severity: severityIn(subject, recommendation, 'ok'),
      description: '',
      // The time of the report: the same summary sent again is older and changes nothing.
      updatedAt: observedAt ?? now,
    }
  })
}

function isAboutAccount({ kind }: Subject): boolean {
  return kind === 'account'
}

/** The fields that identify the summary of the account. */
function wholeOf(arn: string, subject: Subject, accountId: string, summary: 'stated' | 'ended') {
  return {
    nativeId: identify(arn, 'arn', accountId),
    region: 'global',
    resource: accountResource(accountId),
    ...(isAboutAccount(subject) ? {} : { summary }),
  }
}

function resultOf(status: string, accountId: string): Result {
  const result = RESULTS.get(status)
  if (!result) throw new RejectedRecord('bad_field', { field: 'status' }, accountId)
  return result
}

/** Who dismissed a recommendation, and why, where the answer has it. */
function dismissalOf({ updateReason, updatedOnBehalfOf }: Recommendation): Suppression {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return { by: prose(text(updatedOnBehalfOf), 'name'), at: null, note: prose(text(updateReason), 'text') }
}
