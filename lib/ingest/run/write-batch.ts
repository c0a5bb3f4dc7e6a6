import type { PoolClient } from 'pg'
import { comparable, judge, startsAs, supersedes } from '../../domain/findings/lifecycle'
import { unprovenHash } from '../../domain/identity/identity'
import { closedByHand } from '../../store/sightings/closed-by-hand'
import type { SightingWrite } from '../../store/sightings/rows'
import { addFindings, type FindingKey } from '../../store/sightings/settled-findings'
import {
  addSightings,
  blankAccounts,
  confirmSightings,
  type IncomingOutcome,
  type KnownSighting,
  knownSightings,
  raiseSightings,
  replaceSightings,
} from '../../store/sightings/sightings'
import { backdateFindings, type LateFailure } from '../backdate/backdate'
import { changeClasses } from '../settle/change-class'
import { applyPasses, continueFindings, passedAlready } from '../settle/continue-findings'
import { endSummaries } from '../settle/end-summaries'
import {
  besideProven,
  coveredByTags,
  isWithheld,
  leavesFinding,
  storedWithoutEffect,
  withoutEffect,
} from '../settle/evidence'
import { joinImages } from '../settle/join-images'
import { draftFindings } from '../settle/new-findings'
import { settleFindings } from '../settle/settle-findings'
import { completeTimes, type FindingCounts, type RunContext } from './context'

/**
 * Writes one batch of outcomes inside the caller's transaction, which holds the lock of their accounts: only what is new or
 * changed is written. Returns what moved, and the outcomes that the database now agrees with.
 */
export async function writeBatch(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  splits: ReadonlyMap<string, string>,
): Promise<{ moved: FindingCounts; agreed: ReadonlySet<IncomingOutcome> }> {
  const reports = withoutTwins(items)
  // Which image an instance comes from decides what its findings become part of.
  if (run.mayClose) await joinImages(run, client, reports, splits)
  await meetAccounts(run, client, reports)
  const perhapsKnown = reports.filter(item => !isNew(run, item))
  let known = await knownSightings(run.access, client, perhapsKnown)
  const idle = await withoutEffect(run, client, reports, known)
  if (await changeClasses(run, client, reports, known, idle))
    known = await knownSightings(run.access, client, perhapsKnown)
  const effective = reports.filter(item => !idle.has(item))
  const ended = await endSummaries(run, client, effective, known)
  const batch = run.mayClose ? ended : ended.filter(({ outcome }) => outcome.result === 'failed')
  const rest = run.mayClose ? [] : [...idle, ...ended.filter(({ outcome }) => outcome.result !== 'failed')]
  await continueFindings(run, client, batch, known)
  const over = await passedAlready(run, client, batch, known)
  const added: SightingWrite[] = []
  const replaced: SightingWrite[] = []
  const touched = new Map<string, FindingKey>()
  /** Of those the ones that may be stored already. */
  const perhaps = new Set<string>()
  const reported: IncomingOutcome[] = []
  const confirmed: IncomingOutcome[] = []
  const raised: IncomingOutcome[] = []
  const late: LateFailure[] = []
  const agreed = new Set<IncomingOutcome>()
  const told = { reported: new Set<string>(), failing: new Set<string>() }
  let older = 0
  let repeated = items.length - reports.length
  let withheld = 0
  const touch = (item: IncomingOutcome) => {
    const { outcome, findingId: id } = item
    const { accountId, result } = outcome
    const key = `${accountId}/${id}`
    if (!beginsFinding(run, item)) perhaps.add(key)
    touched.set(key, { accountId, id })
    if (startsAs(result)) told.reported.add(key)
    if (result === 'failed') told.failing.add(key)
  }
  for (const item of batch) {
    const { outcome } = item
    const before = known.get(`${outcome.accountId}/${item.sightingId}`)
    if (leavesFinding(run, item, before)) {
      if (!item.again) withheld++
      continue
    }
    const stored = before && comparable(before, run.mayClose && outcome.result === 'failed')
    const confirmedAt = completeTimes(run, outcome, item.place)?.lastCompleteAt ?? null
    const behind = confirmedAt !== null && run.observedAt < confirmedAt
    const moves = stored !== undefined && stored.findingId !== item.findingId
    const passedAt =
      over.get(item) ?? (stored?.result === 'passed' && !stored.unproven && !moves ? stored.observedAt : null)
    if (
      outcome.result === 'failed' &&
      (behind || over.has(item) || (stored && run.observedAt < (stored.goneAt ?? stored.observedAt)))
    )
      late.push({ item, passedAt })
    if (!stored) {
      // A report older than the last complete one tells of what is known to be gone since.
      const present = !behind && !over.has(item)
      added.push({ item, present })
      if (present && run.mayClose) agreed.add(item)
      if (!run.mayClose && !item.again && coveredByTags(run, item)) withheld++
      touch(item)
      continue
    }
    const { again } = item
    const proven = run.mayClose || !stored.unproven
    const contentHash = proven ? item.contentHash : unprovenHash(item.contentHash)
    const { result, updatedAt: recordUpdatedAt, eventAt = null } = outcome
    const incoming = { contentHash, again, result, recordUpdatedAt, eventAt }
    const verdict = judge(stored, incoming, { observedAt: run.observedAt, confirmedAt })
    const beside = verdict === 'older' ? null : besideProven(run, item, stored)
    if (beside) {
      if (beside.withheld && !again) withheld++
      else if (!beside.raises && stored.contentHash === item.contentHash) agreed.add(item)
      if (beside.raises) {
        raised.push(item)
        touch(item)
      } else reported.push(item)
      continue
    }
    const written = verdict === 'write' || (moves && verdict === 'unchanged' && outcome.result === stored.result)
    if (verdict !== 'older' && proven && (run.mayClose || !written)) agreed.add(item)
    if (!run.mayClose && (written || !proven) && !again && coveredByTags(run, item)) withheld++
    if (verdict === 'older') {
      if (again) repeated++
      else older++
    }
    if (written) {
      replaced.push({ item, present: true })
      touch(item)
      // Its class changed: the finding that it was of has one sighting less.
      if (moves) {
        const left = `${outcome.accountId}/${stored.findingId}`
        touched.set(left, { accountId: outcome.accountId, id: stored.findingId })
        perhaps.add(left)
      }
    } else if (verdict === 'unchanged') {
      if (outcome.result === 'failed') reported.push(item)
      if (!run.complete && confirms(stored, { ...item, contentHash }, run.observedAt)) confirmed.push(item)
    }
  }
  for (const item of rest) {
    const stored = known.get(`${item.outcome.accountId}/${item.sightingId}`)
    if (!item.again && isWithheld(item, stored)) withheld++
    const write = storedWithoutEffect(run, item, stored)
    if (write) (write.kind === 'added' ? added : replaced).push({ item, present: write.present })
  }
  if (reported.length > 0) {
    const byHand = await closedByHand(
      run.access,
      client,
      reported.map(item => ({ accountId: item.outcome.accountId, id: item.findingId })),
    )
    for (const item of reported) {
      if (byHand.has(`${item.outcome.accountId}/${item.findingId}`)) touch(item)
    }
  }
  const writes = [...added, ...replaced]
  const passes = writes.filter(({ present }) => present).map(({ item }) => item)
  for (const key of run.mayClose ? await applyPasses(run, client, passes) : []) {
    touched.set(`${key.accountId}/${key.id}`, key)
    perhaps.add(`${key.accountId}/${key.id}`)
  }
  const source = { importId: run.payloadId, observedAt: run.observedAt, mayClose: run.mayClose }
  const adding = addSightings(run.access, client, source, added)
  // Thrown where it is awaited below; this only keeps Node from ending the process before.
  adding.catch(() => undefined)
  // While the database takes them: nearly all of a first report is new.
  const early = replaced.length === 0 ? draftFindings(run, added) : null
  await adding
  await replaceSightings(run.access, client, source, replaced)
  await confirmSightings(run.access, client, run, confirmed)
  await raiseSightings(run.access, client, raised)
  const stored = [...touched].filter(([key]) => perhaps.has(key)).map(([, key]) => key)
  const { moved, missing } = await settleFindings(run, client, stored, told)
  const wanted = new Set(missing.map(key => `${key.accountId}/${key.id}`))
  for (const key of touched.keys()) if (!perhaps.has(key)) wanted.add(key)
  const drafts =
    early ??
    draftFindings(
      run,
      writes.filter(({ item }) => wanted.has(`${item.outcome.accountId}/${item.findingId}`)),
    )
  const created = drafts.filter(draft => wanted.has(`${draft.accountId}/${draft.id}`))
  await addFindings(run.access, client, created)
  moved.created = created.length + (await backdateFindings(run, client, late))
  const first = [...batch, ...rest].filter(item => !item.again)
  moved.passed = first.filter(item => isPassedCheck(item.outcome)).length
  moved.notAvailable = first.filter(item => item.outcome.result === 'not_available').length
  moved.older = older
  moved.repeated = repeated
  moved.withheld = withheld
  moved.clockAhead = first.filter(item => item.clockAhead).length
  return { moved, agreed }
}

