import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { payloadIdSql } from '../../sql/imports/payload'
import { executeIn } from '../../sql/transaction'

const { raw, sql } = Prisma

const PIECES = 500
const SIGHTINGS = 5_000

/**
 * Deletes pieces of payloads whose import ended before `before`, or before `unreadBefore` if nothing of the report
 * could be read. Keeps records that a source still reports, payloads of queued confirmations and retries, and until
 * `before` those of internal errors. Returns their number, at most 500; the caller repeats until it is 0.
 */
export async function dropPayloads(_job: JobAccess, before: Date, unreadBefore: Date = before): Promise<number> {
  return executeIn(
    pool(),
    sql`DELETE FROM import_chunk c USING (
       SELECT o.import_id, o.start FROM import_chunk o JOIN import i ON i.id = o.import_id
       WHERE i.state IN ('done', 'failed') AND (i.finished_at < ${before}
           OR i.state = 'failed' AND i.accepted = 0 AND i.error->>'code' IS DISTINCT FROM 'internal' AND i.finished_at < ${unreadBefore})
         AND NOT EXISTS (SELECT 1 FROM import c WHERE c.state IN ('queued', 'running') AND ${raw(payloadIdSql('c'))} = i.id)
         AND NOT EXISTS (
         SELECT 1 FROM sighting s WHERE s.import_id = o.import_id AND s.present
           AND s.raw_offset < o.start + o.length AND s.raw_offset + s.raw_length > o.start)
       LIMIT ${PIECES}) AS old
     WHERE c.import_id = old.import_id AND c.start = old.start`,
  )
}

/**
 * Deletes absent sightings of findings that were resolved before `before`, at most 5,000 at once. The findings,
 * decisions and history are kept. Returns their number.
 */
export async function dropGoneSightings(_job: JobAccess, before: Date): Promise<number> {
  return executeIn(
    pool(),
    sql`DELETE FROM sighting s USING (
       SELECT g.account_id, g.id FROM finding f
       JOIN sighting g ON g.account_id = f.account_id AND g.finding_id = f.id
       WHERE f.status = 'resolved' AND f.resolved_at < ${before} AND NOT g.present
       LIMIT ${SIGHTINGS}) AS old
     WHERE s.account_id = old.account_id AND s.id = old.id`,
  )
}
