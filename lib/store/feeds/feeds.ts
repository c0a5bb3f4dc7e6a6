import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { silentAfter, withReport } from '../../domain/feeds/cadence'
import { completenessOf } from '../../domain/feeds/report-pairs'
import { feedKey } from '../../domain/identity/keys'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { unprovenFeedSql } from '../../sql/feeds/unproven'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { raw, sql } = Prisma

/** The number of complete reports of a feed whose times are kept: a year of daily ones. */
const COMPLETE = 400

const newestTimes = sql`CASE WHEN excluded.complete_at <@ f.complete_at THEN f.complete_at ELSE
  ARRAY(SELECT c FROM (SELECT c FROM unnest(f.complete_at || excluded.complete_at) AS c ORDER BY c DESC LIMIT ${COMPLETE}) AS newest ORDER BY c) END`

export interface FeedKey {
  accountId: string
  source: SourceId
  product: string
}

/** Times of complete reports around a report: the last one of all, and the first one that is newer than it. */
export interface CompleteTimes {
  lastCompleteAt: Date | null
  nextCompleteAt: Date | null
}

/** Findings that a report closed as absent. */
export interface RecentClosing {
  /** ISO 8601. */
  at: string
  count: number
}

export interface KnownFeed extends FeedKey, CompleteTimes {
  /** Whether a sender with `imports:close` ever reported a passed check of it. */
  sendsPasses: boolean
  /** Pairs of the last complete report that was wide, see report-pairs; null before the first one. */
  reference: Buffer | null
  /** What complete reports covered, and when, see toTimedBytes; null if the last one covered everything. */
  looked: Buffer | null
  recentClosings: readonly RecentClosing[]
}

/** A part of a feed for which its reports are complete by themselves, see completenessKey. */
export interface FeedControl extends FeedKey {
  control: string
}

export interface KnownPart extends FeedControl, CompleteTimes {
  /** Reports without a Region held different resources of it. */
  mixed: boolean
}

function toColumns(keys: readonly FeedKey[]) {
  return {
    accountIds: keys.map(key => key.accountId),
    sources: keys.map(key => key.source),
    products: keys.map(key => key.product),
  }
}

/** The given feeds as they are for a report of `observedAt`, without those that never had a report. */
export async function knownFeeds(
  _job: JobAccess,
  client: PoolClient,
  observedAt: Date,
  keys: readonly FeedKey[],
): Promise<KnownFeed[]> {
  const { accountIds, sources, products } = toColumns(keys)
  return runIn<KnownFeed>(
    client,
    sql`SELECT f.account_id AS "accountId", f.source, f.product, f.last_complete_at AS "lastCompleteAt",
        f.sends_passes AS "sendsPasses", f.reference, f.looked, f.recent_closings AS "recentClosings",
        (SELECT min(c) FROM unnest(f.complete_at) AS c WHERE c > ${observedAt}) AS "nextCompleteAt"
      FROM unnest(${accountIds}::text[], ${sources}::text[], ${products}::text[]) AS k(account_id, source, product)
      JOIN feed f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product`,
  )
}

/** The parts of those feeds that report by parts. */
export async function knownControls(
  _job: JobAccess,
  tx: Tx,
  observedAt: Date,
  feeds: readonly FeedKey[],
): Promise<KnownPart[]> {
  const keys = feeds.filter(feed => ['control', 'region'].includes(completenessOf(feed)))
  if (keys.length === 0) return []
  const { accountIds, sources, products } = toColumns(keys)
  return runIn<KnownPart>(
    tx,
    sql`SELECT f.account_id AS "accountId", f.source, f.product, f.control, f.mixed,
        f.complete_at[cardinality(f.complete_at)] AS "lastCompleteAt",
        (SELECT min(c) FROM unnest(f.complete_at) AS c WHERE c > ${observedAt}) AS "nextCompleteAt"
      FROM unnest(${accountIds}::text[], ${sources}::text[], ${products}::text[]) AS k(account_id, source, product)
      JOIN feed_control f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product`,
  )
}

/** Records that a report was complete for controls. */
export async function recordControls(
  _job: JobAccess,
  tx: Tx,
  observedAt: Date,
  controls: readonly FeedControl[],
): Promise<void> {
  if (controls.length === 0) return
  const { accountIds, sources, products } = toColumns(controls)
  const names = controls.map(each => each.control)
  await executeIn(
    tx,
    sql`INSERT INTO feed_control AS f (account_id, source, product, control, complete_at)
      SELECT k.*, ARRAY[${observedAt}::timestamptz]
      FROM unnest(${accountIds}::text[], ${sources}::text[], ${products}::text[], ${names}::text[]) AS k ORDER BY 1, 2, 3, 4
      ON CONFLICT (account_id, source, product, control) DO UPDATE SET complete_at = ${newestTimes}`,
  )
}

/** The feeds of one source in an account. */
export async function feedsOf(_job: JobAccess, tx: Tx, accountId: string, source: SourceId): Promise<FeedKey[]> {
  return runIn<FeedKey>(
    tx,
    sql`SELECT account_id AS "accountId", source, product FROM feed
      WHERE account_id = ${accountId} AND source = ${source} ORDER BY product`,
  )
}

/** What one report says about a feed. */
export interface FeedReport extends FeedKey {
  complete: boolean
  /** Whether any check passed. */
  passed: boolean
  /** The pairs of the new reference; null if it does not change. */
  reference: Buffer | null
  /** What complete reports have covered so far, see KnownFeed; null if it does not change. */
  looked: Buffer | null
}

/**
 * Records reports of feeds, and learns how often they come. Older reports never move times back. A sender without
 * `imports:close` does not change a feed that a sender with it has reported, and the first report of such a sender
 * starts the feed again.
 */
