import { transaction } from '../../db'
import type { AbsentReason, Report } from '../../domain/feeds/closing'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import {
  answersInRegion,
  completenessOf,
  fromTimedBytes,
  isWide,
  regionHash,
  serviceHash,
  serviceOf,
  toBytes,
  toTimedBytes,
} from '../../domain/feeds/report-pairs'
import { feedKey, feedPartKey, type RowKey } from '../../domain/identity/keys'
import { closingLimit } from '../../store/feeds/closing-limit'
import { type FeedControl, type FeedReport, type KnownFeed, noteMixed } from '../../store/feeds/feeds'
import type { HeldBack, ImportTask } from '../../store/imports/runs'
import { followsEarlier } from '../../store/sightings/absent'
import { keyOf } from '../contents/id-set'
import type { FeedContents, ReportContents } from '../contents/report-contents'
import type { RunContext } from '../run/context'
import { closeAbsent, type Unclosed } from './close-absent'

export interface Closed {
  heldBack: HeldBack[]
  feeds: FeedReport[]
  /** Parts of feeds that the report was complete for. */
  parts: FeedControl[]
  /** Feeds that do not record the report as complete. */
  incomplete: Set<RowKey<'feed'>>
}

/** The result for a report that closes nothing, since it is not complete or was cut short. */
export function noClosings(contents: ReportContents): Closed {
  const feeds = [...contents.scopes.values()].map(feed => toFeedReport(feed, null))
  return { heldBack: [], feeds, parts: [], incomplete: new Set(contents.scopes.keys()) }
}

/** Closes what a complete report no longer contains, feed by feed. `isRejected`: whether records of an account were rejected. */
export async function closeReport(
  run: RunContext,
  task: ImportTask,
  document: ReportContents,
  isRejected: (accountId: string) => boolean,
): Promise<Closed> {
  const closed = { ...noClosings(document), feeds: [] as FeedReport[] }
  const limit = await closingLimit(run.access)
  for (const [key, contents] of document.scopes) {
    if (isRejected(contents.accountId)) {
      closed.heldBack.push(heldBack(contents, 'rejects'))
      closed.feeds.push(toFeedReport(contents, null))
      continue
    }
    const report = await reportOf(run, task, document, contents)
    const confirmed = task.confirms !== null || report.cells?.whole === true
    const unclosed = await closeAbsent(run, contents, report, document, { limit, confirmed })
    closed.heldBack.push(...heldBackOf(contents, unclosed))
    // Waiting closings may be rejected: until they are decided, the report proves nothing to older ones.
    const waits = unclosed.rows.some(({ reason }) => reason === 'waiting')
    const isPart = report.cells !== null && !report.cells.whole
    closed.feeds.push(toFeedReport(contents, waits || isPart ? null : feedMemory(run, contents, report, unclosed)))
    if (waits || isPart) continue
    closed.incomplete.delete(key)
    const { accountId, source, product } = contents
    for (const control of report.parts ?? []) closed.parts.push({ accountId, source, product, control })
  }
  return closed
}

async function reportOf(
  run: RunContext,
  task: ImportTask,
  document: ReportContents,
  contents: FeedContents,
): Promise<Report> {
  const { accountId, source, product, passed } = contents
  // A check without a result does not count as covered.
  const places = contents.places(run.places, 'judged')
  const pairs = new Set(places.map(place => place.hash))
  const feed = run.feeds.get(feedKey(contents))
  const together = [...document.scopes.values()].filter(each => each.accountId === accountId && each.source === source)
  const related = feedDefinition(source)?.products === 'hub' ? together : [contents]
  const regions = new Set(related.flatMap(each => each.places(run.places).map(place => place.ownRegion)))
  if (task.region) regions.add(task.region)
  const parts = completenessOf(contents) === 'region' ? regionParts(regions) : contents.parts(run.places)
  return {
    source,
    product,
    observedAt: run.observedAt,
    records: document.records,
    ownRecords: together.some(each => each.records),
    pairs,
    failedPairs: new Set(contents.places(run.places, 'failed').map(place => place.hash)),
    services: new Set(places.map(place => place.service)),
    regions,
    parts,
    mixed: await mixedOf(run, document, contents),
    wide: task.confirms !== null || isWide(pairs, feed?.reference ?? null),
    passed,
    sendsPasses: passed || (feed?.sendsPasses ?? false),
    cells: document.collected?.cellsOf(accountId) ?? null,
  }
}

function regionParts(regions: ReadonlySet<string>): Set<string> {
  return new Set([...regions].map(region => `region:${region}`))
}

/**
 * The parts for which a report without a Region proves nothing: several such reports contain different resources of one control, most
 * likely because each is of another Region.
 */
