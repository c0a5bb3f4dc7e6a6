/** What one result of a control says, as far as the score depends on it. Severity is a rank, 5 worst. */
export interface ControlStatement {
  control: string
  severity: number
  result: string
}

const WEIGHTS = [0, 1, 2, 4, 7, 10]

/**
 * The score that the product's SQL has to give for these results, computed apart from it: the weighted share, 0 to 100, of the controls
 * that nothing fails. A control weighs by the highest severity of its passed and failed results. Null where nothing was checked.
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
