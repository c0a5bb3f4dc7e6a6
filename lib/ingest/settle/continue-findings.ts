import type { PoolClient } from 'pg'
import { findingKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import { continuable, disprovedBy, firstSightings, passedSince } from '../../store/sightings/continuations'
import type { FindingKey } from '../../store/sightings/settled-findings'
import { type IncomingOutcome, type KnownSighting, markGone } from '../../store/sightings/sightings'
import { type IdSet, keyOf } from '../contents/id-set'
import { isLate, type RunContext } from '../run/context'

/** Thrown where a batch depends on what the rest of the document holds: its transaction is rolled back and tried again with it. */
export class NeedsDocument extends Error {
  override readonly name = 'NeedsDocument'
}

type Known = ReadonlyMap<RowKey<'sighting'>, KnownSighting>

/**
 * Where a tool names its records anew at each run, a record goes on with the finding that it was before: same feed, generator,
 * resource and title, open, and the document no longer holds the old record. Sets `findingId` of such items.
 */
export async function continueFindings(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  known: Known,
): Promise<void> {
  const named = items.filter(({ outcome }) => outcome.class === 'posture' && outcome.byRecord)
  if (named.length === 0) return
  await stayWhereTheyAre(run, client, named, known)
  const fresh = named.filter(
    item => !known.has(keyIn(item)) && isStored(run, item) && item.outcome.result !== 'archived' && !late(run, item),
  )
  const taken = new Set<RowKey<'finding'>>()
  const done = new Set<IncomingOutcome>()
  for (const { item, findingId, sightings } of await continuable(run.access, client, fresh)) {
    if (done.has(item)) continue
    const { accountId } = item.outcome
    const key = findingKey(accountId, findingId)
    const document = documentOf(run)
    if (taken.has(key) || sightings.some(id => document.has(...keyOf(accountId, id)))) continue
    item.findingId = findingId
    taken.add(key)
    done.add(item)
  }
}

/** What is stored stays in its finding; of several that an earlier version took for one, the first. */
async function stayWhereTheyAre(
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
 * Failed records that are not stored yet and that a newer report is known to call passed under another record id, with since when. Sets
 * `findingId` of those that the tool names anew at each run.
 */
export async function passedAlready(
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
 * Marks what a newer pass of the same check on the same resource proves wrong, where a tool or a version of it named the record
 * otherwise and the document does not hold that record. Returns the findings that it was of.
 */
export async function applyPasses(
  run: RunContext,
  client: PoolClient,
  written: readonly IncomingOutcome[],
): Promise<FindingKey[]> {
  const passes = written.filter(
    item =>
      item.outcome.class === 'posture' && item.outcome.result === 'passed' && isStored(run, item) && !late(run, item),
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
  if (!run.document) throw new NeedsDocument('what a record follows from depends on the rest of its document')
  return run.document
}

function isStored(run: RunContext, { outcome }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === false
}

function late(run: RunContext, { outcome, place }: IncomingOutcome): boolean {
  return isLate(run, outcome, place)
}

function keyIn({ outcome, sightingId }: IncomingOutcome): RowKey<'sighting'> {
  return sightingKey(outcome.accountId, sightingId)
}
