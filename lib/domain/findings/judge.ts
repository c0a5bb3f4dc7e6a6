import type { Result } from '../imports/outcome'

const LONG_AGO = new Date(0)

export interface StoredSighting {
  contentHash: bigint
  result: Result
  present: boolean
  observedAt: Date
  recordUpdatedAt: Date | null
  /** The time of the report that proved it gone; null if none did. */
  goneAt: Date | null
  /** Whether its sender may not close findings. */
  unproven: boolean
}

/**
 * The stored sighting, prepared for the comparison with a newer record. One of a sender who may not close is older than
 * every problem of a sender who may (`proven`), and, if it is no problem itself, older than everything: it must hide
 * neither a problem nor its severity.
 */
export function comparable<S extends StoredSighting>(stored: S, proven: boolean): S {
  if (!stored.unproven || (stored.result === 'failed' && !proven)) return stored
  return { ...stored, observedAt: LONG_AGO, recordUpdatedAt: null }
}

export interface IncomingSighting {
  contentHash: bigint
  result: Result
  recordUpdatedAt: Date | null
  eventAt: Date | null
  /** Whether the same report had an earlier record of it. */
  again: boolean
}

/** One of several records of the same sighting in one document. */
interface RepeatedRecord {
  result: Result
  updatedAt: Date | null
  /** When the event with the record was sent. */
  eventAt?: Date | null
}

/**
 * Whether a record replaces an earlier record of the same sighting in one report: the later update counts, then the
 * later event, then the one that reports a problem. So the result does not depend on the order of records.
 */
export function supersedes(record: RepeatedRecord, first: RepeatedRecord): boolean {
  const gap = later(record.updatedAt, first.updatedAt) || later(record.eventAt, first.eventAt)
  return gap === 0 ? first.result !== 'failed' && record.result === 'failed' : gap > 0
}

/** Milliseconds that `a` is later than `b`; 0 if one of them is not known. */
function later(a: Date | null | undefined, b: Date | null | undefined): number {
  return a && b ? a.getTime() - b.getTime() : 0
}

/**
 * Whether a report may overwrite a stored sighting. `observedAt` is the report's time, `confirmedAt` that of the last
 * complete report of the same feed, which confirmed the sightings that it did not change. An older record never
 * overwrites a newer one.
 */
export function judge(
  stored: StoredSighting,
  incoming: IncomingSighting,
  run: { observedAt: Date; confirmedAt: Date | null },
): 'write' | 'unchanged' | 'older' {
  if (
    incoming.again &&
    !supersedes(
      { result: incoming.result, updatedAt: incoming.recordUpdatedAt, eventAt: incoming.eventAt },
      // Events are in the order in which they were sent: one of an earlier batch is earlier.
      { result: stored.result, updatedAt: stored.recordUpdatedAt, eventAt: incoming.eventAt && LONG_AGO },
    )
  )
    return 'older'
  if (run.observedAt < stored.observedAt) return 'older'
  if (stored.goneAt && run.observedAt < stored.goneAt) return 'older'
  if (run.confirmedAt && run.observedAt < run.confirmedAt) return 'older'
  if (stored.recordUpdatedAt && incoming.recordUpdatedAt && incoming.recordUpdatedAt < stored.recordUpdatedAt)
    return 'older'
  // Unknown is not fixed: a check without a result does not change a reported problem.
  const reported = stored.result === 'failed' || stored.result === 'suppressed'
  if (stored.present && reported && incoming.result === 'not_available') return 'unchanged'
  return stored.present && stored.contentHash === incoming.contentHash ? 'unchanged' : 'write'
}
