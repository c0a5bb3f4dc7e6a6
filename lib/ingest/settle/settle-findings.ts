import type { PoolClient } from 'pg'
import { now } from '../../clock'
import { canonicalRank } from '../../domain/controls/severities'
import type { EndReason } from '../../domain/exceptions/exception'
import {
  outlivesVerdict,
  type Settled,
  type SightingState,
  sameUrgency,
  settle,
  tagsOf,
} from '../../domain/findings/lifecycle'
import { toSeverity } from '../../domain/findings/severity'
import { isOpen, type Status } from '../../domain/findings/status'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import { type Deadlines, isOverdue } from '../../domain/policies/deadline'
import { type Dated, dueAt, respondBy } from '../../domain/policies/due'
import { type Counted, countedBy, countedSeverity, sameCounted } from '../../domain/policies/exploited'
import { endWithFinding } from '../../store/exceptions/approved'
import { namePackages } from '../../store/sightings/package-names'
import {
  addImportEvents,
  addOverdueEvents,
  type FindingKey,
  type FindingMove,
  type FindingUpdate,
  type ImportEvent,
  importActor,
  lockFindings,
  moveFindings,
  type StoredFinding,
  sightingsOf,
  updateFindings,
} from '../../store/sightings/settled-findings'
import { type FindingCounts, labelOf, noCounts, type RunContext } from '../run/context'
import { reapplyRouting } from './apply-routing'
import { lostException, withException } from './exception-match'

/** The findings that the document itself contains, and those of them that it reports as failed. */
export interface ReportedFindings {
  reported: ReadonlySet<RowKey<'finding'>>
  failing: ReadonlySet<RowKey<'finding'>>
}

export const noReportedFindings: ReportedFindings = { reported: new Set(), failing: new Set() }

/**
 * Updates existing findings to the current state of their sightings, writes the events, and counts. `missing` are the keys that do not
 * exist.
 */
export async function settleFindings(
  run: RunContext,
  client: PoolClient,
  keys: readonly FindingKey[],
  report: ReportedFindings,
): Promise<{ moved: FindingCounts; missing: FindingKey[] }> {
  const moved = noCounts()
  const stored = await lockFindings(run.access, client, keys)
  const missing = keys.filter(key => !stored.has(findingKey(key.accountId, key.id)))
  if (stored.size === 0) return { moved, missing }
  const sightings = await sightingsOf(run.access, client, [...stored.values()])
  const updates: FindingUpdate[] = []
  const moves: FindingMove[] = []
  const events: ImportEvent[] = []
  const ended: { id: number; reason: EndReason }[] = []
  for (const [key, finding] of stored) {
    const own = sightings.get(key) ?? []
    const settled = settle(finding, own, canonicalRank(run.severities, finding.class, finding.control))
    if ((settled.resolved || settled.suppressed) && !run.mayClose) continue
    if (settled.reopened && !contradicts(run, finding, { failing: report.failing.has(key), own })) continue
    const tags = tagsOf(own)
    const update = toUpdate(run, finding, settled, tags)
    const kept = update.exceptionId === finding.exceptionId && update.beforeException === finding.beforeException
    if (!changes(finding, settled) && sameCounted(finding, update) && kept) continue
    updates.push(update)
    events.push(...toEvents(finding, settled), ...countedEvents(finding, update), ...exceptionEvents(finding, update))
    const rerouted = needsRouting(finding, settled, update) ? reapplyRouting(run, finding, update) : null
    if (rerouted) {
      moves.push(rerouted.move)
      events.push(...rerouted.events)
    }
    if (finding.exceptionId !== null && finding.exceptionId !== update.exceptionId) {
      const lost = lostException(run, finding, { ...settled.state, tags })
      if (lost?.exception.finding) ended.push({ id: lost.exception.id, reason: lost.reason })
    }
    count(run, moved, finding, settled, report.reported.has(key))
  }
  const by = { importId: run.importId, at: now(), label: labelOf(run) }
  await updateFindings(run.access, client, by, updates)
  await moveFindings(run.access, client, now(), moves)
  await namePackages(run.access, client, [...stored.values()])
  await addImportEvents(run.access, client, by, events)
  await addOverdueEvents(run.access, client, { ...by, actor: importActor(by) }, updates)
  await endWithFinding(run.access, client, ended)
  return { moved, missing }
}

