import { z } from 'zod'
import type { FindingClass } from '../imports/outcome'

/** What starts the days until a finding is due: its first observation by a source, or its first report here. */
export const Clock = z.enum(['source', 'import'])
export type Clock = z.infer<typeof Clock>

/** Where the days of a finding may start. Without `beganAt` no source observed it before it was opened. */
export interface Starts {
  class: FindingClass
  openedAt: Date
  beganAt?: Date | null
}

/**
 * When the days until a finding is due start. Those of a threat start when it was opened: nobody can react to an attack
 * that nobody knows of, while a misconfiguration was somebody's to find.
 */
export function clockStart({ class: kind, openedAt, beganAt }: Starts, clock: Clock): Date {
  return clock === 'source' && kind !== 'threat' ? (beganAt ?? openedAt) : openedAt
}

/** One source of a finding that is opened now. */
export interface Observed {
  firstObservedAt: Date | null
  /** When reports last proved that it was absent; null if none did. */
  absentAt: Date | null
}

/**
 * Since when a finding that is opened now exists by its sources. Sources that keep one record for passes and failures
 * call the first of them the first observation: a report without the problem proves that it began later. Null if it did
 * not begin before it was opened.
 */
export function beganAt(observed: readonly Observed[], openedAt: Date): Date | null {
  const begins = observed.flatMap(({ firstObservedAt, absentAt }) => {
    if (firstObservedAt === null) return []
    return Math.max(firstObservedAt.getTime(), absentAt?.getTime() ?? Number.NEGATIVE_INFINITY)
  })
  const first = Math.min(...begins, openedAt.getTime())
  return first < openedAt.getTime() ? new Date(first) : null
}
