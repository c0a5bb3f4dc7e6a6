/** The parts of a control's result that the score depends on. Severity is a rank, 5 is the worst. */
export interface ControlStatement {
  control: string
  severity: number
  result: string
}

const WEIGHTS = [0, 1, 2, 4, 7, 10]

/**
 * The score that the product's SQL must return for these results, computed independently: the weighted share, 0 to 100, of
 * controls without a failed result. A control's weight is the highest severity of its passed and failed results. Null if
 * there are no results.
 */
export function modelScore(statements: readonly ControlStatement[]): number | null {
  const checked = statements.filter(({ result }) => result === 'passed' || result === 'failed')
  let [all, good] = [0, 0]
  for (const name of new Set(checked.map(({ control }) => control))) {
    const results = checked.filter(({ control }) => control === name)
    const weight = WEIGHTS[Math.max(...results.map(({ severity }) => severity))] ?? 0
    all += weight
    if (!results.some(({ result }) => result === 'failed')) good += weight
  }
  return all === 0 ? null : (100 * good) / all
}