async function mixedOf(run: RunContext, document: ReportContents, contents: FeedContents): Promise<Set<string>> {
  const mixed = new Set<string>()
  if (!answersInRegion(contents.source)) return mixed
  const { accountId, source, product } = contents
  const seen = (id: string) => document.sightings.has(...keyOf(accountId, id.replaceAll('-', '')))
  for (const { control, ownRegion } of contents.places(run.places)) {
    const part = `${control}@${ownRegion}`
    if (ownRegion !== 'global') continue
    if (run.controls.get(feedPartKey(contents, part))?.mixed) mixed.add(part)
    else {
      const feed = { accountId, source, product, control }
      const follows = await transaction(client => followsEarlier(run.access, client, run.importId, feed, seen))
      if (follows) continue
      await transaction(client => noteMixed(run.access, client, { ...feed, control: part }))
      mixed.add(part)
    }
  }
  return mixed
}

/** The reference and covered checks to store with the feed for a complete report. */
function feedMemory(run: RunContext, contents: FeedContents, report: Report, { backdated }: Unclosed) {
  const feed = run.feeds.get(feedKey(contents))
  const byPairs = report.parts === null && completenessOf(contents) !== 'whole'
  if (!byPairs) return { reference: null, looked: null }
  const looked = new Set(report.pairs)
  if (report.wide) for (const service of report.services) looked.add(serviceHash(service))
  if (!report.sendsPasses) for (const region of report.regions) looked.add(regionHash(region))
  const replaces = !backdated && report.pairs.size > 0 && (report.wide || !feed?.reference)
  const reference = replaces ? toBytes(report.pairs) : null
  const changed = reference && !(feed?.reference && reference.equals(feed.reference))
  return { reference: changed ? reference : null, looked: lookedBytes(feed, report, looked, backdated) }
}

/** The checks that complete reports of the feed covered, with those of this one. Null where a newer one counts as covering everything. */
function lookedBytes(
  feed: KnownFeed | undefined,
  report: Report,
  looked: ReadonlySet<number>,
  backdated: boolean,
): Buffer | null {
  if (backdated && !feed?.looked) return null
  const times = feed?.looked ? fromTimedBytes(feed.looked) : new Map<number, number>()
  const time = Math.floor(report.observedAt.getTime() / 1000)
  for (const hash of looked) times.set(hash, Math.max(time, times.get(hash) ?? 0))
  return toTimedBytes(times)
}

function toFeedReport(
  { accountId, source, product, passed }: FeedContents,
  complete: Pick<FeedReport, 'reference' | 'looked'> | null,
): FeedReport {
  return {
    accountId,
    source,
    product,
    passed,
    complete: complete !== null,
    reference: complete?.reference ?? null,
    looked: complete?.looked ?? null,
  }
}

/** A complete report whose only records of an account were rejected. */
export function rejectedAccount(accountId: string): HeldBack {
  const none = { findings: 0, checks: 0, services: 0, places: [] }
  return { accountId, source: null, product: null, reason: 'rejects', ...none }
}

/** So many places are listed; the others are counted. */
const MAX_PLACES = 200

function heldBackOf(contents: FeedContents, { backdated, rows }: Unclosed): HeldBack[] {
  const entries = backdated ? [heldBack(contents, 'older')] : []
  for (const reason of [...new Set(rows.map(row => row.reason))].sort()) {
    entries.push(
      heldBack(
        contents,
        reason,
        rows.filter(row => row.reason === reason),
      ),
    )
  }
  return entries
}

interface HeldRow {
  findingId: string
  control: string
  region: string | null
}

/** The number of findings of each service and Region, largest first; the order does not depend on that of the rows. */
export function placesOf(rows: readonly HeldRow[]): HeldBack['places'] {
  const places = new Map<string, { service: string; region: string; findings: Set<string> }>()
  for (const row of rows) {
    const [service, region] = [serviceOf(row.control), row.region ?? 'global']
    const place = places.get(`${service}/${region}`) ?? { service, region, findings: new Set<string>() }
    place.findings.add(row.findingId)
    places.set(`${service}/${region}`, place)
  }
  return [...places]
    .sort(([a, one], [b, other]) => other.findings.size - one.findings.size || (a < b ? -1 : 1))
    .map(([, place]) => ({ ...place, findings: place.findings.size }))
}

function heldBack(
  { accountId, source, product }: FeedContents,
  reason: HeldBack['reason'],
  rows: readonly { row: HeldRow; reason: AbsentReason }[] = [],
): HeldBack {
  const places = placesOf(rows.map(({ row }) => row))
  return {
    accountId,
    source,
    product,
    reason,
    findings: new Set(rows.map(({ row }) => row.findingId)).size,
    checks: new Set(rows.map(({ row }) => row.control)).size,
    services: new Set(places.map(({ service }) => service)).size,
    places: places.slice(0, MAX_PLACES),
  }
}
