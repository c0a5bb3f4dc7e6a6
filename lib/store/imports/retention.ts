import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { payloadIdSql } from '../../sql/imports/payload'

const PIECES = 500
const SIGHTINGS = 5_000

/**
 * Drops pieces of payloads whose import ended before `before`, or before `unreadBefore` where nothing of the report could be read.
 * Keeps records that a source still reports, what a confirmation or a retry is about to read, and until `before` what an internal error kept from
 * being read. Returns how many were dropped, 500 at most, so that the caller goes on until there are none.
 */
export async function dropPayloads(_job: JobAccess, before: Date, unreadBefore: Date = before): Promise<number> {
  const { rowCount } = await pool().query(
    `DELETE FROM import_chunk c USING (
       SELECT o.import_id, o.start FROM import_chunk o JOIN import i ON i.id = o.import_id
       WHERE i.state IN ('done', 'failed') AND (i.finished_at < $1 OR i.state = 'failed' AND i.accepted = 0 AND i.error->>'code' IS DISTINCT FROM 'internal' AND i.finished_at < $3)
         AND NOT EXISTS (SELECT 1 FROM import c WHERE c.state IN ('queued', 'running') AND ${payloadIdSql('c')} = i.id)
         AND NOT EXISTS (
         SELECT 1 FROM sighting s WHERE s.import_id = o.import_id AND s.present
           AND s.raw_offset < o.start + o.length AND s.raw_offset + s.raw_length > o.start)
       LIMIT $2) AS old
     WHERE c.import_id = old.import_id AND c.start = old.start`,
    [before, PIECES, unreadBefore],
  )
  return rowCount ?? 0
}

/**
 * Drops what sources once said of findings that have been resolved since before `before`. The findings themselves, what people
 * decided and their history stay for good. At most 5,000 at once; returns how many.
 */
export async function dropGoneSightings(_job: JobAccess, before: Date): Promise<number> {
  const { rowCount } = await pool().query(
    `DELETE FROM sighting s USING (
       SELECT g.account_id, g.id FROM finding f
       JOIN sighting g ON g.account_id = f.account_id AND g.finding_id = f.id
       WHERE f.status = 'resolved' AND f.resolved_at < $1 AND NOT g.present
       LIMIT $2) AS old
     WHERE s.account_id = old.account_id AND s.id = old.id`,
    [before, SIGHTINGS],
  )
  return rowCount ?? 0
}