export async function recordFeeds(
  _job: JobAccess,
  tx: Tx,
  run: { importId: number; observedAt: Date; mayClose: boolean },
  feeds: readonly FeedReport[],
): Promise<void> {
  const { accountIds, sources, products } = toColumns(feeds)
  const unproven = raw(unprovenFeedSql('f'))
  const rows = await runIn<FeedKey & { heardAt: Date[] | null; last: Date; unproven: boolean }>(
    tx,
    sql`SELECT f.account_id AS "accountId", f.source, f.product, f.heard_at AS "heardAt", f.last_at AS last, ${unproven} AS unproven
      FROM unnest(${accountIds}::text[], ${sources}::text[], ${products}::text[]) AS k(account_id, source, product)
      JOIN feed f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product
      ORDER BY 1, 2, 3 FOR UPDATE OF f`,
  )
  const cadences = new Map(
    rows
      .filter(row => !(run.mayClose && row.unproven))
      .map(({ heardAt, last, ...feed }) => [feedKey(feed), { began: heardAt ?? [last], last }]),
  )
  const learned = feeds.map(feed => withReport(cadences.get(feedKey(feed)) ?? null, run.observedAt))
  const at = run.observedAt
  /** The value of this import if it is the first of the feed by a sender with `imports:close`, else `other`. */
  const orFirst = (column: Prisma.Sql, other: Prisma.Sql) =>
    sql`CASE WHEN ${run.mayClose}::boolean AND ${unproven} THEN excluded.${column} ELSE ${other} END`
  await executeIn(
    tx,
    sql`INSERT INTO feed AS f (account_id, source, product, first_at, last_at, last_complete_at, last_import_id, heard_at,
        silent_after, complete_at, sends_passes, looked)
      SELECT k.account_id, k.source, k.product, ${at}::timestamptz, ${at}::timestamptz,
        CASE WHEN k.complete THEN ${at}::timestamptz END, ${run.importId}::int,
        ARRAY(SELECT jsonb_array_elements_text(k.heard)::timestamptz), k.silent,
        CASE WHEN k.complete THEN ARRAY[${at}::timestamptz] ELSE '{}' END, k.passed, k.looked
      FROM unnest(${accountIds}::text[], ${sources}::text[], ${products}::text[], ${feeds.map(feed => feed.complete)}::boolean[],
          ${learned.map(({ began }) => JSON.stringify(began))}::jsonb[], ${learned.map(silentAfter)}::timestamptz[],
          ${feeds.map(feed => feed.passed && run.mayClose)}::boolean[], ${feeds.map(feed => feed.looked)}::bytea[])
        AS k(account_id, source, product, complete, heard, silent, passed, looked)
      ORDER BY 1, 2, 3
      ON CONFLICT (account_id, source, product) DO UPDATE SET
        first_at = ${orFirst(sql`first_at`, sql`least(f.first_at, excluded.first_at)`)},
        last_import_id = ${orFirst(
          sql`last_import_id`,
          sql`CASE WHEN excluded.last_at >= f.last_at THEN excluded.last_import_id ELSE f.last_import_id END`,
        )},
        last_at = ${orFirst(sql`last_at`, sql`greatest(f.last_at, excluded.last_at)`)},
        looked = coalesce(excluded.looked, f.looked),
        last_complete_at = greatest(f.last_complete_at, excluded.last_complete_at),
        heard_at = excluded.heard_at, silent_after = excluded.silent_after,
        sends_passes = ${orFirst(sql`sends_passes`, sql`f.sends_passes OR excluded.sends_passes`)},
        complete_at = ${newestTimes}
      WHERE ${run.mayClose}::boolean OR ${unproven}`,
  )
}

/**
 * Makes the pairs of the reports the reference of their feeds. The last step of a run, so that a run that starts again
 * compares its report with the same reference.
 */
export async function keepReferences(_job: JobAccess, tx: Tx, feeds: readonly FeedReport[]): Promise<void> {
  const changed = feeds.filter(feed => feed.reference !== null)
  if (changed.length === 0) return
  const { accountIds, sources, products } = toColumns(changed)
  await executeIn(
    tx,
    sql`UPDATE feed f SET reference = k.reference
      FROM unnest(${accountIds}::text[], ${sources}::text[], ${products}::text[], ${changed.map(feed => feed.reference)}::bytea[])
        AS k(account_id, source, product, reference)
      WHERE f.account_id = k.account_id AND f.source = k.source AND f.product = k.product`,
  )
}

/** Adds a number of closed findings to the closings of the last day, in the transaction that closes them. */
export async function noteClosings(_job: JobAccess, tx: Tx, feed: FeedKey, count: number, at: Date): Promise<void> {
  if (count === 0) return
  await executeIn(
    tx,
    sql`UPDATE feed SET recent_closings = (
        SELECT coalesce(jsonb_agg(c), '[]') FROM jsonb_array_elements(recent_closings) AS c
        WHERE (c->>'at')::timestamptz > ${at}::timestamptz - interval '1 day'
      ) || jsonb_build_object('at', ${at}::timestamptz, 'count', ${count}::int)
      WHERE account_id = ${feed.accountId} AND source = ${feed.source} AND product = ${feed.product}`,
  )
}

/** Records that reports without a Region hold different resources of a control. */
export async function noteMixed(
  _job: JobAccess,
  tx: Tx,
  { accountId, source, product, control }: FeedControl,
): Promise<void> {
  await executeIn(
    tx,
    sql`INSERT INTO feed_control (account_id, source, product, control, complete_at, mixed)
      VALUES (${accountId}, ${source}, ${product}, ${control}, '{}', true)
      ON CONFLICT (account_id, source, product, control) DO UPDATE SET mixed = true`,
  )
}