/**
 * A finding that a person closed is reopened only by a later report that itself contains the problem; one with a
 * verdict only if that report contains more of it.
 */
function contradicts(
  run: RunContext,
  { resolvedReason, resolvedAt, verdict }: StoredFinding,
  { failing, own }: { failing: boolean; own: readonly SightingState[] },
): boolean {
  if (verdict !== null) return failing && outlivesVerdict(verdict, own, now())
  return resolvedReason !== 'hand' || (failing && (!resolvedAt || resolvedAt < run.observedAt))
}

function changes(finding: StoredFinding, settled: Settled): boolean {
  return (
    settled.reopened ||
    settled.resolved ||
    settled.suppressed ||
    settled.unsuppressed ||
    settled.refreshed.length > 0 ||
    settled.state.firstObservedAt < finding.firstObservedAt ||
    !sameUrgency(settled.state.urgency, finding.urgency) ||
    settled.state.terms !== finding.terms ||
    settled.state.searchKeys.join() !== finding.searchKeys.join() ||
    settled.state.sources.join() !== finding.sources.join()
  )
}

/** Whether a finding was reopened, or is open and a field changed that routing rules use. */
function needsRouting(finding: StoredFinding, settled: Settled, { state }: FindingUpdate): boolean {
  if (!isOpen(state.status)) return false
  return (
    !isOpen(finding.status) || settled.refreshed.includes('severity') || state.sources.join() !== finding.sources.join()
  )
}

function toUpdate(run: RunContext, finding: StoredFinding, settled: Settled, tags: readonly Tags[]): FindingUpdate {
  const { status, severity } = settled.state
  // A sender who may not close findings may have reported a lower severity than the problem has.
  const mayCover = run.mayClose || finding.exceptionId !== null
  const open = { ...finding, status }
  const side = mayCover ? withException(run, finding, open, { severity, tags }) : open
  const begins = settled.reopened || (settled.suppressed && finding.status === 'resolved')
  const openedAt = begins ? beginning(run, finding) : finding.openedAt
  const beganAt = begins ? null : finding.beganAt
  // The policy does not change the dates of closed findings.
  const returned = finding.exceptionId !== null && side.exceptionId === null && isOpen(side.status)
  const counted = countedOf(run, finding, settled)
  const weighed = settled.refreshed.includes('severity') || !sameCounted(counted, finding)
  const moves = begins || settled.unsuppressed || returned || weighed
  const deadlines: Deadlines = { ...finding, respondedAt: begins ? null : finding.respondedAt }
  if (moves) Object.assign(deadlines, datesOf(run, finding, { severity, openedAt, beganAt, ...counted }))
  return {
    accountId: finding.accountId,
    id: finding.id,
    state: { ...settled.state, status: side.status },
    ...counted,
    openedAt,
    beganAt,
    resolvedAt: settled.resolved ? run.observedAt : begins ? null : finding.resolvedAt,
    dueAt: deadlines.dueAt,
    respondBy: deadlines.respondBy,
    respondedAt: deadlines.respondedAt,
    overdue: isOverdue(side.status, deadlines, now()),
    reopenedCount: finding.reopenedCount + (settled.reopened ? 1 : 0),
    exceptionId: side.exceptionId,
    beforeException: beforeOf(side.beforeException, settled.hidden),
  }
}

/** When a finding is open again: at the time of the report, or right after a verdict that was given while it was under way. */
function beginning({ observedAt }: RunContext, { resolvedAt }: StoredFinding): Date {
  return resolvedAt !== null && resolvedAt > observedAt ? new Date(resolvedAt.getTime() + 1) : observedAt
}

/** The status to return to follows the sources, which may suppress a covered finding, or no longer. */
function beforeOf(before: Status | null, hidden: boolean): Status | null {
  if (before === null || hidden) return before && 'suppressed'
  return before === 'suppressed' ? 'new' : before
}

