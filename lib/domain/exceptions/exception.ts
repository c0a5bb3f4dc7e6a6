import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { MAX_ATTACHMENTS } from '../attachments/attachment'
import { FindingId } from '../findings/filter'
import { Severity, severityRank } from '../findings/severity'
import { isUnsolved, type Status } from '../findings/status'
import type { RowKey } from '../identity/keys'
import type { Tags } from '../identity/tags'
import { Environment } from '../people/team'
import { fitsPattern } from '../policies/pattern'
import { isOfThisCentury, recentDay } from '../text/century'
import { filledText, plainText } from '../text/plain-text'

/** A decision not to fix: the risk is accepted, or the finding is wrong. Equal to the statuses that result. */
export const exceptionKinds = ['accepted', 'false_positive'] as const
export type ExceptionKind = (typeof exceptionKinds)[number]
export const exceptionStates = ['requested', 'approved', 'rejected', 'withdrawn', 'ended'] as const
export type ExceptionState = (typeof exceptionStates)[number]
/** The tabs of the list of exceptions. */
export const exceptionLists = ['waiting', 'active', 'review', 'expiring', 'over'] as const
export type ExceptionList = (typeof exceptionLists)[number]
export const endReasons = ['date', 'condition', 'resolved', 'hand', 'review'] as const
export type EndReason = (typeof endReasons)[number]

/** Days before its end that an exception is announced. */
export const ANNOUNCED_DAYS = 14
const DAY = 86_400_000
const MOST_DAYS = 366

const Tag = z.strictObject({ key: filledText(128), value: plainText(256).nullable().default(null) })
const Pattern = filledText(300)

/** Which findings a rule covers. Lists are any-of, fields all-of; `*` in a pattern is any text. */
export const ExceptionMatch = z
  .strictObject({
    control: Pattern.nullable().default(null),
    accounts: z.array(AccountId).max(1000).default([]),
    environments: z.array(Environment).default([]),
    resource: Pattern.nullable().default(null),
    /** A tag of the resource, or of its account; any value if none is given. */
    tag: Tag.nullable().default(null),
  })
  .refine(
    match =>
      Boolean(match.control || match.resource || match.tag || match.accounts.length + match.environments.length > 0),
    'exceptionMatchEmpty',
  )
  .meta({
    anyOf: [
      ...['control', 'resource'].map(name => ({ required: [name], properties: { [name]: { type: 'string' } } })),
      { required: ['tag'], properties: { tag: { type: 'object' } } },
      ...['accounts', 'environments'].map(name => ({ required: [name], properties: { [name]: { minItems: 1 } } })),
    ],
  })
export type ExceptionMatch = z.infer<typeof ExceptionMatch>

/** A condition that is checked at every report: the exception ends when it no longer holds. */
export const ExceptionCondition = z.strictObject({
  /** A tag that stays on the resource; any value if none is given. */
  tag: Tag.nullable().default(null),
  /** The severity stays at or below this. */
  severityAtMost: Severity.nullable().default(null),
})
export type ExceptionCondition = z.infer<typeof ExceptionCondition>

const requestFields = {
  kind: z.enum(exceptionKinds),
  reason: filledText(4_000),
  /** The last day, in the organization's zone. */
  until: recentDay.refine(isOfThisCentury, 'exceptionDate'),
  condition: ExceptionCondition.default({ tag: null, severityAtMost: null }),
  /** What reduces the risk meanwhile. Required to accept the risk of a severe finding. */
  controls: plainText(4_000)
    .default('')
    .describe('Compensating controls; required to accept a critical or high finding'),
  ticket: filledText(300).nullable().default(null).describe('A number or an https URL of another system'),
  evidence: z
    .array(z.uuid())
    .max(MAX_ATTACHMENTS)
    .default([])
    .describe('Ids of files that the caller uploaded for this request'),
  /** The day of the review, in the organization's zone. */
  reviewOn: recentDay
    .refine(isOfThisCentury, 'exceptionDate')
    .nullable()
    .default(null)
    .describe('By default 90 days after the approval, if it lasts longer than that; never later'),
}
export const RequestForFinding = z.strictObject({ ...requestFields, finding: FindingId })
export const RequestRule = z.strictObject({ ...requestFields, match: ExceptionMatch })
export const RequestException = z.union([RequestForFinding, RequestRule])
export const PreviewRule = z.strictObject({ match: ExceptionMatch, condition: requestFields.condition })
/** Within the range of the database's numbers. */
const exceptionNumber = z.int().min(1).max(2_147_483_647)
export const DecideException = z.strictObject({
  id: exceptionNumber,
  approve: z.boolean(),
  note: plainText(2_000).default(''),
})
export const EndException = z.strictObject({ id: exceptionNumber, note: plainText(2_000).default('') })
export type PreviewRule = z.infer<typeof PreviewRule>
export type RequestForFinding = z.input<typeof RequestForFinding>
export type RequestRule = z.input<typeof RequestRule>
export type DecideException = z.infer<typeof DecideException>
export type EndException = z.infer<typeof EndException>

