import type { AccountId } from './account-id'
import type { DuePolicy } from './due-policy'
import type { EndReason, ExceptionCondition, ExceptionKind, ExceptionMatch, ExceptionState } from './exception'
import type { FindingId } from './finding-filter'
import type { FindingClass, ResourceRef, Result, SourceId } from './outcome'
import type { Reject } from './reject'
import type { Severity } from './severity'
import type { Status } from './status'
import type { Environment, Team } from './team'

/** Shapes that queries give and components take. Dates are instants; pages show them in the organisation's zone. */

export interface Page<Row> {
  rows: Row[]
  /** Opaque; null on the last page. */
  next: string | null
  /** Rows of the whole list. `exact` is false where counting stopped at `total`. */
  total: number
  exact: boolean
}

export interface Person {
  id: string
  name: string
  email: string
}

export interface FindingRow {
  id: FindingId
  accountId: AccountId
  accountName: string
  environment: Environment | null
  class: FindingClass
  control: string
  title: string
  severity: Severity
  status: Status
  region: string
  resourceId: string
  resourceType: string
  team: Team
  owner: Person | null
  dueAt: Date | null
  overdue: boolean
  sources: SourceId[]
  firstSeenAt: Date
  reopenedCount: number
}

export interface SightingView {
  id: string
  source: SourceId
  product: string
  nativeId: string
  result: Result
  present: boolean
  severity: Severity
  title: string
  firstObservedAt: Date | null
  recordUpdatedAt: Date | null
  /** When the import that last wrote this sighting observed it. */
  observedAt: Date
  /** When its feed was last heard completely, if ever. */
  confirmedAt: Date
  importId: number
  /** What the source calls the control. */
  control: string
  /** Where the source places it, where the finding stands elsewhere. */
  ownRegion: string | null
  ownResourceId: string | null
}

/** A finding that became part of another: what its sources called it, and when. */
export interface MergeView {
  id: string
  names: string[]
  at: Date
}

export interface FindingEventView {
  id: string
  at: Date
  actorKind: 'member' | 'token' | 'job' | 'import'
  actorName: string
  kind:
    | 'created'
    | 'owner'
    | 'team'
    | 'status'
    | 'due'
    | 'comment'
    | 'severity'
    | 'title'
    | 'resource'
    | 'resolved'
    | 'reopened'
    | 'merged'
    | 'renamed'
    | 'unmerged'
    | 'asked'
    | 'excepted'
    | 'returned'
    | 'expiring'
  before: string | null
  after: string | null
  text: string | null
}

export interface FindingDetail extends FindingRow {
  description: string
  remediationText: string
  remediationUrl: string
  packageName: string
  otherResources: ResourceRef[]
  openedAt: Date
  resolvedAt: Date | null
  resolvedReason: 'passed' | 'archived' | 'suppressed' | 'absent' | 'hand' | null
  teamBy: 'routing' | 'hand'
  dueBy: 'policy' | 'hand'
  sightings: SightingView[]
  /** Sources that say passed while another reports the problem. */
  disagreeing: SourceId[]
  merges: MergeView[]
  events: FindingEventView[]
  /** What the reader may do with this finding. */
  exceptions: ExceptionRow[]
  may: { triage: boolean; except: boolean }
}

export interface ExceptionRow {
  id: number
  kind: ExceptionKind
  state: ExceptionState
  /** The finding that it is for; null for a rule. */
  finding: {
    id: FindingId
    title: string
    control: string
    severity: Severity | null
    accountId: AccountId
    accountName: string
  } | null
  match: ExceptionMatch | null
  condition: ExceptionCondition
  reason: string
  expiresAt: Date
  requestedName: string
  requestedAt: Date
  decidedName: string | null
  decidedAt: Date | null
  note: string
  endedAt: Date | null
  endedReason: EndReason | null
  endedName: string | null
  /** Whether findings are still being brought in line with it. */
  pending: boolean
  /** Findings that it covers now. */
  covers: number
  may: { decide: boolean; end: boolean }
}

export interface DuePolicyView {
  policy: DuePolicy
  /** Null before anybody changed it. */
  version: string | null
  changedBy: string | null
  changedAt: Date | null
  /** Whether dates are still being moved to it. */
  moving: boolean
  moved: number
}

/** What a policy would do to open findings whose dates no person set. */
export interface DuePreview {
  moved: number
  unmoved: number
  becomeOverdue: number
  noLongerOverdue: number
}

/** How many open findings a rule would cover now. */
export interface RulePreview {
  covers: number
  bySeverity: { severity: Severity; count: number }[]
}

export type SeverityCounts = Record<Severity, number>

export interface AccountRow {
  id: AccountId
  name: string
  environment: Environment | null
  ownerTeam: Team
  tags: Record<string, string>
  origin: 'registered' | 'discovered'
  open: SeverityCounts
  openTotal: number
  overdue: number
  unowned: number
  /** 0 to 100; null where no check reported. */
  score: number | null
  lastHeardAt: Date | null
}

export interface FeedView {
  source: SourceId
  product: string
  lastAt: Date
  lastCompleteAt: Date | null
  lastImportId: number
}

export interface TrendPoint {
  /** The day in the organisation's zone, as YYYY-MM-DD. */
  day: string
  critical: number
  high: number
  medium: number
  low: number
  informational: number
  score: number | null
}

export interface Tally {
  key: string
  label: string
  severity: Severity
  count: number
}

export interface AccountPosture extends AccountRow {
  feeds: FeedView[]
  trend: TrendPoint[]
  byControl: Tally[]
  byResourceType: Tally[]
  /** Score of the account 30 days ago, where a snapshot tells. */
  scoreBefore: number | null
  passed: number
  failed: number
  notAvailable: number
  oldestOverdueDays: number | null
}

export interface HomeView {
  team: Team
  open: SeverityCounts
  openTotal: number
  mine: number
  mineOverdue: number
  overdue: number
  unowned: number
  newest: FindingRow[]
  urgent: FindingRow[]
  accounts: AccountRow[]
  asOf: Date
}

export const importStates = ['queued', 'running', 'done', 'failed'] as const
export type ImportState = (typeof importStates)[number]

export interface ImportCounts {
  read: number
  accepted: number
  rejected: number
  created: number
  updated: number
  unchanged: number
  reopened: number
  resolved: number
  passed: number
}

export interface ImportRow {
  id: number
  state: ImportState
  source: SourceId | null
  sources: SourceId[]
  coverage: 'complete' | 'partial'
  origin: 'api' | 'browser' | 'command'
  fileName: string | null
  sizeBytes: number
  /** Bytes of the payload worked through so far, of its decompressed size. */
  bytesRead: number
  accounts: AccountId[]
  counts: ImportCounts
  actorName: string
  observedAt: Date
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  error: Reject | null
}

export interface ImportDetail extends ImportRow {
  rejects: ({ index: number } & Reject)[]
  /** Scopes of a complete import that closed nothing, and why. */
  heldBack: { accountId: AccountId | null; source: SourceId | null; reason: 'rejects' | 'older' }[]
}
