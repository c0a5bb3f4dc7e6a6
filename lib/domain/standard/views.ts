import type { StandardAccount, StandardCell } from './api-standard'
import type { CheckTotals } from './summary'

/** A setting with who changed it last; null before anybody did. */
export interface Changed<T> {
  value: T
  version: string | null
  changedBy: string | null
  changedAt: Date | null
}

/** An account with the state of one check. */
export type CheckResult = Omit<StandardAccount, 'cells'> & { cell: StandardCell }

/** One page of the results of a check, and how many accounts are in each state. */
export interface CheckResults {
  rows: CheckResult[]
  next: string | null
  /** Accounts on the list. */
  total: number
  totals: CheckTotals
}

/** A control of a check, in the reader's language. */
export interface CheckedControl {
  id: string
  title: string
  /** What can happen where it fails, and what to do; null for a control without an explanation. */
  why: { risk: string; do: string } | null
}
