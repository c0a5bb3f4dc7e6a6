import type { PoolClient } from 'pg'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import { namedSightingId, partOf, remainderIdOf } from '../../domain/identity/identity'
import { findingKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import { firstSightings } from '../../store/sightings/continuations'
import { groupedById, type IdentifiedSighting, presentBeside, renameSightings } from '../../store/sightings/grouped'
import type { IncomingOutcome, KnownSighting } from '../../store/sightings/sightings'
import type { RunContext } from '../run/context'
import { moveFinding } from './move-finding'

interface ClassChange {
  items: readonly IncomingOutcome[]
  /** All sightings of the batch. */
  reported: () => ReadonlySet<RowKey<'sighting'>>
  known: ReadonlyMap<RowKey<'sighting'>, KnownSighting>
  idle: ReadonlySet<IncomingOutcome>
}

/**
 * Takes findings along whose record has another identity now: a detection that became a failed check, or what an earlier version named
 * otherwise. Of several that were one finding the first keeps what people decided. A record that is
 * stored under its own identity has taken along what it could. Those in `idle` take nothing along. Tells whether anything moved.
 * The caller holds the accounts.
 */
export async function changeClasses(
  run: RunContext,
  client: PoolClient,
  { items, reported, known, idle }: ClassChange,
): Promise<boolean> {
  const unknown = items.filter(
    item =>
      !idle.has(item) &&
      run.blank.get(item.outcome.accountId) === false &&
      !known.has(sightingKey(item.outcome.accountId, item.sightingId)),
  )
  if (unknown.length === 0) return false
  const inBatch = reported()
  const before = new Map<RowKey<'sighting'>, { accountId: string; id: string; item: IncomingOutcome }>()
  for (const item of unknown) {
    for (const id of formerIdsOf(item)) {
      const { accountId } = item.outcome
      const key = sightingKey(accountId, id)
      if (!inBatch.has(key)) before.set(key, { accountId, id, item })
    }
  }
  const found = await groupedById(run.access, client, [...before.values()])
  const first = await firstSightings(
    run.access,
    client,
    found.map(({ accountId, findingId }) => ({ accountId, id: findingId })),
  )
  const isFirst = ({ accountId, findingId, id }: (typeof found)[number]) => {
    const known = first.get(findingKey(accountId, findingId))
    return known === undefined || known === id
  }
  // The others leave before the first takes the finding along.
  for (const sighting of found.toSorted((a, b) => Number(isFirst(a)) - Number(isFirst(b)))) {
    const { accountId, id, observedAt } = sighting
    const item = before.get(sightingKey(accountId, id))?.item
    if (!item) continue
    await renameSightings(run.access, client, accountId, [{ id, to: item.sightingId, observedAt }])
    if (item.findingId === sighting.findingId) continue
    const { class: kind, control, region, packageName, resource } = item.outcome
    const named = { class: kind, control, region, packageName, resourceId: resource.id }
    const moved = { ...sighting, ...named, id: item.sightingId }
    const fresh = !isFirst(sighting)
    const part = kind === 'posture' && !item.outcome.byRecord ? partOf(item.outcome) : undefined
    if (!fresh) await leaveBehind(run, client, accountId, { ...sighting, id: item.sightingId })
    const move = { problem: item.problem, sightings: [moved], fresh, part }
    await moveFinding(run.access, client, accountId, item.findingId, move)
  }
  return found.length > 0
}

/**
 * Gives a finding of its own to what the same feed still has in the finding of a sighting that leaves: another problem, which an earlier
 * version took for the same. What people decided goes with the one that leaves.
 */
async function leaveBehind(
  run: RunContext,
  client: PoolClient,
  accountId: string,
  leaving: IdentifiedSighting,
): Promise<void> {
  const sightings = await presentBeside(run.access, client, accountId, leaving)
  const [first] = sightings
  if (!first) return
  const { control, region, resourceId } = first
  const problem = { accountId, control, region, resourceId }
  await moveFinding(run.access, client, accountId, remainderIdOf(leaving.findingId), {
    problem,
    sightings,
    fresh: true,
  })
}

/** Ids that the statement may be stored under. */
export function formerIdsOf({ outcome, sightingId }: IncomingOutcome): string[] {
  const { class: kind, former, packageName } = outcome
  if (outcome.summary) return []
  const named = { ...outcome, resourceId: outcome.resource.id }
  const ids = mayChange(outcome) ? [namedSightingId({ ...named, class: kind === 'threat' ? 'posture' : 'threat' })] : []
  if (kind === 'posture') ids.push(namedSightingId({ ...named, ...former, packageName: '' }))
  if (kind === 'vulnerability') ids.push(namedSightingId({ ...named, ...former, packageName }))
  return ids.filter(id => id !== sightingId)
}

/** Tools that name their checks do not turn them into detections. */
function mayChange({ class: kind, byRecord, source, product }: IncomingOutcome['outcome']): boolean {
  return kind === 'threat' || Boolean(byRecord) || (feedDefinition(source)?.reclassifies ?? []).includes(product)
}
