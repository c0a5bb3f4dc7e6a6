import type { PoolClient } from 'pg'
import { supersedes } from '../../domain/findings/lifecycle'
import { findingKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import { closedByHand } from '../../store/sightings/closed-by-hand'
import type { SightingWrite } from '../../store/sightings/rows'
import { addFindings, type NewFinding } from '../../store/sightings/settled-findings'
import {
  addSightings,
  confirmSightings,
  type IncomingOutcome,
  knownSightings,
  raiseSightings,
  replaceSightings,
} from '../../store/sightings/sightings'
import { backdateFindings } from '../backdate/backdate'
import { changeClasses } from '../settle/change-class'
import { applyPasses, continueFindings, passedAlready } from '../settle/continue-findings'
import { endSummaries } from '../settle/end-summaries'
import { withoutEffect } from '../settle/evidence'
import { joinImages } from '../settle/join-images'
import { draftFindings } from '../settle/new-findings'
import { settleFindings } from '../settle/settle-findings'
import type { FindingCounts, RunContext } from './context'
import { BatchPlan, findingKeyOf } from './plan-batch'

/** What a batch is written beside. */
interface BatchSetting {
  /** What people unmerged, see findingSplits. */
  splits: ReadonlyMap<RowKey<'finding_split'>, string>
  /** All sightings of the batch, unchanged ones included. */
  reported: () => ReadonlySet<RowKey<'sighting'>>
}

/**
 * Writes the outcomes of one batch inside the caller's transaction, which holds the lock of their accounts: only what is new or
 * changed is written. Returns what moved.
 */
export async function writeBatch(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  setting: BatchSetting,
): Promise<FindingCounts> {
  const reports = withoutTwins(items)
  const { plan, outcomes } = await planBatch(run, client, reports, setting)
  plan.repeated += items.length - reports.length
  await touchClosedByHand(run, client, plan)
  const writes = [...plan.added, ...plan.replaced]
  await touchDisproved(run, client, plan, writes)
  const early = await writeSightings(run, client, plan)
  const stored = [...plan.touched].filter(([key]) => plan.perhapsStored.has(key)).map(([, key]) => key)
  const { moved, missing } = await settleFindings(run, client, stored, plan.told)
  const wanted = new Set(missing.map(key => findingKey(key.accountId, key.id)))
  for (const key of plan.touched.keys()) if (!plan.perhapsStored.has(key)) wanted.add(key)
  const drafts =
    early ??
    draftFindings(
      run,
      writes.filter(({ item }) => wanted.has(findingKeyOf(item))),
    )
  const created = drafts.filter(draft => wanted.has(findingKey(draft.accountId, draft.id)))
  await addFindings(run.access, client, created)
  moved.created = created.length + (await backdateFindings(run, client, plan.late))
  return { ...moved, ...countOutcomes(outcomes), older: plan.older, repeated: plan.repeated, withheld: plan.withheld }
}

/** Finds out what has to be written; only identities that changed are already. */
async function planBatch(
  run: RunContext,
  client: PoolClient,
  reports: readonly IncomingOutcome[],
  { splits, reported }: BatchSetting,
): Promise<{ plan: BatchPlan; outcomes: IncomingOutcome[] }> {
  // Which image an instance comes from decides what its findings become part of.
  if (run.mayClose) await joinImages(run, client, reports, splits)
  const perhapsKnown = reports.filter(item => !isNew(run, item))
  let known = await knownSightings(run.access, client, perhapsKnown)
  const idle = await withoutEffect(run, client, reports, known)
  if (await changeClasses(run, client, { items: reports, reported, known, idle }))
    known = await knownSightings(run.access, client, perhapsKnown)
  const effective = reports.filter(item => !idle.has(item))
  const ended = await endSummaries(run, client, effective, known)
  const batch = run.mayClose ? ended : ended.filter(({ outcome }) => outcome.result === 'failed')
  const rest = run.mayClose ? [] : [...idle, ...ended.filter(({ outcome }) => outcome.result !== 'failed')]
  await continueFindings(run, client, batch, known)
  const over = await passedAlready(run, client, batch, known)
  const plan = new BatchPlan(run, { known, over })
  for (const item of batch) plan.take(item)
  for (const item of rest) plan.takeWithoutEffect(item)
  return { plan, outcomes: [...batch, ...rest] }
}

/** A finding that a person closed opens again where its source still reports the problem. */
async function touchClosedByHand(run: RunContext, client: PoolClient, plan: BatchPlan): Promise<void> {
  if (plan.reported.length === 0) return
  const keys = plan.reported.map(item => ({ accountId: item.outcome.accountId, id: item.findingId }))
  const byHand = await closedByHand(run.access, client, keys)
  for (const item of plan.reported) if (byHand.has(findingKeyOf(item))) plan.touch(item)
}

/** Findings of which a pass of the batch proves another record wrong. */
async function touchDisproved(
  run: RunContext,
  client: PoolClient,
  plan: BatchPlan,
  writes: readonly SightingWrite[],
): Promise<void> {
  if (!run.mayClose) return
  const passes = writes.filter(({ present }) => present).map(({ item }) => item)
  for (const key of await applyPasses(run, client, passes)) plan.touchStored(key)
}

/** Writes the sightings of a plan. Where none replaces another, it returns the findings that may begin, drafted meanwhile. */
async function writeSightings(run: RunContext, client: PoolClient, plan: BatchPlan): Promise<NewFinding[] | null> {
  const source = { importId: run.payloadId, observedAt: run.observedAt, mayClose: run.mayClose }
  const adding = addSightings(run.access, client, source, plan.added)
  // Thrown where it is awaited below; this only keeps Node from ending the process before.
  adding.catch(() => undefined)
  // While the database takes them: nearly all of a first report is new.
  const early = plan.replaced.length === 0 ? draftFindings(run, plan.added) : null
  await adding
  await replaceSightings(run.access, client, source, plan.replaced)
  await confirmSightings(run.access, client, run, plan.confirmed)
  await raiseSightings(run.access, client, plan.raised)
  return early
}

function countOutcomes(
  outcomes: readonly IncomingOutcome[],
): Pick<FindingCounts, 'passed' | 'notAvailable' | 'clockAhead'> {
  const first = outcomes.filter(item => !item.again)
  return {
    passed: first.filter(item => isPassedCheck(item.outcome)).length,
    notAvailable: first.filter(item => item.outcome.result === 'not_available').length,
    clockAhead: first.filter(item => item.clockAhead).length,
  }
}

/** An ended summary only makes room for its resources. */
function isPassedCheck({ result, summary }: IncomingOutcome['outcome']): boolean {
  return result === 'passed' && summary !== 'ended'
}

/** Whether nothing can be stored of the sighting: nothing was of its account, and the document has not spoken of it before. */
function isNew(run: RunContext, { outcome, again }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === true && !again
}

/**
 * Of records with one identity the one that counts; it was said again only where the first of them was. In the order of the
 * indexes, so that the database finds the places of neighbours close together.
 */
function withoutTwins(items: readonly IncomingOutcome[]): IncomingOutcome[] {
  const best = new Map<RowKey<'sighting'>, IncomingOutcome>()
  for (const item of items) {
    const key = sightingKey(item.outcome.accountId, item.sightingId)
    const other = best.get(key)
    if (!other) best.set(key, item)
    else if (supersedes(item.outcome, other.outcome)) best.set(key, { ...item, again: other.again })
  }
  const inOrder = [...best].sort(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.map(([, item]) => item)
}
