import { OWN_FEED } from '../collection/collectors'
import type { Tags } from '../identity/tags'
import type { Result, SourceId } from '../imports/outcome'
import { type Activity, hasMoved, type StoredVerdict } from '../threats/verdict'
import type { Facts, VulnerabilityFacts } from './facts'
import { searchTerms } from './search/search-terms'
import { unitedKeys } from './search/search-texts'
import type { Status } from './status'

/** Reasons of people: sources may still report the problem. */
export function isByPerson(reason: ResolvedReason | null): boolean {
  return reason === 'hand' || reason === 'verdict'
}

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
  facts: Facts | null
  /** The name of the control in the source, where the finding has another. */
  ownControl: string | null
  /** See searchKeysOf. */
  searchKeys: readonly string[]
  /** When the source last updated its record. */
  recordUpdatedAt?: Date | null
}

/** What decides the order of vulnerabilities. Null where no source says it. */
export type Urgency = Pick<VulnerabilityFacts, 'exploit' | 'epss' | 'fix'>

export const resolvedReasons = ['passed', 'archived', 'suppressed', 'absent', 'hand', 'verdict'] as const
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
  urgency: Urgency
  /** See searchTerms. */
  terms: string
  /** Sorted. See unitedKeys. */
  searchKeys: string[]
}

export const noUrgency: Urgency = { exploit: null, epss: null, fix: null }

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
 * of one source closes nothing while another still fails. Fields that people set are not part of the state. `rank` is the
 * severity of its control; null where the worst report decides.
 */
export function settle(
  finding: FindingState,
  sightings: readonly SightingState[],
  rank: number | null = null,
): Settled {
  const primary = primaryOf(sightings)
  if (!primary) {
    const hidden = primaryOf(sightings, isHidden)
    return hidden
      ? suppress(finding, sightings, { ...hidden, severity: rank ?? hidden.severity })
      : close(finding, sightings)
  }
  // A sender who may not close findings may raise the severity, but not replace the text of one who may.
  const proven = sightings.filter(sighting => !sighting.unproven)
  const worded = proven.filter(sighting => sighting.source !== OWN_FEED)
  const text = primaryOf(worded) ?? primaryOf(proven) ?? primary
  // Hinomi's own checks name their control only: pages know its title. What a source once wrote remains.
  const title = text.source === OWN_FEED ? finding.title : text.title
  const reopened = finding.status === 'resolved'
  const unsuppressed = finding.status === 'suppressed'
  const severity = rank ?? primary.severity
  return {
    state: {
      status: reopened || unsuppressed ? 'new' : finding.status,
      severity,
      title,
      resourceType: text.resourceType,
      sources: sourcesOf(sightings),
      resolvedReason: reopened ? null : finding.resolvedReason,
      firstObservedAt: firstObserved(finding, sightings),
      urgency: urgencyOf(sightings.filter(isFailing)),
      terms: searchTerms(sightings.filter(isFailing)),
      searchKeys: unitedKeys(sightings.filter(isFailing)),
    },
    reopened,
    resolved: false,
    suppressed: false,
    unsuppressed,
    hidden: false,
    refreshed: refreshedFields(finding, severity, { ...text, title }),
  }
}

/**
 * Never later than before: a source that forgets when a problem began does not make it younger. One that has found none
 * says since when it looks.
 */
function firstObserved({ firstObservedAt }: FindingState, sightings: readonly SightingState[]): Date {
  return sightings.reduce(
    (first, { firstObservedAt: own, result }) =>
      own !== null && own < first && startsAs(result) !== null ? own : first,
    firstObservedAt,
  )
}

const FIXES = ['yes', 'partial', 'no'] as const

/** The most urgent that the sightings say that report the problem now. */
function urgencyOf(reporting: readonly SightingState[]): Urgency {
  const said = reporting.flatMap(each => (each.facts?.kind === 'vulnerability' ? [each.facts] : []))
  if (said.length === 0) return noUrgency
  const exploits = said.map(each => each.exploit)
  const shares = said.flatMap(each => (each.epss === null ? [] : [each.epss]))
  return {
    exploit: exploits.includes(true) ? true : exploits.includes(false) ? false : null,
    epss: shares.length > 0 ? Math.max(...shares) : null,
    fix: FIXES.find(fix => said.some(each => each.fix === fix)) ?? null,
  }
}

/** Whether two findings are equally urgent. */
export function sameUrgency(a: Urgency, b: Urgency): boolean {
  return a.exploit === b.exploit && a.epss === b.epss && a.fix === b.fix
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

/** Whether a source reports by `at` more of a threat than by the time of its verdict. */
export function outlivesVerdict({ seen }: StoredVerdict, sightings: readonly SightingState[], at: Date): boolean {
  return hasMoved(
    seen,
    sightings.filter(isFailing).map(sighting => activityOf(sighting, at)),
  )
}

/** An event in the future is none, as in a verdict: it would be later than all that the verdict knows of at every report. */
function activityOf({ facts, recordUpdatedAt = null }: SightingState, at: Date): Activity {
  const { count, lastSeen } = facts?.kind === 'threat' ? facts : { count: null, lastSeen: null }
  const last = lastSeen === null ? null : new Date(lastSeen)
  return { count, lastSeen: last !== null && last <= at ? last : null, updatedAt: recordUpdatedAt }
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
  if (isByPerson(finding.resolvedReason))
    return { ...nothingChanged, state: { ...finding, firstObservedAt }, hidden: true }
  const hidden = sightings.filter(isHidden)
  const covered = finding.status === 'accepted' || finding.status === 'false_positive'
  const suppressed = !covered && finding.status !== 'suppressed'
  return {
    ...nothingChanged,
    state: {
      status: covered ? finding.status : 'suppressed',
      severity: primary.severity,
      title: primary.title,
      resourceType: primary.resourceType,
      sources: [...new Set(hidden.map(({ source }) => source))].sort(),
      resolvedReason: null,
      firstObservedAt,
      urgency: urgencyOf(hidden),
      terms: searchTerms(hidden),
      searchKeys: unitedKeys(hidden),
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
