import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import type { Failure } from '../../domain/collection/failure'
import { deliveredFeeds, type Written, type WrittenFinding } from '../../domain/collection/write-back/decision'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'
import type { QueuedFinding } from './queue'

const { sql } = Prisma

/** A sighting of a finding, and where its record is stored. */
export interface RecordPlace {
  accountId: string
  findingId: string
  sightingId: string
  importId: number
  rawOffset: string
  rawLength: number
  /** How the report was read. */
  source: SourceId | null
  reportAccount: string | null
  reportRegion: string | null
  observedAt: Date
}

/** The present records of findings that Security Hub may have delivered, in the order of their payloads. */
export async function recordPlaces(_job: JobAccess, findings: readonly QueuedFinding[]): Promise<RecordPlace[]> {
  return runIn<RecordPlace>(
    pool(),
    sql`SELECT s.account_id AS "accountId", s.finding_id::text AS "findingId", s.id::text AS "sightingId", s.import_id AS "importId",
        s.raw_offset::text AS "rawOffset", s.raw_length AS "rawLength", i.source, i.account_id AS "reportAccount",
        i.region AS "reportRegion", i.observed_at AS "observedAt"
      FROM unnest(${findings.map(f => f.accountId)}::text[], ${findings.map(f => f.findingId)}::uuid[]) AS k(account_id, finding_id)
      JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.finding_id JOIN import i ON i.id = s.import_id
      WHERE s.present AND NOT s.unproven AND s.source = ANY(${[...deliveredFeeds]}::text[]) ORDER BY s.import_id, s.raw_offset`,
    'write-back-places',
  )
}

export interface SightingName {
  accountId: string
  id: string
}

/** The findings of present sightings with what decides about writing, by account and sighting. */
export async function findingsOfSightings(
  _job: JobAccess,
  sightings: readonly SightingName[],
): Promise<(SightingName & WrittenFinding & { sighting: string })[]> {
  const rows = await runIn<StoredRow>(
    pool(),
    sql`SELECT s.account_id AS "accountId", s.id::text AS sighting, s.result, f.id::text AS id, f.status,
        f.resolved_reason AS "resolvedReason", CASE f.resolved_reason WHEN 'verdict' THEN f.verdict ->> 'text' WHEN 'hand' THEN r.text END AS why, coalesce(nullif(m.name, ''), m.email) AS owner,
        e.id AS "exceptionId", e.reason, e.expires_at AS "expiresAt"
      FROM unnest(${sightings.map(s => s.accountId)}::text[], ${sightings.map(s => s.id)}::uuid[]) AS k(account_id, id)
      JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id
      JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
      LEFT JOIN member m ON m.id = f.owner_id LEFT JOIN exception e ON e.id = f.exception_id
      LEFT JOIN LATERAL (SELECT h.text FROM finding_event h WHERE h.account_id = f.account_id AND h.finding_id = f.id
        AND h.kind = 'status' AND f.resolved_reason = 'hand' ORDER BY h.id DESC LIMIT 1) AS r ON TRUE
      WHERE s.present ORDER BY f.account_id, f.id`,
    'write-back-findings',
  )
  return rows.map(({ exceptionId, reason, expiresAt, ...row }) => ({
    ...row,
    exception: exceptionId !== null && expiresAt !== null ? { id: exceptionId, reason: reason ?? '', expiresAt } : null,
  }))
}

type StoredRow = Omit<SightingName & WrittenFinding & { sighting: string }, 'exception'> & {
  exceptionId: number | null
  reason: string | null
  expiresAt: Date | null
}

/** The last written status and note, by the record's id. */
export async function lastWritten(_job: JobAccess, records: readonly SightingName[]): Promise<Map<string, Written>> {
  const rows = await runIn<Written & { id: string }>(
    pool(),
    sql`SELECT w.id::text AS id, w.workflow, w.note
      FROM unnest(${records.map(r => r.accountId)}::text[], ${records.map(r => r.id)}::uuid[]) AS k(account_id, id)
      JOIN written_record w ON w.account_id = k.account_id AND w.id = k.id WHERE w.workflow IS NOT NULL`,
  )
  return new Map(rows.map(({ id, workflow, note }) => [id, { workflow, note }]))
}

