import type { z } from 'zod'
import type {
  ApiAccount,
  ApiAccountDetail,
  ApiFinding,
  ApiFindingDetail,
  ApiPerson,
  ApiSeverityCounts,
} from './api/schemas'
import type { ViewOf } from './api/view'
import type { FindingFilter } from './findings/filter'
import type { Severity } from './findings/severity'
import type { HomeList } from './people/home'
import type { TeamId } from './people/team'

/** Shapes that queries give and components take. Dates are instants; pages show them in the organisation's zone. */

export interface Page<Row> {
  rows: Row[]
  /** Opaque; null on the last page. */
  next: string | null
  /** Rows of the whole list. `exact` is false where counting stopped at `total`. */
  total: number
  exact: boolean
}

/** Those that the API answers derive from its schemas. */
export type Person = ViewOf<typeof ApiPerson>
export type FindingRow = ViewOf<typeof ApiFinding>
export type FindingDetail = ViewOf<typeof ApiFindingDetail>
export type SightingView = FindingDetail['sightings'][number]
export type MergeView = FindingDetail['merges'][number]
export type FindingEventView = FindingDetail['events'][number]
export type SeverityCounts = z.infer<typeof ApiSeverityCounts>
export type AccountRow = ViewOf<typeof ApiAccount>
export type AccountPosture = ViewOf<typeof ApiAccountDetail>
export type FeedView = AccountPosture['feeds'][number]
export type TrendPoint = AccountPosture['trend'][number]
export type Tally = AccountPosture['byControl'][number]

/** Findings with one control, account or owner. */
export interface FindingGroup {
  key: string
  /** The control's title, the account's or the person's name; empty where there is none. */
  label: string
  /** The worst among them. */
  severity: Severity
  count: number
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
  /** Accounts where most of its critical and high findings are; empty where the kind does not ask for them. */
  accounts: AccountRow[]
  /** Exceptions that wait for the reader's decision; null where the kind does not ask for them. */
  waiting: number | null
  /** Whether a report of any account in scope has come in; without one, none of the counts says anything. */
  reported: boolean
  asOf: Date
}
