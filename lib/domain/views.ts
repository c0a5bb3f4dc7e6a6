import type { z } from 'zod'
import type { AccountId } from './accounts/account-id'
import type {
  ApiAccount,
  ApiAccountDetail,
  ApiFinding,
  ApiFindingDetail,
  ApiPerson,
  ApiSeverityCounts,
} from './api/schemas'
import type { ViewOf } from './api/view'
import type { FindingFilter, FindingId } from './findings/filter'
import type { Severity } from './findings/severity'
import type { HomeList } from './people/home'
import type { TeamId } from './people/team'
import type { ApiResource } from './resources/resource-view'
import type { VerdictKind } from './threats/verdict'

/** Shapes from queries to components. Dates are instants; pages show them in the organization's zone. */

export interface Page<Row> {
  rows: Row[]
  /** Opaque; null on the last page. */
  next: string | null
  /** Rows of the whole list. `exact` is false if counting stopped at `total`. */
  total: number
  exact: boolean
}

/** Types of API answers are derived from its schemas. */
export type Person = ViewOf<typeof ApiPerson>
export type FindingRow = ViewOf<typeof ApiFinding>
export type FindingDetail = ViewOf<typeof ApiFindingDetail>
export type SightingView = FindingDetail['sightings'][number]
export type MergeView = FindingDetail['merges'][number]
export type FindingEventView = FindingDetail['events'][number]
export type SeverityCounts = z.infer<typeof ApiSeverityCounts>
export type AccountRow = ViewOf<typeof ApiAccount>
export type AccountPosture = ViewOf<typeof ApiAccountDetail>
export type AccountUpdate = AccountPosture['updates'][number]
export type FeedView = AccountPosture['feeds'][number]
export type TrendPoint = AccountPosture['trend'][number]
export type ResourceView = ViewOf<typeof ApiResource>
export type Tally = AccountPosture['byControl'][number]

/** Findings with one control, account or owner, or with one control in one account. */
export interface FindingGroup {
  key: string
  /** The control's title, the account's or the person's name; empty if there is none. */
  label: string
  /** The worst among them. */
  severity: Severity
  count: number
  /** What is known of the findings of a control, an account or an owner. */
  numbers?: GroupNumbers
  /** Of a control in an account: which, and in how many Regions it has findings. */
  place?: { accountId: AccountId; accountName: string; control: string; regions: number }
}

/** Null is a number that is read only where few findings are open: it would take too long. */
export interface GroupNumbers {
  bySeverity: SeverityCounts
  accounts: number | null
  overdue: number | null
  unowned: number | null
}

/** A decision of a person that needed a reason. */
export interface DecisionView {
  finding: FindingId
  control: string
  title: string
  severity: Severity
  /** The account's name, or its id. */
  account: string
  /** status: resolved; verdict: closed by `verdict`; due: the due date was moved to `dueAt`, or removed. */
  kind: 'status' | 'due' | 'verdict'
  verdict: VerdictKind | null
  dueAt: Date | null
  reason: string
  by: string
  at: Date
}

export interface HomeView {
  team: TeamId
  open: SeverityCounts
  openTotal: number
  mine: number
  mineOverdue: number
  overdue: number
  unowned: number
  /** The lists of the team's kind, in their order. */
  lists: { list: HomeList; filter: Partial<FindingFilter>; rows: FindingRow[] }[]
  /** The accounts with most of its critical and high findings; empty if the kind does not show them. */
  accounts: AccountRow[]
  /** Exceptions that wait for the reader's decision; null if the kind does not show them. */
  waiting: number | null
  /** Reviews of exceptions that the reader may answer, and how many of them are overdue; null as above. */
  reviews: { due: number; overdue: number } | null
  /** The newest decisions of people that needed a reason; empty if the kind does not show them. */
  decisions: DecisionView[]
  /** Whether any account in scope has a report; without one, the counts mean nothing. */
  reported: boolean
  asOf: Date
}
