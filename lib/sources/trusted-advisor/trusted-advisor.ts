import { z } from 'zod'
import { equivalence } from '../../domain/equivalence'
import type { Outcome, Result } from '../../domain/outcome'
import { RejectedRecord } from '../../domain/reject'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../fields'
import type { ReadingContext, Source } from '../source'
import { firstText, isRecord } from '../text'
import { readTime } from '../time'
import { type Check, checkById, checkByName, toPillar, weightOf } from './checks'
import { savingsLine, subjectOf } from './metadata'
import { isDescription, isResult } from './shapes'

const text = z.string().nullish()
const anything = z.unknown().optional()

const FlaggedResource = z.object({
  status: z.string().min(1),
  region: text,
  resourceId: z.string().min(1),
  isSuppressed: z.boolean().nullish(),
  metadata: z.array(z.string().nullable()).nullish(),
})
type FlaggedResource = z.infer<typeof FlaggedResource>

/** The answer of DescribeTrustedAdvisorCheckResult: https://docs.aws.amazon.com/awssupport/latest/APIReference/API_TrustedAdvisorCheckResult.html */
const CheckResult = z.object({
  checkId: z.string().min(1),
  timestamp: anything,
  status: z.string().min(1),
  flaggedResources: z.array(FlaggedResource).nullish(),
  /** In a summary only: whether there are resources that it leaves out. */
  hasFlaggedResources: z.boolean().nullish(),
  categorySpecificSummary: z
    .object({ costOptimizing: z.object({ estimatedMonthlySavings: z.number() }).partial().nullish() })
    .partial()
    .nullish(),
  /** From an event only: the API names neither account nor check. */
  account: text,
  name: text,
  /** What the list of checks says of this one, where the document holds it. */
  described: z
    .object({ name: text, category: z.string(), metadata: z.array(z.string().nullable()) })
    .nullish()
    .catch(null),
})
type CheckResult = z.infer<typeof CheckResult>

/** Trusted Advisor: check results of the Support API, and the events of refreshed items. */
export const trustedAdvisor: Source<CheckResult> = {
  id: 'trusted-advisor',
  recognises: record => isEvent(record) || isResult(record.result) || isResult(record) || isDescribing(record),
  parse(record) {
    if (isDescribing(record)) throw new RejectedRecord('check_list')
    if (isEvent(record)) return parseWith(CheckResult, fromEvent(record))
    const { described } = record
    return parseWith(CheckResult, { ...(isResult(record.result) ? record.result : record), described })
  },
  normalise,
}

/** The list of checks, or one of it: it describes them and reports nothing. */
function isDescribing(record: Record<string, unknown>): boolean {
  return (
    isDescription(record) ||
    (Array.isArray(record.checks) && record.checks.some(it => isRecord(it) && isDescription(it)))
  )
}

function isEvent(record: Record<string, unknown>): boolean {
  return record['detail-type'] === 'Trusted Advisor Check Item Refresh Notification' && isRecord(record.detail)
}

const EVENT_STATUS: ReadonlyMap<string, string> = new Map([
  ['OK', 'ok'],
  ['WARN', 'warning'],
  ['ERROR', 'error'],
])

/** https://docs.aws.amazon.com/awssupport/latest/user/cloudwatch-events-ta.html */
function fromEvent(record: Record<string, unknown>): Record<string, unknown> {
  const detail = isRecord(record.detail) ? record.detail : {}
  const name = firstText(detail['check-name'])
  const check = checkByName(name)
  const item = isRecord(detail['check-item-detail']) ? detail['check-item-detail'] : {}
  const status = EVENT_STATUS.get(firstText(detail.status)) ?? detail.status
  // Names of the item's fields come in mixed case.
  const cells = new Map(Object.entries(item).map(([column, value]) => [column.toLowerCase(), value]))
  const cell = (column: string) => firstText(cells.get(column.toLowerCase())) || null
  const columns = (check?.columns ?? Object.keys(item)).filter(column => column !== 'Status')
  const named = Object.values(item).filter(value => typeof value === 'string' || typeof value === 'number')
  const resourceId = firstText(detail.resource_id, named.join('/'), detail.uuid)
  return {
    checkId: check?.id ?? name,
    name,
    timestamp: record.time,
    status,
    account: record.account,
    flaggedResources: [{ status, region: cell('Region'), resourceId, metadata: columns.map(cell) }],
  }
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['ok', 'passed'],
  ['warning', 'failed'],
  ['error', 'failed'],
  ['not_available', 'not_available'],
])

function normalise(result: CheckResult, { now, account }: ReadingContext): Outcome[] {
  const named = result.account ?? account
  if (!named) throw new RejectedRecord('no_account')
  const accountId = requireAccount(named)
  const check = checkById(result.checkId) ?? toCheck(result)
  const control = identify(result.checkId, 'checkId', accountId)
  const updatedAt = readTime(result.timestamp, 'timestamp', now, accountId)
  // A check without a resource speaks of the account.
  const whole: FlaggedResource = { status: result.status, resourceId: `arn:aws:iam::${accountId}:root` }
  const savings = result.categorySpecificSummary?.costOptimizing?.estimatedMonthlySavings
  const outcome = (resource: FlaggedResource): Outcome => {
    const { id, region, lines } = subjectOf(resource.metadata ?? [], resource.resourceId, check)
    return {
      source: 'trusted-advisor',
      product: 'Trusted Advisor',
      nativeId: identify(`${result.checkId}/${resource.resourceId}`, 'resourceId', accountId),
      class: 'posture',
      accountId,
      region: firstRegion(resource.region, region, arnParts(id)?.region),
      control,
      result: resource.isSuppressed ? 'suppressed' : resultOf(resource.status, accountId),
      severity: weightOf(check?.pillar ?? 'security', resource.status),
      title: prose(firstText(result.described?.name, result.name, check?.name, result.checkId), 'title'),
      description: prose([...lines, ...(resource === whole ? savingsLine(savings) : [])].join('\n'), 'text'),
      remediationText: '',
      remediationUrl: 'https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html',
      resource: { id: identify(id, 'resourceId', accountId), type: '' },
      otherResources: [],
      packageName: '',
      firstObservedAt: null,
      updatedAt,
    }
  }
  const flagged = result.flaggedResources ?? []
  if (
    result.hasFlaggedResources &&
    flagged.length === 0 &&
    equivalence.find(control, 'trusted-advisor')?.resource !== 'account'
  )
    throw new RejectedRecord('echo', { of: 'DescribeTrustedAdvisorCheckResult' }, accountId)
  return (flagged.length > 0 ? flagged : [whole]).map(outcome)
}

/** A check that is newer than our table, as the list of checks describes it. */
function toCheck({ checkId, described }: CheckResult): Check | null {
  if (!described) return null
  return {
    id: checkId,
    name: firstText(described.name, checkId),
    pillar: toPillar(described.category),
    columns: described.metadata.map(column => column ?? ''),
    subject: null,
  }
}

function resultOf(status: string, accountId: string): Result {
  const result = RESULTS.get(status)
  if (!result) throw new RejectedRecord('bad_field', { field: 'status' }, accountId)
  return result
}
