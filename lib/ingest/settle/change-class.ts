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
 * Moves findings whose record has a new identity: a detection that became a failed check, or a record that an earlier version
 * identified differently. Where one finding becomes several, the first keeps the decisions of people. Records that are stored under
 * their own identity, or are in `idle`, move nothing. Returns whether anything moved. The caller has locked the accounts.
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
  // The others are split off before the finding moves with the first.
  for (const sighting of found.toSorted((a, b) => Number(isFirst(a)) - Number(isFirst(b)))) {
    const { accountId, id, observedAt } = sighting
    const item = before.get(sightingKey(accountId, id))?.item
    if (!item) continue
    await renameSightings(run.access, client, accountId, [{ id, to: item.sightingId, observedAt }])
    if (item.findingId === sighting.findingId) continue
    const { class: kind, control, region, packageName, resource } = item.outcome
    const named = { class: kind, control, region, packageName, resourceId: resource.id }
    const moved = { ...sighting, ...named, id: item.sightingId }
    const isSplit = !isFirst(sighting)
    const part = kind === 'posture' && !item.outcome.byRecord ? partOf(item.outcome) : undefined
    if (!isSplit) await splitRemainder(run, client, accountId, { ...sighting, id: item.sightingId })
    const move = { problem: item.problem, sightings: [moved], fresh: isSplit, part }
    await moveFinding(run.access, client, accountId, item.findingId, move)
  }
  return found.length > 0
}

/**
 * Moves the other sightings of the same feed to a finding of their own before a sighting leaves with the finding: they are another
 * problem, which an earlier version merged. The decisions of people go with the leaving one.
 */
async function splitRemainder(
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

/** Former ids that a record may be stored under. */
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
