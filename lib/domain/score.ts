import type { Severity } from './severity'

/** How much a control counts towards the score, by its severity. */
export const severityWeights: Record<Severity, number> = { critical: 10, high: 7, medium: 4, low: 2, informational: 1 }

export interface ControlCount {
  severity: Severity
  passed: number
  failed: number
}

/**
 * Share of weighted checks that pass, 0 to 100. Null where nothing was checked: no data is not 100. A control passes where
 * no resource fails it, as in Security Hub's score, here weighted by severity:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/standards-security-score.html
 */
export function postureScore(results: readonly ControlCount[]): number | null {
  let all = 0
  let good = 0
  for (const result of results) {
    if (result.passed <= 0 && result.failed <= 0) continue
    const weight = severityWeights[result.severity]
    all += weight
    if (result.failed <= 0) good += weight
  }
  return all === 0 ? null : (100 * good) / all
}
