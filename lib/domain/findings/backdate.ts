import type { ResolvedReason } from './lifecycle'
import type { Status } from './status'

/** When a finding was open, as far as is known. */
export interface Periods {
  status: Status
  resolvedReason: ResolvedReason | null
  firstSeenAt: Date
  openedAt: Date
  resolvedAt: Date | null
}

export interface Backdated {
  firstSeenAt: Date
  openedAt: Date
  resolvedAt: Date | null
  /** A time that it was open before it was opened again. */
  past: { openedAt: Date; closedAt: Date } | null
  /** Whether the first of the times that it was open began earlier, though not the present one. */
  lengthens: boolean
}

/**
 * What follows for a finding where a late report calls it a problem at a time `at`, and the first complete report after it that does not
 * tell of it (null where none is known) is of `resolvedBy`. Where no report says otherwise it was open all the time from the one report
 * to the next. Null where nothing follows.
 */
export function backdated(finding: Periods, at: Date, resolvedBy: Date | null): Backdated | null {
  const { firstSeenAt, openedAt, resolvedAt } = finding
  if (at < firstSeenAt) {
    const same = { firstSeenAt: at, openedAt, resolvedAt, lengthens: false }
    if (resolvedBy && resolvedBy < firstSeenAt) return { ...same, past: { openedAt: at, closedAt: resolvedBy } }
    if (openedAt.getTime() === firstSeenAt.getTime()) return { ...same, openedAt: at, past: null }
    return { ...same, past: null, lengthens: true }
  }
  // What a person closed was closed, whatever sources said of it.
  const over = finding.status === 'resolved' && finding.resolvedReason !== 'hand' && resolvedAt && resolvedAt < at
  if (!over || !resolvedBy) return null
  return {
    firstSeenAt,
    openedAt: at,
    resolvedAt: resolvedBy,
    past: { openedAt, closedAt: resolvedAt },
    lengthens: false,
  }
}
