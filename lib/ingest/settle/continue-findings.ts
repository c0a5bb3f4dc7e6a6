import type { PoolClient } from 'pg'
import { findingKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import { continuable, disprovedBy, firstSightings, passedSince } from '../../store/sightings/continuations'
import type { FindingKey } from '../../store/sightings/settled-findings'
import { type IncomingOutcome, type KnownSighting, markGone } from '../../store/sightings/sightings'
import { type IdSet, keyOf } from '../contents/id-set'
import { isBackdated, type RunContext } from '../run/context'

/** Thrown where a batch depends on the rest of the document: the transaction is rolled back and retried with `run.document`. */
export class NeedsDocument extends Error {
  override readonly name = 'NeedsDocument'
}

type Known = ReadonlyMap<RowKey<'sighting'>, KnownSighting>

/**
 * Where a tool gives its records new ids at each run, a record continues an open finding of the same feed, generator, resource and
 * title whose old record the document no longer contains. Sets `findingId` of such items.
 */
export async function continueFindings(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  known: Known,
): Promise<void> {
  const named = items.filter(({ outcome }) => outcome.class === 'posture' && outcome.byRecord)
  if (named.length === 0) return
  await keepStoredFindings(run, client, named, known)
  const fresh = named.filter(
    item => !known.has(keyIn(item)) && isStored(run, item) && item.outcome.result !== 'archived' && !isOlder(run, item),
  )
  const continued = new Set<RowKey<'finding'>>()
  const done = new Set<IncomingOutcome>()
  for (const { item, findingId, sightings } of await continuable(run.access, client, fresh)) {
    if (done.has(item)) continue
    const { accountId } = item.outcome
    const key = findingKey(accountId, findingId)
    const document = documentOf(run)
    if (continued.has(key) || sightings.some(id => document.has(...keyOf(accountId, id)))) continue
    item.findingId = findingId
    continued.add(key)
    done.add(item)
  }
}

/** Stored records stay in their finding; of several that an earlier version merged, only the first. */
async function keepStoredFindings(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  known: Known,
): Promise<void> {
  const mixed: FindingKey[] = []
  for (const item of items) {
    const stored = known.get(keyIn(item))
    if (!stored) continue
    if (stored.byRecord) item.findingId = stored.findingId
    else mixed.push({ accountId: item.outcome.accountId, id: stored.findingId })
  }
  const first = await firstSightings(run.access, client, mixed)
  for (const item of items) {
    const stored = known.get(keyIn(item))
    if (
      stored &&
      !stored.byRecord &&
      first.get(findingKey(item.outcome.accountId, stored.findingId)) === item.sightingId
    )
      item.findingId = stored.findingId
  }
}

/**
 * Failed records that are not stored yet and that a newer report shows as passed under another record id, with the time of the pass.
 * Sets `findingId` of those whose tool gives them new ids at each run.
 */
export async function findNewerPasses(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  known: Known,
): Promise<Map<IncomingOutcome, Date>> {
  const failures = items.filter(
    item =>
      item.outcome.result === 'failed' &&
      item.outcome.class === 'posture' &&
      isStored(run, item) &&
      !known.has(keyIn(item)),
  )
  const passed = new Map<IncomingOutcome, Date>()
  for (const [item, { findingId, passedAt }] of await passedSince(run.access, client, run.observedAt, failures)) {
    if (item.outcome.byRecord) item.findingId = findingId
    passed.set(item, passedAt)
  }
  return passed
}

/**
 * Marks sightings as gone that a newer pass of the same check on the same resource disproves under another record id, unless the
 * document contains them. Returns their findings.
 */
export async function applyPasses(
  run: RunContext,
  client: PoolClient,
  written: readonly IncomingOutcome[],
): Promise<FindingKey[]> {
  const passes = written.filter(
    item =>
      item.outcome.class === 'posture' &&
      item.outcome.result === 'passed' &&
      isStored(run, item) &&
      !isOlder(run, item),
  )
  const disproved = (await disprovedBy(run.access, client, run.observedAt, passes)).filter(
    ({ accountId, id }) => !documentOf(run).has(...keyOf(accountId, id)),
  )
  for (const accountId of new Set(disproved.map(one => one.accountId))) {
    const ids = disproved.filter(one => one.accountId === accountId).map(one => one.id)
    await markGone(run.access, client, accountId, ids, run.observedAt)
  }
  return disproved.map(({ accountId, findingId }) => ({ accountId, id: findingId }))
}

function documentOf(run: RunContext): IdSet {
  if (!run.document) throw new NeedsDocument('the batch depends on the rest of its document')
  return run.document
}

function isStored(run: RunContext, { outcome }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === false
}

function isOlder(run: RunContext, { outcome, place }: IncomingOutcome): boolean {
  return isBackdated(run, outcome, place)
}

function keyIn({ outcome, sightingId }: IncomingOutcome): RowKey<'sighting'> {
  return sightingKey(outcome.accountId, sightingId)
}
