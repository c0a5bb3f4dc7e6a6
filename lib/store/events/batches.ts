import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'

const { sql } = Prisma

/** Events that are in no import yet, also those whose import was given up. */
const waitingSql = sql`e.body IS NOT NULL AND (e.import_id IS NULL OR NOT EXISTS (SELECT FROM import i WHERE i.id = e.import_id))`

/** Waiting events of one account and feed. */
export interface EventBatch {
  account: string
  feed: string
  /** When the latest of them happened. */
  at: Date
}

/** The accounts and feeds whose oldest event waits since `before`, or of which `many` wait; at most `limit`. */
export async function dueBatches(
  _job: JobAccess,
  { before, many, limit }: { before: Date; many: number; limit: number },
): Promise<EventBatch[]> {
  return runIn<EventBatch>(
    pool(),
    sql`SELECT e.account_id AS account, e.feed, max(e.happened_at) AS at FROM pushed_event e WHERE ${waitingSql}
      GROUP BY e.account_id, e.feed HAVING min(e.received_at) <= ${before} OR count(*) >= ${many}
      ORDER BY min(e.received_at) LIMIT ${limit}`,
  )
}

/** Bodies are held at once while they are stored. The rest is the next import. */
const MOST_BYTES = 16 * 1024 * 1024

/** Puts up to `most` events of a batch into an import that is being received, and returns them in their order. */
export async function takeEvents(
  _job: JobAccess,
  { account, feed, at }: EventBatch,
  importId: number,
  most: number,
): Promise<string[]> {
  const rows = await runIn<{ body: string }>(
    pool(),
    sql`WITH oldest AS (
        SELECT e.connection_id, e.event_id, e.happened_at, octet_length(e.body) AS bytes FROM pushed_event e
        WHERE ${waitingSql} AND e.account_id = ${account} AND e.feed = ${feed} AND e.happened_at <= ${at}
        ORDER BY e.happened_at, e.event_id LIMIT ${most}
      ), sized AS (
        SELECT connection_id, event_id, sum(bytes) OVER (ORDER BY happened_at, event_id) - bytes AS before FROM oldest
      ), taken AS (
        SELECT e.connection_id, e.event_id FROM pushed_event e
          JOIN sized s ON s.connection_id = e.connection_id AND s.event_id = e.event_id AND s.before < ${MOST_BYTES}
        WHERE ${waitingSql} AND e.account_id = ${account} FOR UPDATE OF e SKIP LOCKED
      ), moved AS (
        UPDATE pushed_event e SET import_id = ${importId} FROM taken t
        WHERE e.connection_id = t.connection_id AND e.event_id = t.event_id AND e.account_id = ${account}
        RETURNING e.body, e.happened_at, e.event_id
      ) SELECT body FROM moved ORDER BY happened_at, event_id`,
  )
  return rows.map(({ body }) => body)
}

/** Forgets the bodies of events whose import is queued, and counts them for their feed. */
export async function settleEvents(_job: JobAccess): Promise<void> {
  await executeIn(
    pool(),
    sql`WITH done AS (
        UPDATE pushed_event e SET body = NULL FROM import i
        WHERE e.body IS NOT NULL AND i.id = e.import_id AND i.state <> 'receiving'
        RETURNING e.connection_id, e.feed, e.way, e.received_at
      )
      INSERT INTO event_feed (connection_id, feed, way, heard_at, events)
      SELECT connection_id, feed, way, max(received_at), count(*) FROM done GROUP BY connection_id, feed, way ORDER BY 1, 2, 3
      ON CONFLICT (connection_id, feed, way) DO UPDATE
      SET heard_at = greatest(event_feed.heard_at, EXCLUDED.heard_at), events = event_feed.events + EXCLUDED.events`,
  )
}

/** Forgets up to 5,000 events that were received before `before`: nothing sends them again. Returns their number. */
export async function dropOldEvents(_job: JobAccess, before: Date): Promise<number> {
  return executeIn(
    pool(),
    sql`DELETE FROM pushed_event e USING (
        SELECT connection_id, event_id, account_id FROM pushed_event WHERE received_at < ${before} AND body IS NULL LIMIT 5000
      ) AS old WHERE e.connection_id = old.connection_id AND e.event_id = old.event_id AND e.account_id = old.account_id`,
  )
}