/** The dates that the policy gives to a finding; a due date that a person set stays. */
function datesOf(
  run: RunContext,
  finding: StoredFinding,
  { openedAt, beganAt, ...ranks }: Pick<StoredFinding, 'severity' | 'openedAt' | 'beganAt'> & Counted,
): Pick<Deadlines, 'dueAt' | 'respondBy'> {
  const environment = run.accounts.get(finding.accountId)?.environment ?? null
  const dated: Dated = { class: finding.class, severity: countedSeverity(ranks), openedAt, beganAt, environment }
  return {
    dueAt: finding.dueBy === 'policy' ? dueAt(dated, run.timeZone, run.duePolicy) : finding.dueAt,
    respondBy: respondBy(dated, run.duePolicy),
  }
}

/** What a finding counts as by its present sightings; a resolved one keeps it. */
function countedOf(run: RunContext, finding: StoredFinding, { state }: Settled): Counted {
  const { class: kind, control, countsAs, countsBy, kev } = finding
  if (state.status === 'resolved') return { countsAs, countsBy, kev }
  const { severity, urgency } = state
  return countedBy(run.duePolicy.exploited, {
    class: kind,
    severity,
    ...urgency,
    listed: run.knownExploited.has(control),
  })
}

function countedEvents(finding: StoredFinding, update: FindingUpdate): ImportEvent[] {
  // Another reason for the same is no line.
  if (finding.countsAs === update.countsAs) return []
  const named = ({ countsAs }: Counted) => (countsAs === null ? null : toSeverity(countsAs))
  const [before, after] = [named(finding), named(update)]
  const key = { accountId: finding.accountId, id: finding.id, kind: 'counts_as' as const, before, after }
  return [update.countsBy === null ? key : { ...key, text: update.countsBy }]
}

/** The events of a finding that an exception now covers or no longer covers. */
function exceptionEvents(finding: StoredFinding, update: FindingUpdate): ImportEvent[] {
  const key = { accountId: finding.accountId, id: finding.id }
  const [before, after] = [finding.status, update.state.status]
  if (update.exceptionId !== null && update.exceptionId !== finding.exceptionId)
    return [{ ...key, kind: 'excepted', before, after, text: String(update.exceptionId) }]
  if (finding.exceptionId !== null && update.exceptionId === null && after !== 'resolved')
    return [{ ...key, kind: 'returned', before, after, text: String(finding.exceptionId) }]
  return []
}

function toEvents(finding: StoredFinding, settled: Settled): ImportEvent[] {
  const key = { accountId: finding.accountId, id: finding.id }
  const events: ImportEvent[] = []
  if (settled.reopened)
    events.push({ ...key, kind: 'reopened', before: finding.resolvedReason ?? 'absent', after: 'new' })
  if (settled.suppressed) events.push({ ...key, kind: 'suppressed', before: finding.status, after: 'suppressed' })
  if (settled.unsuppressed) events.push({ ...key, kind: 'unsuppressed', before: 'suppressed', after: 'new' })
  if (settled.resolved) {
    events.push({ ...key, kind: 'resolved', before: finding.status, after: settled.state.resolvedReason ?? 'absent' })
  }
  for (const field of settled.refreshed) {
    if (field === 'severity') {
      const [before, after] = [toSeverity(finding.severity), toSeverity(settled.state.severity)]
      events.push({ ...key, kind: 'severity', before, after })
    } else if (field === 'title') {
      events.push({ ...key, kind: 'title', before: finding.title, after: settled.state.title })
    } else {
      events.push({ ...key, kind: 'resource', before: finding.resourceType, after: settled.state.resourceType })
    }
  }
  return events
}

function count(
  run: RunContext,
  moved: FindingCounts,
  finding: StoredFinding,
  settled: Settled,
  reported: boolean,
): void {
  if (settled.resolved) moved.resolved++
  // One import counts a finding once, by its first change.
  if (finding.changedImportId === run.importId) return
  if (settled.reopened) moved.reopened++
  else if (settled.resolved) moved.resolvedSeen += reported ? 1 : 0
  // A change that comes from another source is not an update by this report.
  else if (reported && (settled.refreshed.length > 0 || settled.suppressed || settled.unsuppressed)) moved.updated++
}
