import type { Unexamined } from '../collection/lines'
import type { StandardRow } from './rows'

/** States of a check in an account, the most urgent first. Not examined is no pass. */
export const standardStates = ['failed', 'unexamined', 'passed', 'off', 'not_applicable'] as const
export type StandardState = (typeof standardStates)[number]

/** What a check of Hinomi last examined in an account. */
export interface CheckSummary {
  readonly check: string
  readonly unexamined: readonly Unexamined[]
  readonly passed: number
  readonly failed: number
  readonly unknown: number
}

/** How many resources fail and pass a control, in the reports of any tool. */
export interface ControlCounts {
  readonly failed: number
  readonly passed: number
}

export interface StandardVerdict {
  readonly state: StandardState
  readonly failed: number
  readonly passed: number
  /** Resources that AWS does not show. */
  readonly unknown: number
  /** Cells that are missing. */
  readonly unexamined: readonly Unexamined[]
}

interface Known {
  readonly off: boolean
  readonly checks: ReadonlyMap<string, CheckSummary>
  readonly controls: ReadonlyMap<string, ControlCounts>
}

/**
 * The state of a check in an account. A failure that any tool reports counts. A pass counts where Hinomi has examined all of it; what
 * Hinomi does not check counts as passed where another tool reports all of its controls.
 */
export function verdictOf(row: StandardRow, { off, checks, controls }: Known): StandardVerdict {
  const own = row.checks.flatMap(id => checks.get(id) ?? [])
  const counts = row.controls.map(id => controls.get(id.toLowerCase()) ?? { failed: 0, passed: 0 })
  const failed = Math.max(sumOf(own, 'failed'), sumOf(counts, 'failed'))
  const passed = Math.max(sumOf(own, 'passed'), sumOf(counts, 'passed'))
  const unknown = sumOf(own, 'unknown')
  const unexamined = own.flatMap(each => each.unexamined)
  const verdict = { failed, passed, unknown, unexamined }
  if (off) return { ...verdict, state: 'off' }
  if (failed > 0) return { ...verdict, state: 'failed' }
  if (own.length === 0) return { ...verdict, state: counts.every(each => each.passed > 0) ? 'passed' : 'unexamined' }
  if (own.length < row.checks.length || unexamined.length > 0 || unknown > 0) return { ...verdict, state: 'unexamined' }
  return { ...verdict, state: passed === 0 && row.organization ? 'not_applicable' : 'passed' }
}

function sumOf<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((sum, item) => sum + item[key], 0)
}
