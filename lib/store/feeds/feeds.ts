import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { silentAfter, withReport } from '../../domain/feeds/cadence'
import { completenessOf } from '../../domain/feeds/report-pairs'
import { feedKey } from '../../domain/identity/keys'
import type { SourceId } from '../../domain/imports/outcome'
import { unprovenFeedSql } from '../../sql/feeds/unproven'

/** Complete reports of a feed whose times are kept: a daily one's of a year. */
const COMPLETE = 400

const newest = `CASE WHEN excluded.complete_at <@ f.complete_at THEN f.complete_at ELSE
  ARRAY(SELECT c FROM (SELECT c FROM unnest(f.complete_at || excluded.complete_at) AS c ORDER BY c DESC LIMIT ${COMPLETE}) AS newest ORDER BY c) END`

export interface FeedKey {
  accountId: string
  source: SourceId
  product: string
}

/** What is known beside a report of one time: the last complete report, and the first one after that time. */
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
  /** Whether a sender with `imports:close` ever reported a check of it that passed. */
  sendsPasses: boolean
  /** Pairs of the last complete report that was wide, see report-pairs; null before the first complete one. */
  reference: Buffer | null
  /** What complete reports looked at, and when, see toTimedBytes; null: the last one looked at everything. */
  looked: Buffer | null
  recentClosings: readonly RecentClosing[]
}

/** A part of a feed for which its reports are complete, see completenessKey. */
export interface FeedControl extends FeedKey {
  control: string
}

export interface KnownPart extends FeedControl, CompleteTimes {
  /** Reports without a Region held different resources of it. */
  mixed: boolean
}

/** The given feeds as a report of `observedAt` meets them; feeds never heard are missing. */
export async function knownFeeds(
  _job: JobAccess,
  client: PoolClient,
  observedAt: Date,
  keys: readonly FeedKey[],
): Promise<KnownFeed[]> {
  const { rows } = await client.query<KnownFeed>(
    `SELECT f.account_id AS "accountId", f.source, f.product, f.last_complete_at AS "lastCompleteAt",
       f.sends_passes AS "sendsPasses", f.reference, f.looked, f.recent_closings AS "recentClosings",
       (SELECT min(c) FROM unnest(f.complete_at) AS c WHERE c > $4) AS "nextCompleteAt"
     FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, source, product)
     JOIN feed f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product`,
    [keys.map(key => key.accountId), keys.map(key => key.source), keys.map(key => key.product), observedAt],
  )
  return rows
}

/** The same of each part of those feeds that report by parts. */
export async function knownControls(
  _job: JobAccess,
  client: PoolClient,
  observedAt: Date,
  feeds: readonly FeedKey[],
): Promise<KnownPart[]> {
  const keys = feeds.filter(feed => ['control', 'region'].includes(completenessOf(feed)))
  if (keys.length === 0) return []
  const { rows } = await client.query<KnownPart>(
    `SELECT f.account_id AS "accountId", f.source, f.product, f.control, f.mixed, f.complete_at[cardinality(f.complete_at)] AS "lastCompleteAt",
       (SELECT min(c) FROM unnest(f.complete_at) AS c WHERE c > $4) AS "nextCompleteAt"
     FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, source, product)
     JOIN feed_control f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product`,
    [keys.map(key => key.accountId), keys.map(key => key.source), keys.map(key => key.product), observedAt],
  )
  return rows
}

/** Notes that a report was complete for controls. */
export async function recordControls(
  _job: JobAccess,
  client: PoolClient,
  observedAt: Date,
  controls: readonly FeedControl[],
): Promise<void> {
  if (controls.length === 0) return
  await client.query(
    `INSERT INTO feed_control AS f (account_id, source, product, control, complete_at)
     SELECT k.*, ARRAY[$5::timestamptz] FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS k ORDER BY 1, 2, 3, 4
     ON CONFLICT (account_id, source, product, control) DO UPDATE SET complete_at = ${newest}`,
    [
      controls.map(each => each.accountId),
      controls.map(each => each.source),
      controls.map(each => each.product),
      controls.map(each => each.control),
      observedAt,
    ],
  )
}

/** The feeds of one source in an account. */
export async function feedsOf(
  _job: JobAccess,
  client: PoolClient,
  accountId: string,
  source: SourceId,
): Promise<FeedKey[]> {
  const { rows } = await client.query<FeedKey>(
    'SELECT account_id AS "accountId", source, product FROM feed WHERE account_id = $1 AND source = $2 ORDER BY product',
    [accountId, source],
  )
  return rows
}

/** What a report was for a feed. */
export interface FeedReport extends FeedKey {
  complete: boolean
  /** Whether any check passed. */
  passed: boolean
  /** The pairs that are the reference from now on; null where it stays. */
  reference: Buffer | null
  /** What complete reports looked at by now, see KnownFeed; null where that stays. */
  looked: Buffer | null
}

/** `kept`, or what the import says where it is the first of the feed by a sender with `imports:close`. */
const orFirst = (column: string, kept: string) =>
  `CASE WHEN $11::boolean AND ${unprovenFeedSql('f')} THEN excluded.${column} ELSE ${kept} END`

