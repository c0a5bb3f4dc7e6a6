import type { PoolClient } from 'pg'
import { now } from '../../clock'
import { coveringOf } from '../../domain/exceptions/exception'
import { severityRank, toSeverity } from '../../domain/findings/severity'
import { contentHashOf, unprovenHash } from '../../domain/identity/identity'
import { type RowKey, sightingKey } from '../../domain/identity/keys'
import { type IncomingOutcome, type KnownSighting, knownSightings } from '../../store/sightings/sightings'
import { completeTimes, type RunContext } from '../run/context'
import { formerIdsOf } from './change-class'
import { coverableOf } from './exception-match'

type Known = ReadonlyMap<RowKey<'sighting'>, KnownSighting>

/**
 * The records of a batch without effect because the sender may not close findings: those that report no problem, and those that give a
 * reported problem another identity, which would close it under its former one. Empty for a sender who may.
 */
export async function withoutEffect(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  known: Known,
): Promise<ReadonlySet<IncomingOutcome>> {
  if (run.mayClose) return new Set()
  const idle = new Set(items.filter(({ outcome }) => outcome.result !== 'failed'))
  const fresh = items.filter(
    item => !idle.has(item) && !known.has(keyOf(item)) && run.blank.get(item.outcome.accountId) === false,
  )
  const named = fresh.flatMap(item => formerIdsOf(item).map(id => ({ item, former: { ...item, sightingId: id } })))
  const stored = await knownSightings(
    run.access,
    client,
    named.map(({ former }) => former),
  )
  for (const { item, former } of named) if (isReported(stored.get(keyOf(former)))) idle.add(item)
  return idle
}

/** Whether a failing record would move a reported problem out of its finding although its sender may not close findings. */
export function leavesFinding(run: RunContext, item: IncomingOutcome, stored: KnownSighting | undefined): boolean {
  return !run.mayClose && isReported(stored) && stored?.findingId !== item.findingId
}

/**
 * The effect of a failing record of a sender who may not close findings on a stored failing one of a sender who may: it raises the
 * severity or does nothing. `withheld`: whether it differs otherwise. Null where it may replace the stored one.
 */
export function effectOnProven(
  run: RunContext,
  item: IncomingOutcome,
  stored: KnownSighting,
): { raises: boolean; withheld: boolean } | null {
  if (run.mayClose || stored.unproven || !isReported(stored) || item.outcome.result !== 'failed') return null
  const { contentHash, outcome } = item
  if (severityRank(outcome.severity) <= stored.severity) {
    const same = [contentHash, unprovenHash(contentHash)].includes(stored.contentHash)
    return { raises: false, withheld: !same }
  }
  const otherwise = contentHashOf({ ...outcome, severity: toSeverity(stored.severity) })
  return { raises: true, withheld: ![otherwise, unprovenHash(otherwise)].includes(stored.contentHash) }
}

/** How a record without effect is stored; null where it is not, because a sender who may close findings reported the sighting. */
export function storedWithoutEffect(
  run: RunContext,
  item: IncomingOutcome,
  stored: KnownSighting | undefined,
): { kind: 'added' | 'replaced'; present: boolean } | null {
  if (item.outcome.result === 'failed') return null
  if (!stored) {
    const confirmedAt = completeTimes(run, item.outcome, item.place)?.lastCompleteAt ?? null
    return { kind: 'added', present: confirmedAt === null || run.observedAt >= confirmedAt }
  }
  const same = stored.contentHash === unprovenHash(item.contentHash) && stored.present
  const newer = run.observedAt >= stored.observedAt && (!stored.goneAt || run.observedAt >= stored.goneAt)
  if (!stored.unproven || stored.result === 'failed' || same || !newer) return null
  return { kind: 'replaced', present: true }
}

/** Whether a record counts as withheld. A check without a result, and a summary of reported resources, would close nothing. */
export function isWithheld({ outcome }: IncomingOutcome, stored: KnownSighting | undefined): boolean {
  if (outcome.result === 'not_available') return false
  return outcome.summary !== 'ended' || isReported(stored)
}

/** Whether an approved exception would cover the finding only because of the tags in this record. */
export function coveredByTags(run: RunContext, { outcome, problem, findingId: id }: IncomingOutcome): boolean {
  if (!outcome.tags) return false
  const { accountId } = outcome
  const { control, resourceId } = problem
  const covers = (tags: readonly NonNullable<typeof outcome.tags>[]) => {
    const severity = severityRank(outcome.severity)
    const finding = coverableOf(run, { accountId, id, control, resourceId }, { severity, tags })
    return coveringOf(run.exceptions, finding, now()) !== null
  }
  return covers([outcome.tags]) && !covers([])
}

function isReported(stored: KnownSighting | undefined): boolean {
  return stored?.present === true && stored.result === 'failed'
}

function keyOf({ outcome, sightingId }: IncomingOutcome): RowKey<'sighting'> {
  return sightingKey(outcome.accountId, sightingId)
}
