import type { TeamId } from '../people/team'
import type { Deadlines } from '../policies/deadline'
import type { DueBy, TeamBy } from './event'
import type { Status } from './status'

/** The decisions of people about a finding that is merged into another, with the time of the first one. */
export interface MergeCandidate extends Deadlines {
  id: string
  decidedAt: Date | null
  firstSeenAt: Date
  openedAt: Date
  /** Since when it exists by its sources, if that is before it was opened. */
  beganAt: Date | null
  status: Status
  resolvedAt: Date | null
  team: TeamId
  teamBy: TeamBy
  ownerId: string | null
  /** Whether a person assigned or unassigned it. */
  ownerBy: 'hand' | null
  dueBy: DueBy
  reopenedCount: number
  exceptionId: number | null
  beforeException: Status | null
}

export type MergedFinding = Omit<MergeCandidate, 'id' | 'decidedAt'>

/**
 * Merges the decisions of people about findings that are the same problem. The oldest decision has priority, field by
 * field; fields without one come from the next. An untouched finding never undoes work or an exception of another, and
 * a closed one never closes an open one. Of dates that the policy set the earliest counts. Throws if there is nothing
 * to merge.
 */
export function mergeFindings(candidates: readonly MergeCandidate[]): MergedFinding {
  const order = candidates.toSorted(
    (a, b) =>
      time(a.decidedAt) - time(b.decidedAt) || time(a.firstSeenAt) - time(b.firstSeenAt) || (a.id < b.id ? -1 : 1),
  )
  const [first] = order
  if (!first) throw new Error('there is nothing to merge')
  const live = order.filter(each => each.status !== 'resolved')
  const worked = live.filter(each => each.status !== 'suppressed')
  const state = worked.find(each => each.status !== 'new') ?? worked[0] ?? live[0] ?? first
  const routed = order.find(each => each.teamBy === 'hand') ?? first
  const dated = order.find(each => each.dueBy === 'hand')
  const present = live.length > 0 ? live : order
  const openedAt = earliest(present.map(each => each.openedAt))
  const began = earliest(present.map(each => each.beganAt ?? each.openedAt))
  const earliestOf = (dates: readonly (Date | null)[]) => {
    const set = dates.filter(date => date !== null)
    return set.length > 0 ? earliest(set) : null
  }
  return {
    status: state.status,
    resolvedAt: state.resolvedAt,
    exceptionId: state.exceptionId,
    beforeException: state.beforeException,
    team: routed.team,
    teamBy: routed.teamBy,
    ownerId: order.find(each => each.ownerId !== null)?.ownerId ?? null,
    ownerBy: order.some(each => each.ownerBy === 'hand') ? 'hand' : null,
    dueAt: dated ? dated.dueAt : earliestOf(present.map(each => each.dueAt)),
    dueBy: dated ? 'hand' : 'policy',
    respondBy: earliestOf(present.map(each => each.respondBy)),
    respondedAt: earliestOf(order.map(each => each.respondedAt)),
    firstSeenAt: earliest(order.map(each => each.firstSeenAt)),
    openedAt,
    beganAt: began < openedAt ? began : null,
    reopenedCount: Math.max(...order.map(each => each.reopenedCount)),
  }
}

function time(date: Date | null): number {
  return date?.getTime() ?? Number.MAX_SAFE_INTEGER
}

function earliest(dates: readonly Date[]): Date {
  return new Date(Math.min(...dates.map(date => date.getTime())))
}
