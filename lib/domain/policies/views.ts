import type { AccountId } from '../accounts/account-id'
import type {
  EndReason,
  ExceptionCondition,
  ExceptionKind,
  ExceptionMatch,
  ExceptionState,
} from '../exceptions/exception'
import type { FindingId } from '../findings/filter'
import type { Severity } from '../findings/severity'
import type { CsvMapping } from '../imports/csv-mapping'
import type { Result } from '../imports/outcome'
import type { Reject } from '../imports/reject'
import type { Team } from '../people/team'
import type { DuePolicy } from './due-policy'
import type { RoutingRule } from './routing'

/** Shapes of decisions and policies that queries give and components take. */

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
  /** Its texts are left out: it also names accounts that the reader may not see. */
  hidden: boolean
  reason: string
  expiresAt: Date
  requestedName: string
  /** Null where no member asked, but a token. */
  requestedEmail: string | null
  requestedAt: Date
  decidedName: string | null
  decidedEmail: string | null
  decidedAt: Date | null
  note: string
  endedAt: Date | null
  endedReason: EndReason | null
  endedName: string | null
  endNote: string
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

export interface RoutingView {
  rules: RoutingRule[]
  /** Null before anybody changed them. */
  version: string | null
  changedBy: string | null
  changedAt: Date | null
  /** Whether findings are still being moved. */
  moving: boolean
  moved: number
}

/** What rules would do to open findings whose team no person chose. */
export interface RoutingPreview {
  moved: number
  unmoved: number
  /** Findings of nobody that would get an owner. */
  assigned: number
  moves: { from: Team; to: Team; count: number }[]
}

/** A saved way to read a tool's CSV. */
export interface CsvMappingView {
  name: string
  mapping: CsvMapping
  version: number
  updatedBy: string
  updatedAt: Date
}

/** The first rows of a CSV, each as it would be read or why it would be refused. */
export interface CsvPreview {
  columns: string[]
  rows: {
    /** From 1. */
    number: number
    cells: Record<string, string>
    outcome: {
      accountId: AccountId
      region: string
      control: string
      resourceId: string
      result: Result
      severity: Severity
      title: string
    } | null
    reject: Reject | null
  }[]
  /** Why the file as a whole cannot be read. */
  failure: Reject | null
}
