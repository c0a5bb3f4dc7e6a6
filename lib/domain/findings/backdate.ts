import { isByPerson, type ResolvedReason } from './lifecycle'
import type { Status } from './status'

/** When a finding was open, as far as known. */
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
  /** A period in which it was open, before it was reopened. */
  past: { openedAt: Date; closedAt: Date } | null
  /** Whether its first open period began earlier, and not the current one. */
  lengthens: boolean
}

/**
 * How a late report that reports the problem at `at` changes a finding. `resolvedBy` is the time of the first later
 * complete report without it, null if none is known. Between two reports the finding counts as open. Null if nothing
 * changes.
 */
export function backdated(finding: Periods, at: Date, resolvedBy: Date | null): Backdated | null {
  const { firstSeenAt, openedAt, resolvedAt } = finding
  if (at < firstSeenAt) {
    const same = { firstSeenAt: at, openedAt, resolvedAt, lengthens: false }
    if (resolvedBy && resolvedBy < firstSeenAt) return { ...same, past: { openedAt: at, closedAt: resolvedBy } }
    if (openedAt.getTime() === firstSeenAt.getTime()) return { ...same, openedAt: at, past: null }
    return { ...same, past: null, lengthens: true }
  }
  // A finding that a person closed was closed, whatever sources reported.
  const over = finding.status === 'resolved' && !isByPerson(finding.resolvedReason) && resolvedAt && resolvedAt < at
  if (!over || !resolvedBy) return null
  return {
    firstSeenAt,
    openedAt: at,
    resolvedAt: resolvedBy,
    past: { openedAt, closedAt: resolvedAt },
    lengthens: false,
  }
}
