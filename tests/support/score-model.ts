/** The parts of a control's result that the score depends on. Severity is a rank, 5 is the worst. */
export interface ControlStatement {
  control: string
  severity: number
  result: string
}

const POINTS = [0, 0.1, 1, 5, 15, 40]

/** The score in the band that begins at `floor`, with open problems of this load: 20 points, halved by a load of 50. */
export function inBand(floor: number, load: number): number {
  return floor + 1000 / (50 + load)
}

/**
 * The score that the product's SQL must return for these results of controls, computed independently. A control counts the points of its
 * worst severity times the share of its results that fail, and the worst failing one decides the band. Null if there are no results.
 */
export function modelScore(statements: readonly ControlStatement[]): number | null {
  const checked = statements.filter(({ result }) => ['passed', 'failed', 'suppressed'].includes(result))
  let [load, floor] = [0, 80]
  for (const name of new Set(checked.map(({ control }) => control))) {
    const results = checked.filter(({ control }) => control === name)
    const failed = results.filter(({ result }) => result !== 'passed').length
    const severity = Math.max(...results.map(each => each.severity))
    load += ((POINTS[severity] ?? 0) * failed) / results.length
    if (failed > 0) floor = Math.min(floor, severity === 5 ? 40 : severity === 4 ? 60 : 80)
  }
  return checked.length === 0 ? null : inBand(floor, load)
}