/** An ended summary only makes room for its resources. */
function isPassedCheck({ result, summary }: IncomingOutcome['outcome']): boolean {
  return result === 'passed' && summary !== 'ended'
}

/** Notes of the accounts that the run meets whether anything is stored of them. The caller holds their locks. */
async function meetAccounts(run: RunContext, client: PoolClient, items: readonly IncomingOutcome[]): Promise<void> {
  const unmet = [...new Set(items.map(({ outcome }) => outcome.accountId))].filter(id => !run.blank.has(id))
  if (unmet.length === 0) return
  const blank = new Set(await blankAccounts(run.access, client, unmet))
  for (const id of unmet) run.blank.set(id, blank.has(id))
}

/** Whether nothing can be stored of the sighting: nothing was of its account, and the document has not spoken of it before. */
function isNew(run: RunContext, { outcome, again }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === true && !again
}

/** The same of its finding. What is known of vulnerabilities moves with what is told of machine images. */
function beginsFinding(run: RunContext, { outcome, findingReported }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === true && !findingReported && outcome.class !== 'vulnerability'
}

/**
 * Whether an unchanged record says that the thing still was so at a later time. Of complete reports the feed remembers it; of
 * others only the sighting can, or a report from in between that arrives late would overwrite it.
 */
function confirms(stored: KnownSighting, { outcome, contentHash }: IncomingOutcome, observedAt: Date): boolean {
  if (stored.contentHash !== contentHash) return false
  const { updatedAt } = outcome
  const newer = updatedAt !== null && (!stored.recordUpdatedAt || updatedAt > stored.recordUpdatedAt)
  return newer || observedAt > stored.observedAt
}

/**
 * Of records with one identity the one that counts; it was said again only where the first of them was. In the order of the
 * indexes, so that the database finds the places of neighbours close together.
 */
function withoutTwins(items: readonly IncomingOutcome[]): IncomingOutcome[] {
  const best = new Map<string, IncomingOutcome>()
  for (const item of items) {
    const key = `${item.outcome.accountId}/${item.sightingId}`
    const other = best.get(key)
    if (!other) best.set(key, item)
    else if (supersedes(item.outcome, other.outcome)) best.set(key, { ...item, again: other.again })
  }
  const inOrder = [...best].sort(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.map(([, item]) => item)
}
