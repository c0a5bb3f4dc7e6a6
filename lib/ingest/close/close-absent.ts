import { now } from '../../clock'
import { transaction } from '../../db'
import {
  type AbsentReason,
  type ClosingLimit,
  exceedsLimit,
  provedBySecond,
  type Report,
  reachOf,
  whyAbsent,
} from '../../domain/feeds/closing'
import { completenessKey, pairHash, serviceOf } from '../../domain/feeds/report-pairs'
import { type FeedScope, feedKey } from '../../domain/identity/keys'
import { noteClosings } from '../../store/feeds/feeds'
import { saveClosed } from '../../store/imports/runs'
import {
  type AbsentRow,
  absentSightings,
  clearAbsent,
  countOpenOfFeed,
  markAbsent,
  markedAbsent,
} from '../../store/sightings/absent'
import { closeEarlier, goneSince } from '../../store/sightings/backdate'
import { markGone, markSeen, presentSightings } from '../../store/sightings/sightings'
import { type IdSet, keyOf } from '../contents/id-set'
import type { ReportContents } from '../contents/report-contents'
import { accountTransaction } from '../run/account-transaction'
import { isBackdated, isPartBackdated, labelOf, type RunContext } from '../run/context'
import { noReportedFindings, settleFindings } from '../settle/settle-findings'

const PAGE = 5000
const CHUNK = 1000

/** The sightings and findings of the document. */
type Seen = Pick<ReportContents, 'sightings' | 'findings' | 'unclear'>

export interface Closing {
  limit: ClosingLimit
  /** Whether a lead confirmed the report: no closing waits then. */
  confirmed: boolean
}

/** The sightings that a complete report lacks but does not close. */
export interface Unclosed {
  /** Whether a newer complete report was imported before, which takes precedence for everything in its scope. */
  backdated: boolean
  rows: { row: AbsentRow; reason: AbsentReason }[]
}

/**
 * Closes what a complete report of one feed in one account no longer contains, as far as the report proves that the problem is gone, see
 * lib/domain/feeds/closing.ts. Where a newer complete report covers a check, that one decides; this one may then only prove that a
 * problem was gone earlier. Can be repeated after a crash.
 */
export async function closeAbsent(
  run: RunContext,
  scope: FeedScope,
  report: Report,
  seen: Seen,
  closing: Closing,
): Promise<Unclosed> {
  const backdated = isBackdatedFor(run, scope, report)
  if (backdated) await closeEarlierGone(run, scope, report, seen)
  await clearSeen(run, scope, seen.sightings)
  const closes: AbsentRow[] = []
  const rows: Unclosed['rows'] = []
  for await (const row of absentFrom(run, scope, seen.sightings)) {
    if (backdated && isDecidedByNewer(run, scope, row)) continue
    if (isOtherPart(report, row)) continue
    const reason = whyAbsent(report, { ...row, service: serviceOf(row.control), pair: pairOf(row) })
    if (reason === null) closes.push(row)
    else if (isProblem(row)) rows.push({ row, reason })
  }
  for (const row of await closingsToConfirm(run, scope, report, closes, closing)) rows.push({ row, reason: 'waiting' })
  const waiting = new Set(rows.map(({ row }) => row.id))
  await close(
    run,
    scope,
    closes.filter(row => !waiting.has(row.id)),
    closing,
  )
  const problems = rows.filter(({ row }) => isProblem(row))
  // A report of other Regions does not contain this Region; the next report of it decides.
  const regional = reachOf(report) === 'region' && report.regions.size > 0
  await markUnclosed(run, scope, regional ? problems.filter(({ reason }) => reason !== 'not_looked_at') : problems)
  return { backdated, rows: problems }
}

/** Whether a sighting is outside the controls of a report that is complete for single controls. */
function isOtherPart(report: Report, { control, ownRegion }: AbsentRow): boolean {
  const part = completenessKey(report, { control, ownRegion: ownRegion ?? 'global' })
  return report.parts !== null && reachOf(report) === 'control' && part !== null && !report.parts.has(part)
}

function isProblem(row: AbsentRow): boolean {
  return row.result === 'failed' && row.unresolved
}

function isOpen(row: AbsentRow): boolean {
  return row.result === 'failed' && row.open
}

/** Sightings of earlier versions have no pair; without a finding their Region is unknown as well. */
function pairOf({ pair, control, region }: AbsentRow): number | null {
  return pair ?? (region === null ? null : pairHash(control, region))
}

/** Whether there is a newer complete report for any part of this one. */
function isBackdatedFor(run: RunContext, scope: FeedScope, { parts }: Report): boolean {
  if (parts) return [...parts].some(part => isPartBackdated(run, scope, part))
  const lastCompleteAt = run.feeds.get(feedKey(scope))?.lastCompleteAt ?? null
  return lastCompleteAt !== null && run.observedAt < lastCompleteAt
}

function isDecidedByNewer(run: RunContext, scope: FeedScope, { control, region, ownRegion }: AbsentRow): boolean {
  return isBackdated(run, scope, { control, region: region ?? 'global', ownRegion: ownRegion ?? region ?? 'global' })
}

/**
 * The proven closings that have to wait for a lead's confirmation: all of them where they exceed the limit or the document is empty,
 * except those that a second report proves.
 */
