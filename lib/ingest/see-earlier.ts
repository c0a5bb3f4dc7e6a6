import type { PoolClient } from 'pg'
import { now } from '../clock'
import { dueAt } from '../domain/due'
import { type Earlier, seenEarlier } from '../domain/earlier'
import { toSeverity } from '../domain/severity'
import { isOpen } from '../domain/status'
import { confirmGone, type Redated, redateFindings } from '../store/earlier'
import { addImportEvents, type ImportEvent, lockFindings, type StoredFinding } from '../store/settled-findings'
import type { IncomingOutcome } from '../store/sightings'
import { feedKey, labelOf, type RunContext } from './context'

/**
 * Takes what a late report calls a problem for when it was one: what is known since remains as it is. So the order in which reports
 * arrive does not decide since when a finding is known, when it is due, and on which days it was open.
 */
export async function seeEarlier(run: RunContext, client: PoolClient, late: readonly IncomingOutcome[]): Promise<void> {
  if (late.length === 0) return
  await confirmGone(run.access, client, run.observedAt, late)
  const told = new Map<string, IncomingOutcome[]>()
  for (const item of late) {
    const key = `${item.outcome.accountId}/${item.findingId}`
    told.set(key, [...(told.get(key) ?? []), item])
  }
  const keys = [...told.values()].flatMap(([item]) =>
    item ? [{ accountId: item.outcome.accountId, id: item.findingId }] : [],
  )
  const redated: Redated[] = []
  const events: ImportEvent[] = []
  for (const [key, finding] of await lockFindings(run.access, client, keys)) {
    const earlier = seenEarlier(finding, run.observedAt, goneBy(run, told.get(key) ?? []))
    if (!earlier) continue
    const due = dueOf(run, finding, earlier)
    redated.push({
      ...earlier,
      accountId: finding.accountId,
      id: finding.id,
      dueAt: due,
      overdue: isOpen(finding.status) && due !== null && due < now(),
      before: finding.firstSeenAt,
    })
    events.push(...eventsOf(finding, earlier, due))
  }
  await redateFindings(run.access, client, now(), redated)
  await addImportEvents(run.access, client, { importId: run.importId, at: now(), label: labelOf(run) }, events)
}

/** The first complete report, after that of the run, of the feeds that tell of one finding; null where one of them has none. */
export function goneBy(run: RunContext, items: readonly IncomingOutcome[]): Date | null {
  const next = items.map(item => run.feeds.get(feedKey(item.outcome))?.nextCompleteAt ?? null)
  const known = next.filter(at => at !== null)
  return known.length === next.length && known.length > 0 ? new Date(Math.max(...known.map(at => at.getTime()))) : null
}

function dueOf(run: RunContext, finding: StoredFinding, { openedAt }: Earlier): Date | null {
  // The policy does not move the date of what rests.
  if (finding.dueBy !== 'policy' || !isOpen(finding.status) || openedAt.getTime() === finding.openedAt.getTime())
    return finding.dueAt
  const environment = run.accounts.get(finding.accountId)?.environment ?? null
  return dueAt(toSeverity(finding.severity), openedAt, environment, run.timeZone, run.duePolicy)
}

function eventsOf(finding: StoredFinding, earlier: Earlier, due: Date | null): ImportEvent[] {
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
