import { z } from 'zod'
import { controlTable } from '../../domain/controls/table'
import { severityRank } from '../../domain/findings/severity'
import { type Outcome, type Result, suppressedBy } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { firstText, isRecord } from '../values/text'
import { incidentOf } from '../values/threats/exposed-key'
import { readTime } from '../values/time'
import { checkById, checkByName, classOf, controlOf, describedCheck, severityOf } from './checks'
import { TrustedAdvisorCompanions } from './companions'
import { readMetadata, savingsLine } from './metadata'
import { accountResource, ownId, toResource } from './resource'
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

/**
 * The answer of DescribeTrustedAdvisorCheckResult:
 * https://docs.aws.amazon.com/awssupport/latest/APIReference/API_TrustedAdvisorCheckResult.html
 */
const CheckResult = z.object({
  checkId: z.string().min(1),
  timestamp: anything,
  status: z.string().min(1),
  flaggedResources: z.array(FlaggedResource).nullish(),
  categorySpecificSummary: z
    .object({ costOptimizing: z.object({ estimatedMonthlySavings: z.number() }).partial().nullish() })
    .partial()
    .nullish(),
  /** Set for events only: the API names neither account nor check. */
  account: text,
  name: text,
  /** Whether this is an event, which is about one resource. */
  event: z.boolean().optional(),
  /** The description of the check, if the document contains it. */
  described: z
    .object({ name: text, category: z.string(), metadata: z.array(z.string().nullable()), hubControl: text })
    .nullish()
    .catch(null),
})
type CheckResult = z.infer<typeof CheckResult>

/** Trusted Advisor: check results of the Support API, and the events of refreshed items. */
export const trustedAdvisor: Source<CheckResult> = {
  recognises: record => isEvent(record) || isResult(record.result) || isResult(record) || isDescribing(record),
  parse(record) {
    if (isDescribing(record)) throw new RejectedRecord('check_list')
    if (isEvent(record)) return parseWith(CheckResult, fromEvent(record))
    const { described } = record
    return parseWith(CheckResult, { ...(isResult(record.result) ? record.result : record), described })
  },
  normalise,
  companions: () => new TrustedAdvisorCompanions(),
}

/** A description of checks, which reports nothing. */
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
  // Names of the item's fields have mixed case. Those in the table are named and ordered as there.
  const fields = Object.entries(item).filter(([field]) => field.toLowerCase() !== 'status')
  const cells = new Map(fields.map(([field, value]) => [field.toLowerCase(), value]))
  const known = (check?.columns ?? []).filter(column => cells.has(column.toLowerCase()))
  const others = fields
    .map(([field]) => field)
    .filter(field => !known.some(it => it.toLowerCase() === field.toLowerCase()))
  const columns = [...known, ...others]
  const cell = (column: string) => firstText(cells.get(column.toLowerCase())) || null
  const named = Object.values(item).filter(value => typeof value === 'string' || typeof value === 'number')
  const resourceId = firstText(detail.resource_id, named.join('/'), detail.uuid)
  return {
    checkId: check?.id ?? name,
    name,
    timestamp: record.time,
    status,
    account: record.account,
    event: true,
    described: { category: check?.pillar ?? '', metadata: columns },
    flaggedResources: [{ status, region: cell('Region'), resourceId, metadata: columns.map(cell) }],
  }
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['ok', 'passed'],
  ['warning', 'failed'],
  ['error', 'failed'],
  ['not_available', 'not_available'],
])

