import type { AccountId } from './accounts/account-id'
import type { AbsentReason } from './feeds/closing'
import type { FindingId } from './findings/filter'
import type { Severity } from './findings/severity'
import type { Status } from './findings/status'
import type { FindingClass, Rating, ResourceRef, Result, SourceId } from './imports/outcome'
import type { Environment, Team } from './people/team'
import type { ExceptionRow } from './policies/views'

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
  /** What of the resource a vulnerability is in; empty for what is about the whole of it. */
  packageName: string
  team: Team
  owner: Person | null
  dueAt: Date | null
  overdue: boolean
  sources: SourceId[]
  firstSeenAt: Date
  reopenedCount: number
  /** Where every source that reports it is silent: when the last of them was heard. Null otherwise. */
  unconfirmedSince: Date | null
}

/** Findings with one control, account or owner. */
export interface FindingGroup {
  key: string
  /** The control's title, the account's or the person's name; empty where there is none. */
  label: string
  /** The worst among them. */
  severity: Severity
  count: number
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
  /** The last complete report of the feed, where it lacked the statement and closed nothing: since when, by whom, and why not. */
  absent: { reason: AbsentReason; since: Date; importId: number; sender: string } | null
  importId: number
  /** What the source calls the control. */
  control: string
  /** Where the source places it, where the finding stands elsewhere. */
  ownRegion: string | null
  ownResourceId: string | null
  /** The package that it speaks of, where the finding is of several. */
  ownPackage: string | null
}

/** A finding that became part of another: what its sources called it, and when. */
export interface MergeView {
  id: string
  names: string[]
  /** Who reported it then. */
  sources: SourceId[]
  at: Date
}

export const eventKinds = [
  'created',
  'owner',
  'team',
  'status',
  'due',
  'comment',
  'severity',
  'title',
  'resource',
  'resolved',
  'reopened',
  'merged',
  'renamed',
  'unmerged',
  'asked',
  'excepted',
  'returned',
  'expiring',
  'left',
  'first_seen',
  'closed_at',
] as const

export interface FindingEventView {
  id: string
  at: Date
  actorKind: 'member' | 'token' | 'job' | 'import'
  actorName: string
  /** The address of a member, by which people are told apart. */
  actorEmail: string | null
  kind: (typeof eventKinds)[number]
  before: string | null
  after: string | null
  text: string | null
  /** The change of people that the line is part of, which may have touched other findings too. */
  changeset: string | null
  /** Whether the line takes back an earlier one. */
  undo: boolean
}

export interface FindingDetail extends FindingRow {
  description: string
  remediationText: string
  remediationUrl: string
  /** As the newest statement tells that still holds; null where none does. */
  rating: Rating | null
  otherResources: ResourceRef[]
  openedAt: Date
  resolvedAt: Date | null
  resolvedReason: 'passed' | 'archived' | 'suppressed' | 'absent' | 'hand' | null
  teamBy: 'routing' | 'hand' | 'left'
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
  /** Share of the weighted checks, 0 to 1, whose sources are all silent: nobody knows how they stand. Null where nothing was ever checked. */
  blind: number | null
  /** Whether every source that ever spoke of it is silent. */
  silent: boolean
  /** Since when it has left the organisation, and why; null where it has not. */
  closedAt: Date | null
  closedReason: string
}

export interface FeedView {
  source: SourceId
  product: string
  lastAt: Date
  lastCompleteAt: Date | null
  lastImportId: number
  /** When it counts as silent, or did; by how often it was heard before. */
  silentAfter: Date
  silent: boolean
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
  /** Findings opened, or opened again, and closed on that day. */
  opened: number
  closed: number
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
  /** Means over the findings of the last 30 days; null where nothing was acknowledged or resolved. */
  hoursToAcknowledge: number | null
  hoursToResolve: number | null
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
  /** Whether a report of any account in scope has come in; without one, none of the counts says anything. */
  reported: boolean
  asOf: Date
}