/**
 * Notes that feeds were heard, and learns how often they are. Older reports never move the times back. An import of a sender without
 * `imports:close` changes nothing of a feed that a sender with it has reported, and the first import of the latter starts the feed anew.
 */
export async function recordFeeds(
  _job: JobAccess,
  client: PoolClient,
  run: { importId: number; observedAt: Date; mayClose: boolean },
  feeds: readonly FeedReport[],
): Promise<void> {
  const keys = [feeds.map(feed => feed.accountId), feeds.map(feed => feed.source), feeds.map(feed => feed.product)]
  const { rows } = await client.query<FeedKey & { heardAt: Date[] | null; last: Date; unproven: boolean }>(
    `SELECT f.account_id AS "accountId", f.source, f.product, f.heard_at AS "heardAt", f.last_at AS last, ${unprovenFeedSql('f')} AS unproven
     FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, source, product)
     JOIN feed f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product
     ORDER BY 1, 2, 3 FOR UPDATE OF f`,
    keys,
  )
  const heard = new Map(
    rows
      .filter(row => !(run.mayClose && row.unproven))
      .map(({ heardAt, last, ...feed }) => [feedKey(feed), { began: heardAt ?? [last], last }]),
  )
  const learned = feeds.map(feed => withReport(heard.get(feedKey(feed)) ?? null, run.observedAt))
  await client.query(
    `INSERT INTO feed AS f (account_id, source, product, first_at, last_at, last_complete_at, last_import_id, heard_at, silent_after, complete_at,
       sends_passes, looked)
     SELECT k.account_id, k.source, k.product, $5, $5, CASE WHEN k.complete THEN $5::timestamptz END, $6,
       ARRAY(SELECT jsonb_array_elements_text(k.heard)::timestamptz), k.silent, CASE WHEN k.complete THEN ARRAY[$5::timestamptz] ELSE '{}' END,
       k.passed, k.looked
     FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $7::jsonb[], $8::timestamptz[], $9::boolean[], $10::bytea[])
       AS k(account_id, source, product, complete, heard, silent, passed, looked)
     ORDER BY 1, 2, 3
     ON CONFLICT (account_id, source, product) DO UPDATE SET
       first_at = ${orFirst('first_at', 'least(f.first_at, excluded.first_at)')},
       last_import_id = ${orFirst('last_import_id', 'CASE WHEN excluded.last_at >= f.last_at THEN excluded.last_import_id ELSE f.last_import_id END')},
       last_at = ${orFirst('last_at', 'greatest(f.last_at, excluded.last_at)')},
       looked = coalesce(excluded.looked, f.looked),
       last_complete_at = greatest(f.last_complete_at, excluded.last_complete_at),
       heard_at = excluded.heard_at, silent_after = excluded.silent_after,
       sends_passes = ${orFirst('sends_passes', 'f.sends_passes OR excluded.sends_passes')},
       complete_at = ${newest}
     WHERE $11::boolean OR ${unprovenFeedSql('f')}`,
    [
      ...keys,
      feeds.map(feed => feed.complete),
      run.observedAt,
      run.importId,
      learned.map(({ began }) => JSON.stringify(began)),
      learned.map(silentAfter),
      feeds.map(feed => feed.passed && run.mayClose),
      feeds.map(feed => feed.looked),
      run.mayClose,
    ],
  )
}

/** Makes what reports looked at the reference of their feeds, as the last act of a run: one taken up again measures its report by the same as before. */
export async function keepReferences(_job: JobAccess, client: PoolClient, feeds: readonly FeedReport[]): Promise<void> {
  const kept = feeds.filter(feed => feed.reference !== null)
  if (kept.length === 0) return
  await client.query(
    `UPDATE feed f SET reference = k.reference FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS k(account_id, source, product, reference)
     WHERE f.account_id = k.account_id AND f.source = k.source AND f.product = k.product`,
    [
      kept.map(feed => feed.accountId),
      kept.map(feed => feed.source),
      kept.map(feed => feed.product),
      kept.map(feed => feed.reference),
    ],
  )
}

/** Adds to the closings of the last day, in the transaction that closes. */
export async function noteClosings(
  _job: JobAccess,
  client: PoolClient,
  feed: FeedKey,
  count: number,
  at: Date,
): Promise<void> {
  if (count === 0) return
  await client.query(
    `UPDATE feed SET recent_closings = (
       SELECT coalesce(jsonb_agg(c), '[]') FROM jsonb_array_elements(recent_closings) AS c WHERE (c->>'at')::timestamptz > $4::timestamptz - interval '1 day'
     ) || jsonb_build_object('at', $4::timestamptz, 'count', $5::int)
     WHERE account_id = $1 AND source = $2 AND product = $3`,
    [feed.accountId, feed.source, feed.product, at, count],
  )
}

/** Notes that reports without a Region hold different resources of a control. */
export async function noteMixed(
  _job: JobAccess,
  client: PoolClient,
  { accountId, source, product, control }: FeedControl,
): Promise<void> {
  await client.query(
    `INSERT INTO feed_control (account_id, source, product, control, complete_at, mixed) VALUES ($1, $2, $3, $4, '{}', true)
     ON CONFLICT (account_id, source, product, control) DO UPDATE SET mixed = true`,
    [accountId, source, product, control],
  )
}
