import type { JobAccess } from '../../access/proof'
import type { ControlSeverities } from '../../domain/controls/severities'
import type { Covering } from '../../domain/exceptions/exception'
import { completenessKey, pairHash, regionHash, serviceHash, serviceOf, timeOf } from '../../domain/feeds/report-pairs'
import { type FeedScope, feedKey, feedPartKey, type RowKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import { Environment, type Team, type TeamId } from '../../domain/people/team'
import type { DuePolicy } from '../../domain/policies/due-policy'
import type { RoutingRule } from '../../domain/policies/routing'
import type { CompleteTimes, KnownFeed } from '../../store/feeds/feeds'
import type { Owners } from '../../store/policies/routing-owners'
import type { IdSet } from '../contents/id-set'
import type { Place, Places } from '../contents/places'

export interface KnownAccount {
  ownerTeam: TeamId
  environment: Environment | null
  tags: Tags
}

/** The state of one run of an import. */
export interface RunContext {
  access: JobAccess
  /** Called after each committed batch. */
  onProgress: () => void
  importId: number
  /** The holder of the import when the run began, see requireHold. */
  holder: string | null
  /** See ImportTask. */
  lane: readonly string[] | null
  /** The import that the document is stored with: another one where this one confirms or retries it. */
  payloadId: number
  observedAt: Date
  /** When the cells of a collected report were read: of one that somebody sent, never after its arrival. */
  readAt: Date
  complete: boolean
  /** Whether the sender may close findings. Otherwise evidence that would close or cover a finding has no effect. */
  mayClose: boolean
  timeZone: string
  /** The policies at the current batch, with their versions. */
  duePolicy: DuePolicy
  /** Vulnerabilities in CISA's list. */
  knownExploited: ReadonlyMap<string, unknown>
  routing: readonly RoutingRule[]
  /** Severities that the organization set by control. */
  severities: ControlSeverities
  /** Locked while the batch is written, in their order. */
  teams: readonly Team[]
  versions: string
  /** Locked while the batch is written. */
  owners: Owners
  /** Accounts of the batches so far, from the account table; those of the current batch are up to date. */
  accounts: Map<string, KnownAccount>
  /** Accounts of the batches so far, with whether they had no sightings and findings at first. */
  blank: Map<string, boolean>
  /** Pairs of control and title that are stored already. */
  titles: Set<string>
  /** Keys of texts that are stored already, see learnTexts. */
  texts: Set<string>
  /** Stored machine images of instances, see MachineImages. */
  images: Map<RowKey<'machine_image'>, string>
  /** Exceptions that were approved when the run began. */
  exceptions: readonly Covering[]
  /** Feeds that the document contains records of. */
  feeds: Map<RowKey<'feed'>, KnownFeed>
  /** Parts of feeds for which complete reports are remembered. */
  controls: Map<RowKey<'feed_control'>, CompleteTimes & { mixed: boolean }>
  /** The checks and Regions of the document. */
  places: Places
  /** The sightings of the whole document, where the run needed them before its end; see continue-findings.ts. */
  document: IdSet | null
}

/** A feed without stored reports. */
export function unknownFeed(scope: FeedScope): KnownFeed {
  return {
    ...scope,
    lastCompleteAt: null,
    nextCompleteAt: null,
    sendsPasses: false,
    reference: null,
    looked: null,
    recentClosings: [],
  }
}

/** A check by the name of its source, the Region of the problem, and the Region of its record. */
export type Checked = Pick<Place, 'control' | 'region' | 'ownRegion'>

/**
 * The times of the complete reports that covered a check: those of its feed or, where reports are complete for a part, of that part.
 * Null where none did.
 */
export function completeTimes(run: RunContext, scope: FeedScope, checked: Checked): CompleteTimes | null {
  const part = completenessKey(scope, checked)
  if (part !== null) return run.controls.get(feedPartKey(scope, part)) ?? null
  const feed = run.feeds.get(feedKey(scope)) ?? null
  const { looked, lastCompleteAt } = feed ?? { looked: null, lastCompleteAt: null }
  // Only for an older report it matters which checks complete ones covered, and when.
  if (!feed || !looked || !lastCompleteAt || run.observedAt >= lastCompleteAt) return feed
  const { control, region, ownRegion } = checked
  const asked = [pairHash(control, region), serviceHash(serviceOf(control)), regionHash(ownRegion)]
  const last = new Date(Math.max(...asked.map(hash => timeOf(looked, hash) ?? 0)) * 1000)
  return run.observedAt < last ? { lastCompleteAt: last, nextCompleteAt: feed.nextCompleteAt } : null
}

/** Whether the run's report is older than the last complete one that covered the check. */
export function isBackdated(run: RunContext, scope: FeedScope, checked: Checked): boolean {
  return isOlder(run, completeTimes(run, scope, checked))
}

/** The same for a part of a feed, see completenessKey. */
export function isPartBackdated(run: RunContext, scope: FeedScope, part: string): boolean {
  return isOlder(run, run.controls.get(feedPartKey(scope, part)) ?? null)
}

function isOlder(run: RunContext, times: CompleteTimes | null): boolean {
  const confirmedAt = times?.lastCompleteAt ?? null
  return confirmedAt !== null && run.observedAt < confirmedAt
}

/** When the first complete reports after the run's had covered all sightings of one finding; null where one has no such report. */
export function resolvedBy(run: RunContext, sightings: readonly { outcome: FeedScope; place: Checked }[]): Date | null {
  const next = sightings.map(({ outcome, place }) => completeTimes(run, outcome, place)?.nextCompleteAt ?? null)
  const known = next.filter(at => at !== null)
  return known.length === next.length && known.length > 0 ? new Date(Math.max(...known.map(at => at.getTime()))) : null
}

/** The sources of the document, as events show the import. */
export function labelOf(run: RunContext): string {
  return [...new Set([...run.feeds.values()].map(feed => feed.source))].sort().join(', ')
}

/** Counts of one step of an import. The counts of an import are their sum. */
export interface FindingCounts {
  created: number
  updated: number
  reopened: number
  resolved: number
  /** Those of `resolved` that the document itself contains (archived or suppressed). */
  resolvedSeen: number
  passed: number
  /** Checks without a result. */
  notAvailable: number
  /** Records older than the stored ones. */
  older: number
  /** Records of sightings that the document already contained. */
  repeated: number
  /** Records dated after their arrival. */
  clockAhead: number
  /** Records that would close or cover a finding, of a sender who may not. */
  withheld: number
}

export function noCounts(): FindingCounts {
  return {
    created: 0,
    updated: 0,
    reopened: 0,
    resolved: 0,
    resolvedSeen: 0,
    passed: 0,
    notAvailable: 0,
    older: 0,
    repeated: 0,
    clockAhead: 0,
    withheld: 0,
  }
}

export function addCounts(a: FindingCounts, b: FindingCounts): FindingCounts {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    reopened: a.reopened + b.reopened,
    resolved: a.resolved + b.resolved,
    resolvedSeen: a.resolvedSeen + b.resolvedSeen,
    passed: a.passed + b.passed,
    notAvailable: a.notAvailable + b.notAvailable,
    older: a.older + b.older,
    repeated: a.repeated + b.repeated,
    clockAhead: a.clockAhead + b.clockAhead,
    withheld: a.withheld + b.withheld,
  }
}

/** An account as it is stored. */
export function toKnown(row: { ownerTeam: string; environment: string | null; tags: Tags }): KnownAccount {
  const { ownerTeam, environment, tags } = row
  return { ownerTeam, environment: Environment.safeParse(environment).data ?? null, tags }
}
