import type { PoolClient } from 'pg'
import { supersedes } from '../../domain/findings/judge'
import { findingKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import { closedByHand } from '../../store/sightings/closed-by-hand'
import { addFindings, type NewFinding } from '../../store/sightings/new-findings'
import type { SightingWrite } from '../../store/sightings/rows'
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
import { applyPasses, continueFindings, findNewerPasses } from '../settle/continue-findings'
import { endSummaries } from '../settle/end-summaries'
import { withoutEffect } from '../settle/evidence'
import { joinImages } from '../settle/join-images'
import { draftFindings } from '../settle/new-findings'
import { settleFindings } from '../settle/settle-findings'
import type { FindingCounts, RunContext } from './context'
import { BatchPlan, findingKeyOf } from './plan-batch'

/** The context of a batch. */
interface BatchSetting {
  /** What people unmerged, see findingSplits. */
  splits: ReadonlyMap<RowKey<'finding_split'>, string>
  /** All sightings of the batch, unchanged ones included. */
  reported: () => ReadonlySet<RowKey<'sighting'>>
}

/**
 * Writes the new and changed outcomes of one batch in the caller's transaction, which has locked their accounts. Returns the counts.
 */
export async function writeBatch(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  setting: BatchSetting,
): Promise<FindingCounts> {
  const reports = withoutDuplicates(items)
  const { plan, outcomes } = await planBatch(run, client, reports, setting)
  plan.repeated += items.length - reports.length
  await touchClosedByHand(run, client, plan)
  const writes = [...plan.added, ...plan.replaced]
  await touchDisproved(run, client, plan, writes)
  const early = await writeSightings(run, client, plan)
  const stored = [...plan.touched].filter(([key]) => plan.perhapsStored.has(key)).map(([, key]) => key)
  const { moved, missing } = await settleFindings(run, client, stored, plan.reportedFindings)
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
  moved.created = created.length + (await backdateFindings(run, client, plan.backdated))
  return { ...moved, ...countOutcomes(outcomes), older: plan.older, repeated: plan.repeated, withheld: plan.withheld }
}

/** Plans what has to be written. Only changed identities are written here already. */
async function planBatch(
  run: RunContext,
  client: PoolClient,
  reports: readonly IncomingOutcome[],
  { splits, reported }: BatchSetting,
): Promise<{ plan: BatchPlan; outcomes: IncomingOutcome[] }> {
  // The machine image of an instance determines the findings of its vulnerabilities.
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
  const passedSince = await findNewerPasses(run, client, batch, known)
  const plan = new BatchPlan(run, { known, passedSince })
  for (const item of batch) plan.add(item)
  for (const item of rest) plan.addWithoutEffect(item)
  return { plan, outcomes: [...batch, ...rest] }
}

/** A finding that a person closed is reopened where its source still reports the problem. */
async function touchClosedByHand(run: RunContext, client: PoolClient, plan: BatchPlan): Promise<void> {
  if (plan.reported.length === 0) return
  const keys = plan.reported.map(item => ({ accountId: item.outcome.accountId, id: item.findingId }))
  const byHand = await closedByHand(run.access, client, keys)
  for (const item of plan.reported) {
    const closed = byHand.get(findingKeyOf(item))
    if (!closed) continue
    plan.touch(item)
    // The record's time may reopen it; a complete report does not store it otherwise.
    if (closed.byVerdict && run.complete && run.mayClose) plan.confirmed.push(item)
  }
}

/** Marks findings with a record that a pass of the batch disproves. */
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

/** Writes the sightings of a plan. If none replaces another, returns the drafts of new findings, made meanwhile. */
async function writeSightings(run: RunContext, client: PoolClient, plan: BatchPlan): Promise<NewFinding[] | null> {
  const source = { importId: run.payloadId, observedAt: run.observedAt, mayClose: run.mayClose }
  const adding = addSightings(run.access, client, source, plan.added)
  // The error is thrown at the await below; without a handler Node.js would end the process first.
  adding.catch(() => undefined)
  // Drafted while the database receives the rows: nearly everything in a first report is new.
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

/** A summary that ended because its resources are reported does not count as a passed check. */
function isPassedCheck({ result, summary }: IncomingOutcome['outcome']): boolean {
  return result === 'passed' && summary !== 'ended'
}

/** Whether the sighting cannot be stored yet: its account was empty, and no earlier record of the document is of it. */
function isNew(run: RunContext, { outcome, again }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === true && !again
}

/**
 * The effective one of records with the same identity; a repetition only if the first of them is one. In index order, so that the
 * database writes neighbouring entries together.
 */
function withoutDuplicates(items: readonly IncomingOutcome[]): IncomingOutcome[] {
  const effective = new Map<RowKey<'sighting'>, IncomingOutcome>()
  for (const item of items) {
    const key = sightingKey(item.outcome.accountId, item.sightingId)
    const other = effective.get(key)
    if (!other) effective.set(key, item)
    else if (supersedes(item.outcome, other.outcome)) effective.set(key, { ...item, again: other.again })
  }
  const inOrder = [...effective].sort(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.map(([, item]) => item)
}