function normalise(result: CheckResult, { now, observedAt, account }: ReadingContext): Outcome[] {
  const accountNamed = result.account ?? account
  if (!accountNamed) throw new RejectedRecord('no_account')
  const accountId = requireAccount(accountNamed)
  const check = describedCheck(result.checkId, result.described)
  const control = identify(controlOf(result.checkId, check), 'checkId', accountId)
  const kind = controlTable.find(control, 'trusted-advisor')?.resource ?? null
  const shared = {
    source: 'trusted-advisor',
    product: 'Trusted Advisor',
    class: 'posture',
    accountId,
    control,
    title: prose(firstText(result.described?.name, result.name, check?.name, result.checkId), 'title'),
    remediationText: '',
    remediationUrl: 'https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html',
    packageName: '',
    firstObservedAt: null,
    updatedAt: readTime(result.timestamp, 'timestamp', now, accountId),
  } as const
  const ofResource = (flagged: FlaggedResource): Outcome => {
    const metadata = readMetadata(flagged.metadata ?? [], check, kind)
    const { region, lines } = metadata
    // For a check that is not in the table it is not known which field of an event names the resource.
    const unsure = result.event && checkById(result.checkId) === null && flagged.resourceId.startsWith('arn:')
    const id = unsure ? flagged.resourceId : metadata.id
    const resource = toResource(id || ownId(flagged.resourceId, kind), kind, accountId, 'resourceId')
    return {
      ...shared,
      nativeId: identify(`${result.checkId}/${flagged.resourceId}`, 'resourceId', accountId),
      region: firstRegion(flagged.region, region, arnParts(resource.id)?.region),
      result: flagged.isSuppressed ? 'suppressed' : resultOf(flagged.status, accountId),
      ...(flagged.isSuppressed && { suppression: suppressedBy('exclusion') }),
      class: classOf(check),
      ...incidentOf(classOf(check), metadata.cells),
      severity: severityOf(check, flagged.status),
      description: prose(lines.join('\n'), 'text'),
      resource,
      otherResources: [],
    }
  }
  const savings = result.categorySpecificSummary?.costOptimizing?.estimatedMonthlySavings
  const aboutAccount = kind === 'account'
  /** The summary of a check, which is about the account. */
  const whole = (status: string, summary: 'stated' | 'ended'): Outcome => ({
    ...shared,
    nativeId: identify(`${result.checkId}/arn:aws:iam::${accountId}:root`, 'resourceId', accountId),
    region: 'global',
    result: resultOf(status, accountId),
    severity: severityOf(check, status),
    description: prose(savingsLine(savings).join('\n'), 'text'),
    resource: aboutAccount ? { id: `arn:aws:iam::${accountId}:root`, type: 'AwsAccount' } : accountResource(accountId),
    otherResources: [],
    ...(aboutAccount ? {} : { summary }),
  })
  const flagged = result.flaggedResources ?? []
  if (flagged.length === 0) return [whole(result.status, 'stated')]
  const outcomes = joinRows(flagged.map(ofResource))
  if (result.event || aboutAccount) return outcomes
  // The time of the report: the same summary sent again is older and changes nothing.
  return [...outcomes, { ...whole('ok', 'ended'), updatedAt: observedAt ?? now }]
}

/** Rows with one id, such as two ports of a security group, are one outcome with the text of all of them. */
function joinRows(outcomes: readonly Outcome[]): Outcome[] {
  const joined = new Map<string, Outcome>()
  for (const outcome of outcomes) {
    const key = [outcome.nativeId, outcome.region, outcome.resource.id].join('\0')
    const first = joined.get(key)
    if (!first) {
      joined.set(key, outcome)
      continue
    }
    const leading = first.result !== 'failed' && outcome.result === 'failed' ? outcome : first
    const texts = new Set([first.description, outcome.description].filter(Boolean))
    joined.set(key, {
      ...leading,
      severity: severityRank(outcome.severity) > severityRank(first.severity) ? outcome.severity : first.severity,
      description: prose([...texts].join('\n\n'), 'text'),
    })
  }
  return [...joined.values()]
}

function resultOf(status: string, accountId: string): Result {
  const result = RESULTS.get(status)
  if (!result) throw new RejectedRecord('bad_field', { field: 'status' }, accountId)
  return result
}
