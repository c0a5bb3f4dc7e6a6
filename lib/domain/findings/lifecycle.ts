import type { Tags } from '../identity/tags'
import type { Result, SourceId } from '../imports/outcome'
import type { Status } from './status'

/** The machine's knowledge of one sighting, as far as a finding's state depends on it. Severity is a rank, 5 worst. */
export interface SightingState {
  id: string
  source: SourceId
  result: Result
  present: boolean
  severity: number
  title: string
  resourceType: string
  tags: Tags | null
  /** Whether its sender may not close findings. */
  unproven: boolean
}

export const resolvedReasons = ['passed', 'archived', 'suppressed', 'absent', 'hand'] as const
export type ResolvedReason = (typeof resolvedReasons)[number]

export interface FindingState {
  status: Status
  severity: number
  title: string
  resourceType: string
  sources: SourceId[]
  resolvedReason: ResolvedReason | null
}

export interface Settled {
  state: FindingState
  reopened: boolean
  resolved: boolean
  /** Fields that were refreshed from the source: each becomes one line of the history. */
  refreshed: ('severity' | 'title' | 'resource')[]
}

/** The worst failing sighting, then by source and id, so that order never matters. */
function primaryOf<S extends SightingState>(sightings: readonly S[]): S | null {
  let best: S | null = null
  for (const sighting of sightings) {
    if (!isFailing(sighting)) continue
    if (!best || before(sighting, best)) best = sighting
  }
  return best
}

function before(a: SightingState, b: SightingState): boolean {
  if (a.severity !== b.severity) return a.severity > b.severity
  if (a.source !== b.source) return a.source < b.source
  return a.id < b.id
}

function isFailing(sighting: SightingState): boolean {
  return sighting.present && sighting.result === 'failed'
}

/**
 * The state of a finding once its sightings are what they are. It closes only where no present sighting fails; a source
 * that alone says passed closes nothing while another still fails. Human fields are not part of the state at all.
 */
export function settle(finding: FindingState, sightings: readonly SightingState[]): Settled {
  const primary = primaryOf(sightings)
  if (!primary) return close(finding, sightings)
  // Whoever may not close findings may raise the severity, but does not replace the text of those who may.
  const text = primaryOf(sightings.filter(sighting => !sighting.unproven)) ?? primary
  const reopened = finding.status === 'resolved'
  const refreshed: Settled['refreshed'] = []
  if (primary.severity !== finding.severity) refreshed.push('severity')
  if (text.title !== finding.title) refreshed.push('title')
  if (text.resourceType !== finding.resourceType) refreshed.push('resource')
  return {
    state: {
      status: reopened ? 'new' : finding.status,
      severity: primary.severity,
      title: text.title,
      resourceType: text.resourceType,
      sources: sourcesOf(sightings),
      resolvedReason: reopened ? null : finding.resolvedReason,
    },
    reopened,
    resolved: false,
    refreshed,
  }
}

/**
 * The sources that report a problem now, sorted; empty where none does. Those of senders who may not close findings only where there are
 * no others: whether a finding is confirmed follows from its sources.
 */
function sourcesOf(sightings: readonly SightingState[]): SourceId[] {
  const failing = sightings.filter(isFailing)
  const proven = failing.filter(sighting => !sighting.unproven)
  return [...new Set((proven.length > 0 ? proven : failing).map(sighting => sighting.source))].sort()
}

/** Tags of the resource, as each source that reports the problem tells them. */
export function tagsOf(sightings: readonly SightingState[]): Tags[] {
  return sightings.flatMap(sighting => (sighting.tags !== null && isFailing(sighting) ? [sighting.tags] : []))
}

function close(finding: FindingState, sightings: readonly SightingState[]): Settled {
  const closes = finding.status !== 'resolved'
  const state: FindingState = closes
    ? { ...finding, status: 'resolved', resolvedReason: reasonOf(sightings) }
    : { ...finding }
  return { state, reopened: false, resolved: closes, refreshed: [] }
}

function reasonOf(sightings: readonly SightingState[]): ResolvedReason {
  const present = sightings.filter(sighting => sighting.present)
  for (const result of ['suppressed', 'archived', 'passed'] as const) {
    if (present.some(sighting => sighting.result === result)) return result
  }
  return 'absent'
}

/** Whether a finding that is reported for the first time starts as work. Null: it is no finding at all (a passed check). */
export function startsAs(result: Result): 'open' | 'resolved' | null {
  if (result === 'failed') return 'open'
  return result === 'archived' || result === 'suppressed' ? 'resolved' : null
}

const LONG_AGO = new Date(0)

export interface StoredSighting {
  contentHash: bigint
  result: Result
  present: boolean
  observedAt: Date
  recordUpdatedAt: Date | null
  /** The time of the report that proved it gone; null where none did. */
  goneAt: Date | null
  /** Whether its sender may not close findings. */
  unproven: boolean
}

/**
 * A statement as a newer one is compared with it. What a sender who may not close said is older than every problem that is reported
 * by one who may (`proven`), and than everything where it is no problem itself: it must hide neither a problem nor its severity.
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
  /** Whether the same report spoke of it before. */
  again: boolean
}

/** One of several records about one thing in one document. */
interface Twin {
  result: Result
  updatedAt: Date | null
  /** When the event that carried it was sent. */
  eventAt?: Date | null
}

/**
 * Whether one of two records of one report about one thing counts instead of the other, which stood first: the later updated, then
 * that of the later event, and at the same time the one that tells of a problem. What a report says then does not depend on how it
 * is cut.
 */
export function supersedes(twin: Twin, first: Twin): boolean {
  const gap = later(twin.updatedAt, first.updatedAt) || later(twin.eventAt, first.eventAt)
  return gap === 0 ? first.result !== 'failed' && twin.result === 'failed' : gap > 0
}

/** Milliseconds that `a` is later than `b`; 0 where one of them is not known. */
function later(a: Date | null | undefined, b: Date | null | undefined): number {
  return a && b ? a.getTime() - b.getTime() : 0
}

/**
 * Whether a report may overwrite what is stored of a sighting. `observedAt` is the report's, `confirmedAt` that of the last
 * complete report of the same feed: what it did not contradict was true then. An older statement never overwrites a newer.
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
      // Events stand in the order in which they were sent: that of an earlier batch is the earlier one.
      { result: stored.result, updatedAt: stored.recordUpdatedAt, eventAt: incoming.eventAt && LONG_AGO },
    )
  )
    return 'older'
  if (run.observedAt < stored.observedAt) return 'older'
  if (stored.goneAt && run.observedAt < stored.goneAt) return 'older'
  if (run.confirmedAt && run.observedAt < run.confirmedAt) return 'older'
  if (stored.recordUpdatedAt && incoming.recordUpdatedAt && incoming.recordUpdatedAt < stored.recordUpdatedAt)
    return 'older'
  // Unknown is not fixed: a check that can no longer tell leaves a reported problem as it is.
  if (stored.present && stored.result === 'failed' && incoming.result === 'not_available') return 'unchanged'
  return stored.present && stored.contentHash === incoming.contentHash ? 'unchanged' : 'write'
}