const SEVERE = severityRank('high')

/** Whether a severity, by its rank, is one that only a lead of a security response team may except. */
function isSevere(severity: number): boolean {
  return severity >= SEVERE
}

/** Whether a request needs compensating controls: a false positive is no risk that could be reduced. */
export function needsControls(kind: ExceptionKind, severity: number): boolean {
  return kind === 'accepted' && isSevere(severity)
}

/** Whether an exception that begins at `from` may end then: in the future, and at most a year away. */
export function mayEndAt(end: Date, from: Date): boolean {
  return end > from && end.getTime() - from.getTime() <= MOST_DAYS * DAY
}

/** The fields of an approved exception that decide whether it covers a finding. */
export interface Covering {
  id: number
  kind: ExceptionKind
  /** The one finding that it is for; null for a rule. */
  finding: RowKey<'finding'> | null
  match: ExceptionMatch | null
  /** The canonical id of the control that the match names otherwise. */
  renamed?: string | null
  condition: ExceptionCondition
  expiresAt: Date
  /** The rank of the worst severity that its approver may decide about. */
  coversUpTo: number
}

/** The fields of a finding that exceptions depend on. */
export interface Coverable {
  key: RowKey<'finding'>
  accountId: AccountId
  environment: Environment | null
  accountTags: Tags
  control: string
  resourceId: string
  /** Tags of the resource, one set for each source that reports the problem. */
  tags: readonly Tags[]
  severity: number
}

/** Whether an exception is for this finding, regardless of its date and condition. */
export function isFor(exception: Pick<Covering, 'finding' | 'match' | 'renamed'>, finding: Coverable): boolean {
  const { match } = exception
  if (!match) return exception.finding === finding.key
  if (match.accounts.length > 0 && !match.accounts.includes(finding.accountId)) return false
  if (match.environments.length > 0 && !match.environments.some(name => name === finding.environment)) return false
  const fits = match.control === null || fitsPattern(match.control, finding.control)
  if (!fits && exception.renamed !== finding.control) return false
  if (match.resource !== null && !fitsPattern(match.resource, finding.resourceId)) return false
  return match.tag === null || has(match.tag, finding.tags) || has(match.tag, [finding.accountTags])
}

/**
 * Why an exception does not cover a finding that it is for; null if it does. Tags that no source reports count as
 * missing.
 */
export function whyNot(
  exception: Covering,
  finding: Coverable,
  at: Date,
): Extract<EndReason, 'date' | 'condition'> | null {
  if (at >= exception.expiresAt) return 'date'
  return holds(exception.condition, finding) && finding.severity <= exception.coversUpTo ? null : 'condition'
}

/** Whether the condition of an exception holds for a finding now. */
export function holds(condition: ExceptionCondition, finding: Pick<Coverable, 'tags' | 'severity'>): boolean {
  const { tag, severityAtMost } = condition
  if (tag !== null && !has(tag, finding.tags)) return false
  return severityAtMost === null || finding.severity <= severityRank(severityAtMost)
}

/**
 * The exception that covers a finding at an instant: one for this finding before a rule, then the oldest. Nothing else
 * decides it; lists, counts and reports show the resulting status.
 */
export function coveringOf(exceptions: readonly Covering[], finding: Coverable, at: Date): Covering | null {
  let best: Covering | null = null
  for (const exception of exceptions) {
    if (best && (best.finding !== null || exception.finding === null)) continue
    if (isFor(exception, finding) && whyNot(exception, finding, at) === null) best = exception
  }
  return best
}

export interface ExceptionSide {
  status: Status
  exceptionId: number | null
  /** The status to return to. */
  beforeException: Status | null
}

/** The status of a finding that an exception covers, or no longer covers. A resolved finding loses its exception. */
export function withCovering(side: ExceptionSide, covering: Covering | null): ExceptionSide {
  if (side.status === 'resolved') return { status: 'resolved', exceptionId: null, beforeException: null }
  if (isUnsolved(side.status)) {
    return covering
      ? { status: covering.kind, exceptionId: covering.id, beforeException: side.status }
      : { ...side, exceptionId: null, beforeException: null }
  }
  if (covering) return { ...side, status: covering.kind, exceptionId: covering.id }
  return { status: side.beforeException ?? 'new', exceptionId: null, beforeException: null }
}

function has(tag: { key: string; value: string | null }, tagSets: readonly Tags[]): boolean {
  return tagSets.some(tags => Object.hasOwn(tags, tag.key) && (tag.value === null || tag.value === tags[tag.key]))
}