/** A record with what was sent; `error` where Security Hub did not update it. */
export interface SentRecord extends SightingName, Written {
  findingId: string
  error: { code: string; message: string } | null
}

export interface WritePlace {
  connectionId: string
  account: string
  region: string
}

/** Stores what Security Hub answered, in one statement; also where somebody has removed the connection meanwhile. */
export async function saveSent(_job: JobAccess, place: WritePlace, records: readonly SentRecord[]): Promise<void> {
  const at = now()
  const column = <T>(of: (record: SentRecord) => T) => records.map(of)
  const updated = records.filter(({ error }) => error === null).length
  await executeIn(
    pool(),
    sql`WITH saved AS (
        INSERT INTO written_record AS w (account_id, id, finding_id, workflow, note, written_at, failed_at, wanted, error_code, error_message)
        SELECT k.account_id, k.id, k.finding_id, CASE WHEN k.code IS NULL THEN k.workflow END, CASE WHEN k.code IS NULL THEN k.note END,
          CASE WHEN k.code IS NULL THEN ${at}::timestamptz END, CASE WHEN k.code IS NOT NULL THEN ${at}::timestamptz END,
          CASE WHEN k.code IS NOT NULL THEN k.workflow END, k.code, k.message
        FROM unnest(${column(r => r.accountId)}::text[], ${column(r => r.id)}::uuid[], ${column(r => r.findingId)}::uuid[],
          ${column(r => r.workflow)}::text[], ${column(r => r.note)}::text[], ${column(r => r.error?.code ?? null)}::text[],
          ${column(r => r.error?.message ?? null)}::text[]) AS k(account_id, id, finding_id, workflow, note, code, message)
        ORDER BY k.account_id, k.id
        ON CONFLICT (account_id, id) DO UPDATE SET finding_id = excluded.finding_id, workflow = coalesce(excluded.workflow, w.workflow),
          note = coalesce(excluded.note, w.note), written_at = coalesce(excluded.written_at, w.written_at), failed_at = excluded.failed_at,
          wanted = excluded.wanted, error_code = excluded.error_code, error_message = excluded.error_message)
      INSERT INTO write_back_place AS p (connection_id, account_id, region, written, written_at)
      SELECT c.id, ${place.account}, ${place.region}, ${updated}::bigint, CASE WHEN ${updated}::int > 0 THEN ${at}::timestamptz END
      FROM connection c WHERE c.id = ${place.connectionId}::uuid FOR KEY SHARE
      ON CONFLICT (connection_id, account_id, region) DO UPDATE SET written = p.written + excluded.written,
        written_at = coalesce(excluded.written_at, p.written_at), failed_at = NULL, failure = NULL, retry_at = NULL`,
    'write-back-save',
  )
}

/** Stores why nothing could be written to a place. */
export async function savePlaceFailure(
  _job: JobAccess,
  { connectionId, account, region }: WritePlace,
  failure: Failure,
  seconds: number,
): Promise<void> {
  await executeIn(
    pool(),
    sql`INSERT INTO write_back_place AS p (connection_id, account_id, region, failed_at, failure, retry_at)
      SELECT c.id, ${account}, ${region}, ${now()}::timestamptz, ${JSON.stringify(failure)}::jsonb,
        clock_timestamp() + make_interval(secs => ${seconds}::float8)
      FROM connection c WHERE c.id = ${connectionId}::uuid FOR KEY SHARE
      ON CONFLICT (connection_id, account_id, region) DO UPDATE SET failed_at = coalesce(p.failed_at, excluded.failed_at),
        failure = excluded.failure, retry_at = excluded.retry_at`,
  )
}

/** Places that are not tried at the moment, as `account region`, with the seconds until they are. */
export async function failingPlaces(_job: JobAccess, connectionId: string): Promise<Map<string, number>> {
  const rows = await runIn<{ account: string; region: string; seconds: number }>(
    pool(),
    sql`SELECT account_id AS account, region, extract(epoch FROM retry_at - clock_timestamp())::float8 AS seconds FROM write_back_place
      WHERE connection_id = ${connectionId}::uuid AND retry_at > clock_timestamp()`,
  )
  return new Map(rows.map(({ account, region, seconds }) => [`${account} ${region}`, seconds]))
}
