import type { PoolClient } from 'pg'
import { now } from '../../clock'
import { type Backdated, backdated } from '../../domain/findings/backdate'
import { isOpen } from '../../domain/findings/status'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import { isOverdue } from '../../domain/policies/deadline'
import { type Dated, dueAt, respondBy } from '../../domain/policies/due'
import { countedSeverity } from '../../domain/policies/exploited'
import { confirmGone, explainPassed, type Redated, redateFindings } from '../../store/sightings/backdate'
import { addFindings } from '../../store/sightings/new-findings'
import {
  addImportEvents,
  addOverdueEvents,
  type ImportEvent,
  importActor,
  lockFindings,
  type StoredFinding,
} from '../../store/sightings/settled-findings'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import { labelOf, type RunContext, resolvedBy } from '../run/context'
import { draftFindings } from '../settle/new-findings'

/** A failed record of a backdated report, and since when its source is known to report it as passed; null where it does not. */
export interface BackdatedFailure {
  item: IncomingOutcome
  passedAt: Date | null
}

/**
 * Applies the failures of a report older than the last complete one: findings get earlier dates, and newer results stay in effect. So
 * first-seen dates, due dates and open days do not depend on the order in which reports arrive. Returns how many findings that are
 * resolved by now were created.
 */
export async function backdateFindings(
  run: RunContext,
  client: PoolClient,
  failures: readonly BackdatedFailure[],
): Promise<number> {
  if (failures.length === 0) return 0
  await confirmGone(
    run.access,
    client,
    run.observedAt,
    failures.map(({ item }) => item),
  )
  const reported = byFinding(failures)
  const keys = [...reported.values()].flatMap(([first]) =>
    first ? [{ accountId: first.item.outcome.accountId, id: first.item.findingId }] : [],
  )
  const redated: Redated[] = []
  const events: ImportEvent[] = []
  const findings = await lockFindings(run.access, client, keys)
  for (const [key, finding] of findings) {
    const items = (reported.get(key) ?? []).map(({ item }) => item)
    const earlier = backdated(finding, run.observedAt, resolvedBy(run, items))
    if (!earlier) continue
    const dates = datesOf(run, finding, earlier)
    redated.push({
      ...earlier,
      accountId: finding.accountId,
      id: finding.id,
      ...dates,
      beganAt: beganOf(finding, earlier),
      overdue: isOverdue(finding.status, { ...finding, ...dates }, now()),
      before: finding.firstSeenAt,
    })
    events.push(...eventsOf(finding, earlier, dates.dueAt))
  }
  await redateFindings(run.access, client, now(), redated)
  const by = { importId: run.importId, at: now(), label: labelOf(run) }
  await addImportEvents(run.access, client, by, events)
  await addOverdueEvents(run.access, client, { ...by, actor: importActor(by) }, redated)
  const unknown = [...reported].flatMap(([key, group]) => (findings.has(key) ? [] : group))
  return addPassed(run, client, unknown)
}

/** Adds resolved findings for problems that have passed since and were not reported while they existed. */
async function addPassed(run: RunContext, client: PoolClient, failures: readonly BackdatedFailure[]): Promise<number> {
  const passed = failures.filter(({ passedAt }) => passedAt !== null)
  if (passed.length === 0) return 0
  const since = byFinding(passed)
  const drafts = draftFindings(
    run,
    passed.map(({ item }) => ({ item, present: false })),
  )
  const findings = drafts.map(draft => ({
    ...draft,
    state: { ...draft.state, resolvedReason: 'passed' as const },
    resolvedAt: passedBy(run, since.get(findingKey(draft.accountId, draft.id)) ?? []),
  }))
  await addFindings(run.access, client, findings)
  await explainPassed(
    run.access,
    client,
    passed.map(({ item }) => item),
  )
  return findings.length
}

function byFinding(failures: readonly BackdatedFailure[]): Map<RowKey<'finding'>, BackdatedFailure[]> {
  const groups = new Map<RowKey<'finding'>, BackdatedFailure[]>()
  for (const failure of failures) {
    const key = findingKey(failure.item.outcome.accountId, failure.item.findingId)
    groups.set(key, [...(groups.get(key) ?? []), failure])
  }
  return groups
}

/** When the last of the failures had passed: its source reported a pass, or a complete report no longer contained it. */
function passedBy(run: RunContext, failures: readonly BackdatedFailure[]): Date {
  const ends = failures.map(({ item, passedAt }) => {
    const known = [passedAt, resolvedBy(run, [item])].filter(at => at !== null && at > run.observedAt)
    return Math.min(...known.map(at => at?.getTime() ?? Number.POSITIVE_INFINITY))
  })
  const last = Math.max(...ends)
  return Number.isFinite(last) ? new Date(last) : run.observedAt
}

/** Its sources knew it before, unless the late report is older, or proves that it was gone in between. */
function beganOf({ beganAt }: StoredFinding, { openedAt, past }: Backdated): Date | null {
  return past === null && beganAt !== null && beganAt < openedAt ? beganAt : null
}

function datesOf(run: RunContext, finding: StoredFinding, earlier: Backdated): Pick<Redated, 'dueAt' | 'respondBy'> {
  const { openedAt } = earlier
  // The policy does not change the dates of closed findings.
  if (!isOpen(finding.status) || openedAt.getTime() === finding.openedAt.getTime())
    return { dueAt: finding.dueAt, respondBy: finding.respondBy }
  const environment = run.accounts.get(finding.accountId)?.environment ?? null
  const began = beganOf(finding, earlier)
  const dated: Dated = {
    class: finding.class,
    severity: countedSeverity(finding),
    openedAt,
    beganAt: began,
    environment,
  }
  return {
    dueAt: finding.dueBy === 'policy' ? dueAt(dated, run.timeZone, run.duePolicy) : finding.dueAt,
    respondBy: respondBy(dated, run.duePolicy),
  }
}

function eventsOf(finding: StoredFinding, earlier: Backdated, due: Date | null): ImportEvent[] {
  const changes = [
    { kind: 'first_seen' as const, before: finding.firstSeenAt, after: earlier.firstSeenAt },
    { kind: 'closed_at' as const, before: finding.resolvedAt, after: earlier.resolvedAt },
    { kind: 'due' as const, before: finding.dueAt, after: due },
  ]
  return changes
    .filter(({ before, after }) => before?.getTime() !== after?.getTime())
    .map(({ kind, before, after }) => ({
      accountId: finding.accountId,
      id: finding.id,
      kind,
      before: before?.toISOString() ?? null,
      after: after?.toISOString() ?? null,
    }))
}
