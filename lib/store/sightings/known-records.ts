import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import type { FeedKey } from '../feeds/feeds'

/** What one batch of a run leaves for the next run of its feeds. */
export interface KnownPiece {
  /** Names of feeds, `account/source/product`, in the order in which the entries count them. */
  feeds: string[]
  entries: Buffer
  twins: Buffer
}

const PIECES = 4
const feedName = `w.account_id || '/' || w.source || '/' || w.product`

/**
 * Runs that last wrote sightings of one of the given feeds, newest first, with the size of what they left. Only runs that have
 * ended, that observed no later than `observedAt`, and whose records were read by the same code.
 */
export async function rememberingImports(
  _job: JobAccess,
  feeds: readonly string[],
  { reading, observedAt }: { reading: string; observedAt: Date },
): Promise<{ importId: number; bytes: number }[]> {
  const { rows } = await pool().query<{ importId: number; bytes: number }>(
    `SELECT i.id AS "importId", sum(length(k.entries))::int AS bytes
     FROM import i JOIN known_record k ON k.import_id = i.id
     WHERE i.id IN (SELECT w.import_id FROM unnest($1::text[], $2::text[], $3::text[]) AS n(account_id, source, product)
         JOIN feed_writer w ON w.account_id = n.account_id AND w.source = n.source AND w.product = n.product)
       AND i.state IN ('done', 'failed') AND i.observed_at <= $4 AND k.reading = $5
     GROUP BY i.id ORDER BY i.id DESC`,
    [...partsOf(feeds), observedAt, reading],
  )
  return rows
}

/** What a run left, piece by piece in order. A few are held at a time: of a large report they are tens of megabytes. */
export async function* knownPieces(_job: JobAccess, importId: number, reading: string): AsyncGenerator<KnownPiece> {
  for (let after = -1; ; ) {
    const { rows } = await pool().query<KnownPiece & { checkpoint: number }>({
      name: 'known-pieces',
      text: `SELECT checkpoint, feeds, entries, twins FROM known_record
             WHERE import_id = $1 AND reading = $2 AND checkpoint > $3 ORDER BY checkpoint LIMIT $4`,
      values: [importId, reading, after, PIECES],
    })
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < PIECES) return
    after = last.checkpoint
  }
}

/** The feeds that a run wrote, and no other run since. */
export async function currentFeeds(_job: JobAccess, importId: number): Promise<Set<string>> {
  const { rows } = await pool().query<{ feed: string }>(
    `SELECT ${feedName} AS feed FROM feed_writer w WHERE w.import_id = $1`,
    [importId],
  )
  return new Set(rows.map(row => row.feed))
}

/**
 * Which import last wrote each of the given feeds. The caller holds the lock of their accounts, so that no other run writes
 * to them meanwhile. Feeds never written are missing.
 */
export async function feedWriters(
  _job: JobAccess,
  client: PoolClient,
  feeds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ feed: string; importId: number }>({
    name: 'feed-writers',
    text: `SELECT ${feedName} AS feed, w.import_id AS "importId"
           FROM unnest($1::text[], $2::text[], $3::text[]) AS n(account_id, source, product)
           JOIN feed_writer w ON w.account_id = n.account_id AND w.source = n.source AND w.product = n.product`,
    values: partsOf(feeds),
  })
  return new Map(rows.map(row => [row.feed, row.importId]))
}

/** Notes that a run writes sightings of feeds from now on. The caller holds the lock of their accounts. */
export async function writeFeeds(
  _job: JobAccess,
  client: PoolClient,
  importId: number,
  feeds: readonly FeedKey[],
): Promise<void> {
  await client.query(
    `INSERT INTO feed_writer (account_id, source, product, import_id)
     SELECT account_id, source, product, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS n(account_id, source, product)
     ORDER BY 1, 2, 3
     ON CONFLICT (account_id, source, product) DO UPDATE SET import_id = excluded.import_id`,
    [feeds.map(feed => feed.accountId), feeds.map(feed => feed.source), feeds.map(feed => feed.product), importId],
  )
}

/** Keeps what a batch leaves, in the batch's own transaction. */
export async function saveKnownPiece(
  _job: JobAccess,
  client: PoolClient,
  at: { importId: number; checkpoint: number; reading: string },
  piece: KnownPiece,
): Promise<void> {
  await client.query({
    name: 'save-known-piece',
    text: 'INSERT INTO known_record (import_id, checkpoint, reading, feeds, entries, twins) VALUES ($1, $2, $3, $4, $5, $6)',
    values: [at.importId, at.checkpoint, at.reading, piece.feeds, piece.entries, piece.twins],
  })
}

/**
 * Forgets what ended runs left that are the last writer of no feed: nothing may rely on it any more. What another import forgets at this
 * moment is left to it.
 */
export async function forgetKnownPieces(_job: JobAccess, client: PoolClient): Promise<void> {
  await client.query(
    `WITH old AS MATERIALIZED (
       SELECT o.import_id, o.checkpoint FROM known_record o JOIN import i ON i.id = o.import_id
       WHERE i.state IN ('done', 'failed') AND NOT EXISTS (SELECT 1 FROM feed_writer w WHERE w.import_id = o.import_id)
       FOR UPDATE OF o SKIP LOCKED)
     DELETE FROM known_record k USING old WHERE k.import_id = old.import_id AND k.checkpoint = old.checkpoint`,
  )
}

function partsOf(feeds: readonly string[]): [string[], string[], string[]] {
  const parts = feeds.map(feed => feed.split('/'))
  return [
    parts.map(([account = '']) => account),
    parts.map(([, source = '']) => source),
    parts.map(([, , ...product]) => product.join('/')),
  ]
}
