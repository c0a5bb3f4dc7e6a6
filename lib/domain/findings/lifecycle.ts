import type { Tags } from '../identity/tags'
import type { Result, SourceId } from '../imports/outcome'
import type { Status } from './status'

/** The fields of a sighting that a finding's state depends on. Severity is a rank, 5 worst. */
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
  /** Since when the source knows the problem. */
  firstObservedAt: Date | null
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
  /** Since when the problem exists, by the earliest of its sources or of its reports. */
  firstObservedAt: Date
}

export interface Settled {
  state: FindingState
  reopened: boolean
  resolved: boolean
  /** Whether its sources began to suppress it, or no longer do, while no exception covers it. */
  suppressed: boolean
  unsuppressed: boolean
  /** Whether all sources that report the problem suppress it now. */
  hidden: boolean
  /** Fields that the source changed: each becomes one line of the history. */
  refreshed: ('severity' | 'title' | 'resource')[]
}

/** The worst failing sighting; equal ones by source and id, so that the order of the input does not matter. */
function primaryOf<S extends SightingState>(
  sightings: readonly S[],
  counts: (sighting: S) => boolean = isFailing,
): S | null {
  let best: S | null = null
  for (const sighting of sightings) {
    if (!counts(sighting)) continue
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
 * The state of a finding, computed from its sightings. It closes only if no present sighting fails or is suppressed: a pass
 * of one source closes nothing while another still fails. Fields that people set are not part of the state.
 */
export function settle(finding: FindingState, sightings: readonly SightingState[]): Settled {
  const primary = primaryOf(sightings)
  if (!primary) {
    const hidden = primaryOf(sightings, isHidden)
    return hidden ? suppress(finding, sightings, hidden) : close(finding, sightings)
  }
  // A sender who may not close findings may raise the severity, but not replace the text of one who may.
  const text = primaryOf(sightings.filter(sighting => !sighting.unproven)) ?? primary
  const reopened = finding.status === 'resolved'
  const unsuppressed = finding.status === 'suppressed'
  return {
    state: {
      status: reopened || unsuppressed ? 'new' : finding.status,
      severity: primary.severity,
      title: text.title,
      resourceType: text.resourceType,
      sources: sourcesOf(sightings),
      resolvedReason: reopened ? null : finding.resolvedReason,
      firstObservedAt: firstObserved(finding, sightings),
    },
    reopened,
    resolved: false,
    suppressed: false,
    unsuppressed,
    hidden: false,
    refreshed: refreshedFields(finding, primary.severity, text),
  }
}

/** Never later than before: a source that forgets when a problem began does not make it younger. */
function firstObserved({ firstObservedAt }: FindingState, sightings: readonly SightingState[]): Date {
  return sightings.reduce(
    (first, { firstObservedAt: own }) => (own !== null && own < first ? own : first),
    firstObservedAt,
  )
}

/**
 * The sources that report a problem now, sorted. Those of senders who may not close findings are included only if there
 * are no others, because the sources decide whether a finding is verified.
 */
function sourcesOf(sightings: readonly SightingState[]): SourceId[] {
  const failing = sightings.filter(isFailing)
  const proven = failing.filter(sighting => !sighting.unproven)
  return [...new Set((proven.length > 0 ? proven : failing).map(sighting => sighting.source))].sort()
}

/** Tags of the resource, one set for each source that reports the problem. */
export function tagsOf(sightings: readonly SightingState[]): Tags[] {
  return sightings.flatMap(sighting =>
    sighting.tags !== null && (isFailing(sighting) || isHidden(sighting)) ? [sighting.tags] : [],
  )
}

function close(finding: FindingState, sightings: readonly SightingState[]): Settled {
  const closes = finding.status !== 'resolved'
  const state: FindingState = closes
    ? { ...finding, status: 'resolved', resolvedReason: reasonOf(sightings) }
    : { ...finding }
  state.firstObservedAt = firstObserved(finding, sightings)
  return { ...nothingChanged, state, resolved: closes }
}

const nothingChanged = {
  reopened: false,
  resolved: false,
  suppressed: false,
  unsuppressed: false,
  hidden: false,
  refreshed: [],
} satisfies Omit<Settled, 'state'>

/** Whether a source reports the problem and hides it. A sender who may not close findings suppresses none. */
function isHidden(sighting: SightingState): boolean {
  return sighting.present && sighting.result === 'suppressed' && !sighting.unproven
}

/** Only a person's resolution remains as it is. An exception keeps its status, and follows the severity like an open finding. */
function suppress(finding: FindingState, sightings: readonly SightingState[], primary: SightingState): Settled {
  const firstObservedAt = firstObserved(finding, sightings)
  if (finding.resolvedReason === 'hand')
    return { ...nothingChanged, state: { ...finding, firstObservedAt }, hidden: true }
  const covered = finding.status === 'accepted' || finding.status === 'false_positive'
  const suppressed = !covered && finding.status !== 'suppressed'
  return {
    ...nothingChanged,
    state: {
      status: covered ? finding.status : 'suppressed',
      severity: primary.severity,
      title: primary.title,
      resourceType: primary.resourceType,
      sources: [...new Set(sightings.filter(isHidden).map(({ source }) => source))].sort(),
      resolvedReason: null,
      firstObservedAt,
    },
    suppressed,
    hidden: true,
    refreshed: refreshedFields(finding, primary.severity, primary),
  }
}

/** The fields that the source changed. */
function refreshedFields(
  finding: FindingState,
  severity: number,
  text: Pick<SightingState, 'title' | 'resourceType'>,
): Settled['refreshed'] {
  const refreshed: Settled['refreshed'] = []
  if (severity !== finding.severity) refreshed.push('severity')
  if (text.title !== finding.title) refreshed.push('title')
  if (text.resourceType !== finding.resourceType) refreshed.push('resource')
  return refreshed
}

function reasonOf(sightings: readonly SightingState[]): ResolvedReason {
  const present = sightings.filter(sighting => sighting.present)
  for (const result of ['suppressed', 'archived', 'passed'] as const) {
    if (present.some(sighting => sighting.result === result)) return result
  }
  return 'absent'
}

/** The status of a finding that is reported for the first time. Null for no finding (a passed check). */
export function startsAs(result: Result): 'open' | 'suppressed' | 'resolved' | null {
  if (result === 'failed') return 'open'
  if (result === 'suppressed') return 'suppressed'
  return result === 'archived' ? 'resolved' : null
}

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
