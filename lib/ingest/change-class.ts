import type { PoolClient } from 'pg'
import { namedSightingId } from '../domain/identity'
import { groupedById, renameSightings } from '../store/grouped-sightings'
import type { IncomingOutcome } from '../store/sightings'
import type { RunContext } from './context'
import { moveTo } from './move-to'

/**
 * Takes findings along whose record is now of another class: a detection that became a failed check, or what an earlier version took
 * for a threat. The caller holds the accounts.
 */
export async function changeClasses(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
): Promise<void> {
  const before = new Map<string, IncomingOutcome>()
  for (const item of items) {
    const { outcome } = item
    if (run.blank.get(outcome.accountId) !== false || !mayChange(outcome)) continue
    const kind = outcome.class === 'threat' ? 'posture' : 'threat'
    const id = namedSightingId({ ...outcome, class: kind, resourceId: outcome.resource.id })
    before.set(`${outcome.accountId}/${id}`, item)
  }
  const ids = [...before.keys()].map(key => ({ accountId: key.slice(0, 12), id: key.slice(13) }))
  for (const { accountId, ...sighting } of await groupedById(run.access, client, ids)) {
    const item = before.get(`${accountId}/${sighting.id}`)
    if (!item || item.findingId === sighting.findingId) continue
    const to = { id: sighting.id, to: item.sightingId, observedAt: sighting.observedAt }
    await renameSightings(run.access, client, accountId, [to])
    const moved = { ...sighting, id: item.sightingId, class: item.outcome.class }
    await moveTo(run.access, client, accountId, item.findingId, { problem: item.problem, sightings: [moved] })
  }
}

/** Tools that name their checks do not turn them into detections. */
function mayChange({ class: kind, byRecord, source, product }: IncomingOutcome['outcome']): boolean {
  return kind === 'threat' || Boolean(byRecord) || (source === 'security-hub' && product === 'Macie')
}
