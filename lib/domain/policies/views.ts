import type { AccountId } from '../accounts/account-id'
import type { ApiControlSeverities, ApiDuePolicy, ApiRoutingRules } from '../api/policies'
import type { ViewOf } from '../api/view'
import type { ApiException } from '../exceptions/api-exception'
import type { Severity } from '../findings/severity'
import type { CsvMapping } from '../imports/csv-mapping'
import type { Result } from '../imports/outcome'
import type { Reject } from '../imports/reject'
import type { TeamId } from '../people/team'

/** Shapes of decisions and policies, from queries to components. */

export type ExceptionRow = ViewOf<typeof ApiException>
export type ReviewView = ExceptionRow['reviews'][number]

export interface DuePolicyView extends ViewOf<typeof ApiDuePolicy> {
  /** Findings whose dates were moved so far. */
  moved: number
}

/** The effect of a policy on open findings whose dates no person set. */
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

export interface ControlSeveritiesView extends ViewOf<typeof ApiControlSeverities> {
  /** What the controls would have otherwise; null where reports would decide. */
  replaced: Record<string, Severity | null>
  /** Findings that were rated so far. */
  moved: number
}

export interface RoutingView extends ViewOf<typeof ApiRoutingRules> {
  /** Findings that these rules moved so far. */
  moved: number
}

/** The effect of rules on open findings whose team no person chose. */
export interface RoutingPreview {
  moved: number
  unmoved: number
  /** Unassigned findings that would get an owner. */
  assigned: number
  moves: { from: TeamId; to: TeamId; count: number }[]
}

/** A saved way to read a tool's CSV. */
export interface CsvMappingView {
  name: string
  mapping: CsvMapping
  version: number
  updatedBy: string
  updatedAt: Date
}

/** The first rows of a CSV, each with its result or the reason for its refusal. */
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