async function closingsToConfirm(
  run: RunContext,
  scope: FeedScope,
  report: Report,
  closes: readonly AbsentRow[],
  { limit, confirmed }: Closing,
): Promise<readonly AbsentRow[]> {
  if (confirmed) return []
  const unproved = closes.filter(row => !provedBySecond(report, row))
  // Passed checks and accepted findings wait too: a document without records may come from a failed scan.
  if (!report.ownRecords && report.cells === null) return unproved
  const planned = unitsOf(closes.filter(isOpen))
  if (planned === 0) return []
  const recent = run.feeds.get(feedKey(scope))?.recentClosings ?? []
  const since = now().getTime() - 86_400_000
  const before = recent.reduce((sum, { at, count }) => (Date.parse(at) > since ? sum + count : sum), 0)
  if (planned + before <= limit.number) return []
  const open = await transaction(client => countOpenOfFeed(run.access, client, scope, run.importId))
  return exceedsLimit(limit, { planned, before, open }) ? unproved : []
}

/** Counts findings, but for vulnerabilities resources: what one update fixes counts once. */
function unitsOf(rows: readonly AbsentRow[]): number {
  return new Set(rows.map(unitOf)).size
}

function unitOf(row: AbsentRow): string | null {
  return row.class === 'vulnerability' ? row.resourceId : row.findingId
}

async function close(
  run: RunContext,
  scope: FeedScope,
  rows: readonly AbsentRow[],
  { confirmed }: Closing,
): Promise<void> {
  const { accountId } = scope
  // By resource, so that the vulnerabilities of a resource are in one chunk where possible.
  const key = ({ resourceId, id }: AbsentRow) => `${resourceId} ${id}`
  const inOrder = rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  const before = new Set<string | null>()
  for (let from = 0; from < inOrder.length; from += CHUNK) {
    const chunk = inOrder.slice(from, from + CHUNK)
    await accountTransaction(run, [accountId], async client => {
      const ids = chunk.map(row => row.id)
      const findings = await markGone(run.access, client, accountId, ids, run.observedAt)
      const keys = findings.map(id => ({ accountId, id }))
      const { moved } = await settleFindings(run, client, keys, noReportedFindings)
      await saveClosed(run.access, client, run.importId, moved.resolved)
      // Confirmed closings do not count towards the limit of later ones.
      const counts = !confirmed && moved.resolved > 0
      const counted = counts ? unitsOf(chunk.filter(row => isOpen(row) && !before.has(unitOf(row)))) : 0
      await noteClosings(run.access, client, scope, counted, now())
    })
    for (const row of chunk) before.add(unitOf(row))
  }
}

/** Stores on sightings why their absence closed nothing, so that their findings can show it. */
async function markUnclosed(run: RunContext, { accountId }: FeedScope, rows: Unclosed['rows']): Promise<void> {
  for (const reason of new Set(rows.map(each => each.reason))) {
    const ids = rows.filter(each => each.reason === reason).map(({ row }) => row.id)
    for (let from = 0; from < ids.length; from += CHUNK) {
      await accountTransaction(run, [accountId], client =>
        markAbsent(run.access, client, accountId, run, ids.slice(from, from + CHUNK), reason),
      )
    }
  }
}

async function clearSeen(run: RunContext, scope: FeedScope, seen: IdSet): Promise<void> {
  const { accountId } = scope
  const absent = await transaction(client => markedAbsent(run.access, client, scope))
  const back = absent.filter(id => seen.has(...keyOf(accountId, id.replaceAll('-', ''))))
  if (back.length === 0) return
  const sightings = back.map(id => ({ accountId, id }))
  await accountTransaction(run, [accountId], client => clearAbsent(run.access, client, run.observedAt, sightings))
}

/** Moves the closing dates of findings back that a backdated complete report does not contain either: they were gone by then. */
async function closeEarlierGone(
  run: RunContext,
  scope: FeedScope,
  report: Report,
  { findings, unclear }: Seen,
): Promise<void> {
  await accountTransaction(run, [scope.accountId], async client => {
    const { importId, observedAt } = run
    const gone = await goneSince(run.access, client, observedAt, scope)
    const reach = reachOf(report)
    const absent = gone.filter(({ accountId, id, pairs, parts, regions }) => {
      const key = keyOf(accountId, id)
      if (findings.has(...key) || unclear.has(...key)) return false
      if (reach === 'pairs') return pairs.every(pair => pair !== null && report.pairs.has(pair))
      if (reach === 'region') return regions.every(region => region !== null && report.regions.has(region))
      return report.parts === null || parts.every(part => report.parts?.has(part))
    })
    await closeEarlier(run.access, client, { importId, observedAt, label: labelOf(run) }, absent)
  })
}

/** The present sightings of a feed that the document lacks and that no newer report contains. */
async function* absentFrom(run: RunContext, scope: FeedScope, seen: IdSet): AsyncGenerator<AbsentRow> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await transaction(client => presentSightings(run.access, client, scope, after, PAGE))
    const missing = page.filter(id => !seen.has(...keyOf(scope.accountId, id.replaceAll('-', ''))))
    after = page.at(-1) ?? after
    if (missing.length > 0) {
      const { accountId } = scope
      yield* await transaction(client => absentSightings(run.access, client, accountId, missing, run.observedAt))
    }
    if (page.length < PAGE) return
  }
}

/** Updates the times of a report's sightings where the feed does not record the report as complete. */
export async function confirmPresent(run: RunContext, scope: FeedScope, seen: IdSet): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await transaction(client => presentSightings(run.access, client, scope, after, PAGE))
    const ids = page.filter(id => seen.has(...keyOf(scope.accountId, id.replaceAll('-', ''))))
    await accountTransaction(run, [scope.accountId], client =>
      markSeen(run.access, client, scope.accountId, ids, run.observedAt),
    )
    after = page.at(-1) ?? after
    if (page.length < PAGE) return
  }
}
