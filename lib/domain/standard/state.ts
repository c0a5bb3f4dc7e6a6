import type { Unexamined } from '../collection/lines'
import type { StandardRow } from './rows'

/** States of a check in an account, the most urgent first. Not examined is no pass. */
export const standardStates = ['failed', 'unexamined', 'excepted', 'passed', 'off', 'not_applicable'] as const
export type StandardState = (typeof standardStates)[number]

/** The last results of a check of Hinomi in an account. */
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

/**
 * How many findings of a control exist: those that exceptions cover, and the others, which are open or suppressed at
 * their source.
 */
export interface FindingCounts {
  readonly unsolved: number
  readonly excepted: number
}

export interface StandardVerdict {
  readonly state: StandardState
  /**
   * Findings that no exception covers. 0 for a failure that is reported without such a finding: somebody resolved it by
   * hand.
   */
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
  readonly checks: ReadonlyMap<string, CheckSummary>
  readonly controls: ReadonlyMap<string, ControlCounts>
  readonly findings: ReadonlyMap<string, FindingCounts>
}

/**
 * The state of a check in an account. A failure that any tool reports counts, unless exceptions cover all of its
 * findings. A pass counts where Hinomi has examined all of it; in an account that it has not checked, where another
 * tool reports all of the controls. `off` is whether the organization has switched it off there.
 */
export function verdictOf(row: StandardRow, known: Known, off: boolean): StandardVerdict {
  const own = ownResults(row, known.checks)
  const others = reportedResults(row, known.controls, known.findings)
  // A page has thousands of these: nothing is copied.
  return {
    state: stateOf(row, off, own, others),
    failed: others.failed,
    excepted: others.excepted,
    passed: Math.max(own.passed, others.passed),
    unknown: own.unknown,
    unexamined: own.unexamined,
  }
}

function stateOf(
  row: StandardRow,
  off: boolean,
  own: ReturnType<typeof ownResults>,
  others: ReturnType<typeof reportedResults>,
): StandardState {
  if (off) return 'off'
  const { failed, excepted } = others
  const isUnaccounted = others.isUnaccounted || (failed + excepted === 0 && own.failed > 0)
  if (failed > 0 || isUnaccounted) return 'failed'
  const isWhole =
    own.examined === 0
      ? others.isWhole
      : own.examined === row.checks.length && own.unexamined.length === 0 && own.unknown === 0 && !own.isEmpty
  if (!isWhole) return 'unexamined'
  if (excepted > 0) return 'excepted'
  return Math.max(own.passed, others.passed) === 0 && row.organization ? 'not_applicable' : 'passed'
}

/** The sums of Hinomi's own checks of a row, and whether one that always has something to judge has judged nothing. */
function ownResults(row: StandardRow, checks: Known['checks']) {
  const sums = { examined: 0, passed: 0, failed: 0, unknown: 0, unexamined: NONE, isEmpty: false }
  for (const id of row.checks) {
    const check = checks.get(id)
    if (!check) continue
    sums.examined += 1
    sums.passed += check.passed
    sums.failed += check.failed
    sums.unknown += check.unknown
    if (check.passed + check.failed + check.unknown === 0 && row.always.includes(id)) sums.isEmpty = true
    if (check.unexamined.length > 0) sums.unexamined = [...sums.unexamined, ...check.unexamined]
  }
  return sums
}

const NONE: readonly Unexamined[] = []

/**
 * The findings of a row's controls, and whether reports say what these do not: all passes, or a failure without a
 * finding.
 */
function reportedResults(row: StandardRow, controls: Known['controls'], findings: Known['findings']) {
  const sums = { failed: 0, excepted: 0, passed: 0, isWhole: true, isUnaccounted: false }
  for (const id of row.controls) {
    const found = findings.get(id)
    sums.failed += found?.unsolved ?? 0
    sums.excepted += found?.excepted ?? 0
    const reported = controls.get(id.toLowerCase())
    if (found === undefined && reported !== undefined && reported.failed > 0) sums.isUnaccounted = true
    if (found === undefined && (reported === undefined || reported.passed + reported.failed === 0)) sums.isWhole = false
    sums.passed += reported?.passed ?? 0
  }
  return sums
}
