import type { Unexamined } from '../collection/lines'
import type { StandardRow } from './rows'

/** States of a check in an account, the most urgent first. Not examined is no pass. */
export const standardStates = ['failed', 'unexamined', 'excepted', 'passed', 'off', 'not_applicable'] as const
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

/** How many findings of a control exist: those that exceptions cover, and the others, which are open or suppressed at their source. */
export interface FindingCounts {
  readonly unsolved: number
  readonly excepted: number
}

export interface StandardVerdict {
  readonly state: StandardState
  /** Findings that no exception covers. 0 for a failure that is reported without such a finding: somebody resolved it by hand. */
  readonly failed: number
  /** Findings that an approved exception covers. */
  readonly excepted: number
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
  readonly findings: ReadonlyMap<string, FindingCounts>
}

/**
 * The state of a check in an account. A failure that any tool reports counts, unless exceptions cover all of its findings. A pass counts
 * where Hinomi has examined all of it; what Hinomi does not check counts as passed where another tool reports all of its controls.
 */
export function verdictOf(row: StandardRow, { off, checks, controls, findings }: Known): StandardVerdict {
  const own = row.checks.flatMap(id => checks.get(id) ?? [])
  const counts = row.controls.map(id => controls.get(id.toLowerCase()) ?? { failed: 0, passed: 0 })
  const found = row.controls.map(id => findings.get(id) ?? { unsolved: 0, excepted: 0 })
  const failed = sumOf(found, 'unsolved')
  const excepted = sumOf(found, 'excepted')
  const isReported =
    (failed + excepted === 0 && sumOf(own, 'failed') > 0) ||
    found.some(({ unsolved, excepted }, at) => unsolved + excepted === 0 && (counts[at]?.failed ?? 0) > 0)
  const passed = Math.max(sumOf(own, 'passed'), sumOf(counts, 'passed'))
  const unknown = sumOf(own, 'unknown')
  const unexamined = own.flatMap(each => each.unexamined)
  const verdict = { failed, excepted, passed, unknown, unexamined }
  if (off) return { ...verdict, state: 'off' }
  if (failed > 0 || isReported) return { ...verdict, state: 'failed' }
  const whole =
    own.length === 0
      ? counts.every(each => each.passed + each.failed > 0)
      : own.length === row.checks.length && unexamined.length === 0 && unknown === 0
  if (!whole) return { ...verdict, state: 'unexamined' }
  if (excepted > 0) return { ...verdict, state: 'excepted' }
  return { ...verdict, state: passed === 0 && row.organization ? 'not_applicable' : 'passed' }
}

function sumOf<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((sum, item) => sum + item[key], 0)
}
