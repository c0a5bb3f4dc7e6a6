import { z } from 'zod'

/**
 * Severities from worst to least, the labels of ASFF:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html
 */
export const severities = ['critical', 'high', 'medium', 'low', 'informational'] as const
export const Severity = z.enum(severities)
export type Severity = z.infer<typeof Severity>

const RANKS = { critical: 5, high: 4, medium: 3, low: 2, informational: 1 } as const satisfies Record<Severity, number>

/** The severity with this name in any case; null if there is none. */
export function severityNamed(word: string): Severity | null {
  const wanted = word.toLowerCase()
  return severities.find(severity => severity === wanted) ?? null
}

/** 5 for critical down to 1 for informational: how a severity is stored and sorted. */
export function severityRank(severity: Severity): number {
  return RANKS[severity]
}

/** The severity of a stored rank. Throws unless the rank is 1 to 5. */
export function toSeverity(rank: number): Severity {
  const severity = severities[5 - rank]
  if (!severity) throw new RangeError(`severity rank ${rank} is outside 1 to 5`)
  return severity
}
