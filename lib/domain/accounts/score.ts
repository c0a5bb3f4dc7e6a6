import type { Severity } from '../findings/severity'

/**
 * The way scores are computed, counted up with every change of it. Snapshots store it: scores of two methods are not comparable.
 * 1: weighted share of controls without a failed resource. 2: bands by the worst open problem.
 */
export const scoreMethod = 2

/** What the worst open problem of an account is, worst first. Each band spans `bandPoints` points of the score. */
export const scoreBands = ['breach', 'attack', 'critical', 'high', 'moderate'] as const
export type ScoreBand = (typeof scoreBands)[number]
export const bandPoints = 20

/**
 * What a score is made of. control: the failing share of a control's resources; threat: active threats of one type;
 * exploited: vulnerabilities of one severity that are known or likely to be exploited, or in CISA's list; vulnerability: the others.
 */
export const scoreKinds = ['control', 'threat', 'exploited', 'vulnerability'] as const
export type ScoreKind = (typeof scoreKinds)[number]

/** An unknown control counts nothing, so that only what is reported as failing moves a score down from the top of its band. */
export const severityWeights: Readonly<Record<Severity, number>> = {
  critical: 40,
  high: 15,
  medium: 5,
  low: 1,
  informational: 0.1,
}

/** A threat, or a vulnerability that is exploited, counts as two whole controls of its severity. */
export const attackFactor = 2
/** So many threats of one type, or vulnerabilities of one severity, count in full. More count no more. */
export const fullCount = 10
/** The load that halves the points within a band. */
export const halvingLoad = 50
/** From this probability, in whole percent, a vulnerability counts as exploited. https://www.first.org/epss/ */
export const likelyExploited = 50

const bands: Readonly<Record<ScoreKind, Readonly<Record<Severity, ScoreBand>>>> = {
  threat: { critical: 'breach', high: 'attack', medium: 'high', low: 'moderate', informational: 'moderate' },
  exploited: { critical: 'attack', high: 'critical', medium: 'high', low: 'moderate', informational: 'moderate' },
  control: { critical: 'critical', high: 'high', medium: 'moderate', low: 'moderate', informational: 'moderate' },
  vulnerability: { critical: 'critical', high: 'high', medium: 'moderate', low: 'moderate', informational: 'moderate' },
}

/** The band that one open problem puts its account into. */
export function bandOf(kind: ScoreKind, severity: Severity): ScoreBand {
  return bands[kind][severity]
}
