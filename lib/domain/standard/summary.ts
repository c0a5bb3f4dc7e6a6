import type { TeamId } from '../people/team'
import type { StandardAccount } from './api-standard'

/** How many accounts are in each state of a check, and the teams that own it. */
export interface CheckTotals {
  passed: number
  failed: number
  unexamined: number
  excepted: number
  off: number
  not_applicable: number
  teams: TeamId[]
}

/** The state of all accounts. */
export interface StandardSummary {
  accounts: number
  checks: Map<string, CheckTotals>
}

export function noTotals(): CheckTotals {
  return { passed: 0, failed: 0, unexamined: 0, excepted: 0, off: 0, not_applicable: 0, teams: [] }
}

/** Adds accounts to a summary. */
export function addAccounts(summary: StandardSummary, accounts: readonly StandardAccount[]): void {
  summary.accounts += accounts.length
  for (const { check, state, team } of accounts.flatMap(({ cells }) => cells)) {
    const known = summary.checks.get(check)
    const found = known ?? noTotals()
    if (!known) summary.checks.set(check, found)
    found[state] += 1
    if (!found.teams.includes(team)) found.teams.push(team)
  }
}
