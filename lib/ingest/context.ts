import type { Access } from '../access/proof'
import type { DuePolicy } from '../domain/due-policy'
import type { Covering } from '../domain/exception'
import { reportsByControl, type SourceId, sourceIds } from '../domain/outcome'
import type { RoutingRule } from '../domain/routing'
import type { Tags } from '../domain/tags'
import { Environment, Team } from '../domain/team'
import type { CompleteTimes, KnownFeed } from '../store/feeds'
import type { Owners } from '../store/routing-owners'

export interface Scope {
  accountId: string
  source: SourceId
  product: string
}

export interface KnownAccount {
  ownerTeam: Team
  environment: Environment | null
  tags: Tags
}

/** What one run of an import knows while it lasts. */
export interface RunContext {
  access: Access<'imports:write'>
  importId: number
  observedAt: Date
  complete: boolean
  timeZone: string
  /** As they are at the batch under way, with their versions. */
  duePolicy: DuePolicy
  routing: readonly RoutingRule[]
  versions: string
  /** Held while the batch is written. */
  owners: Owners
  /** Accounts met so far, from the account table; those of the batch under way as they are now. */
  accounts: Map<string, KnownAccount>
  /** Accounts met so far, with whether nothing was stored of them then. */
  blank: Map<string, boolean>
  /** Pairs of control and title noted already. */
  titles: Set<string>
  /** Machine images of instances that the database knows, see MachineImages. */
  images: Map<string, string>
  /** Exceptions that were approved when the run began. */
  exceptions: readonly Covering[]
  /** Feeds that the document speaks of, by `account/source/product`. */
  feeds: Map<string, KnownFeed>
  /** Controls of those that report by control, by controlKey. */
  controls: Map<string, CompleteTimes>
}

export function feedKey(scope: Scope): string {
  return `${scope.accountId}/${scope.source}/${scope.product}`
}

/** A feed of which nothing is known. */
export function unheard(scope: Scope): KnownFeed {
  return { ...scope, lastCompleteAt: null, nextCompleteAt: null }
}

/** A control that a report tells of. */
export interface Told extends Scope {
  control: string
}

export function controlKey(told: Told): string {
  return `${feedKey(told)}\u0000${told.control}`
}

/** The complete reports of what tells of a thing: of its feed or, where a source's reports hold one control each, of its control. */
export function completeTimes(run: RunContext, told: Told): CompleteTimes | null {
  const known = reportsByControl(told.source) ? run.controls.get(controlKey(told)) : run.feeds.get(feedKey(told))
  return known ?? null
}

/** Whether the run's report is older than the last complete one: what it does not contradict was so in between. */
export function isLate(run: RunContext, told: Told): boolean {
  const confirmedAt = completeTimes(run, told)?.lastCompleteAt ?? null
  return confirmedAt !== null && run.observedAt < confirmedAt
}

/** The first complete report, after that of the run, of what tells of one finding; null where one of them has none. */
export function goneBy(run: RunContext, told: readonly Told[]): Date | null {
  const next = told.map(each => completeTimes(run, each)?.nextCompleteAt ?? null)
  const known = next.filter(at => at !== null)
  return known.length === next.length && known.length > 0 ? new Date(Math.max(...known.map(at => at.getTime()))) : null
}

/** The sources that the document speaks of, as the history names an import. */
export function labelOf(run: RunContext): string {
  return [...new Set([...run.feeds.values()].map(feed => feed.source))].sort().join(', ')
}

/** Counts of findings that a step of an import moved; they only ever add up. */
export interface Moved {
  created: number
  updated: number
  reopened: number
  resolved: number
  /** Those of `resolved` that the document itself reported (archived or suppressed there). */
  resolvedSeen: number
  passed: number
}

export function nothingMoved(): Moved {
  return { created: 0, updated: 0, reopened: 0, resolved: 0, resolvedSeen: 0, passed: 0 }
}

/** The scope that a feed's key names; only a product's name may hold a slash. */
export function scopeOf(key: string): Scope {
  const [accountId = '', name, ...product] = key.split('/')
  const source = sourceIds.find(id => id === name)
  if (!source) throw new Error(`no feed: ${key}`)
  return { accountId, source, product: product.join('/') }
}

export function addMoved(a: Moved, b: Moved): Moved {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    reopened: a.reopened + b.reopened,
    resolved: a.resolved + b.resolved,
    resolvedSeen: a.resolvedSeen + b.resolvedSeen,
    passed: a.passed + b.passed,
  }
}

/** An account as it is stored. */
export function toKnown(row: { ownerTeam: string; environment: string | null; tags: Tags }): KnownAccount {
  const { ownerTeam, environment, tags } = row
  return { ownerTeam: Team.parse(ownerTeam), environment: Environment.safeParse(environment).data ?? null, tags }
}
