import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import { CsvMapping } from '../../domain/imports/csv-mapping'
import { payloadIdSql } from '../../sql/imports/payload'
import { IMPORT_LOCK, laneSql, lockedSql } from './hold'
import { importChannel } from './receive'
import type { ImportTask } from './runs'

/** The first key of the advisory lock of an import whose report is being scanned. */
const SCAN_LOCK = IMPORT_LOCK + 1
/** A report of so many bytes or fewer is small: it may run beside a large one, and needs little memory. */
export const SMALL_REPORT_BYTES = 8 * 1024 * 1024
const MUTEX = `hashtextextended('import-lanes', 0)`

/** SQL: wakes workers where an import waits to be claimed. */
const WAKE = `SELECT pg_notify('${importChannel}', '') WHERE EXISTS (SELECT FROM import WHERE state = 'queued')`

/** An import that this connection holds. */
export interface Claimed {
  id: number
  sizeBytes: number
}

export interface ClaimOptions {
  /** Claims this import or none, also where it steps aside for now. */
  only?: number
  /** Claims small reports alone. */
  small?: boolean
}

/** SQL of unfinished imports, with the accounts of each, whether a worker runs it, and whether it steps aside for now. */
const UNFINISHED = `SELECT i.id, i.size_bytes, ${laneSql('i')} AS accounts,
    i.id IN (SELECT id FROM (${lockedSql(IMPORT_LOCK)}) AS held) AS runs,
    coalesce(i.waits_for, '') = 'error' AND i.retry_at > $1 AS aside
  FROM import i WHERE i.state IN ('queued', 'running')`

/**
 * Claims the oldest import that may run now, until it is released or the connection ends, so that what a killed worker left is free at
 * once. Imports that share an account run in the order in which they arrived, and one whose accounts are not known yet shares all. Null
 * where there is none, `busy` where another worker is looking at this moment: nobody waits for the lock of the other.
 */
export async function claimImport(
  _job: JobAccess,
  client: PoolClient,
  { only, small = false }: ClaimOptions = {},
): Promise<Claimed | 'busy' | null> {
  await client.query('BEGIN')
  try {
    const { rows: mutex } = await client.query<{ mine: boolean }>(`SELECT pg_try_advisory_xact_lock(${MUTEX}) AS mine`)
    if (!mutex[0]?.mine) return 'busy'
    const { rows } = await client.query<{ id: number; size: string; claimed: boolean }>({
      name: 'claim-import',
      text: `WITH unfinished AS MATERIALIZED (${UNFINISHED} ORDER BY i.id), free AS MATERIALIZED (
               SELECT u.id, u.size_bytes FROM unfinished u
               WHERE NOT u.runs AND ($2::int = u.id OR $2 IS NULL AND NOT u.aside) AND ($3::bigint IS NULL OR u.size_bytes <= $3)
                 AND NOT EXISTS (SELECT FROM unfinished e WHERE e.id <> u.id AND (e.runs OR (e.id < u.id AND NOT e.aside))
                   AND (e.accounts IS NULL OR u.accounts IS NULL OR e.accounts && u.accounts))
               ORDER BY u.id LIMIT 1)
             SELECT id, size_bytes AS size, pg_try_advisory_lock(${IMPORT_LOCK}, id) AS claimed FROM free`,
      values: [now(), only ?? null, small ? SMALL_REPORT_BYTES : null],
    })
    const [found] = rows
    return found?.claimed ? { id: found.id, sizeBytes: Number(found.size) } : null
  } finally {
    // Keeps the lock of the import, which is the connection's.
    await client.query('COMMIT')
  }
}

/** Lets an import go, and wakes workers for what waited for it. One that has ended needs no accounts any more. */
export async function releaseImport(_job: JobAccess, client: PoolClient, id: number): Promise<void> {
  await client.query(
    `BEGIN; SET LOCAL synchronous_commit = off; SELECT pg_advisory_unlock(${IMPORT_LOCK}, ${Number(id)});
     DELETE FROM import_lane WHERE import_id = ${Number(id)} AND EXISTS (SELECT FROM import WHERE id = ${Number(id)} AND state IN ('done', 'failed'));
     ${WAKE}; COMMIT`,
  )
}

/** What tells which accounts a report speaks of. */
export type ScanTask = Pick<
  ImportTask,
  'id' | 'payloadId' | 'source' | 'account' | 'mapping' | 'region' | 'observedAt' | 'arrivedAt'
>

const SCANNED = `SELECT i.id, ${payloadIdSql('i')} AS "payloadId", i.source, i.account_id AS account, i.mapping, i.region, i.observed_at AS "observedAt",
    coalesce((SELECT c.created_at FROM import c WHERE c.id = ${payloadIdSql('i')}), i.created_at) AS "arrivedAt"
  FROM import i`

/**
 * Claims the oldest report whose accounts are not known, where others wait for it or it is large, until the connection lets it go.
 * Null where there is none that nobody scans.
 */
export async function claimScan(_job: JobAccess, client: PoolClient): Promise<ScanTask | null> {
  const { rows } = await client.query<Omit<ScanTask, 'mapping'> & { mapping: unknown; claimed: boolean }>({
    name: 'claim-scan',
    text: `WITH free AS MATERIALIZED (
             SELECT i.id FROM import i
             WHERE i.state IN ('queued', 'running') AND ${laneSql('i')} IS NULL AND i.id NOT IN (SELECT id FROM (${lockedSql(SCAN_LOCK)}) AS scans)
               AND (i.size_bytes > ${SMALL_REPORT_BYTES} OR EXISTS (SELECT FROM import w WHERE w.id > i.id AND w.state IN ('queued', 'running')))
             ORDER BY i.id LIMIT 1)
           SELECT t.*, pg_try_advisory_lock(${SCAN_LOCK}, t.id) AS claimed FROM free JOIN (${SCANNED}) AS t ON t.id = free.id`,
  })
  const [found] = rows
  if (!found?.claimed) return null
  const { claimed: _, mapping, ...task } = found
  return { ...task, mapping: mapping === null ? null : CsvMapping.parse(mapping) }
}

export async function releaseScan(_job: JobAccess, client: PoolClient, id: number): Promise<void> {
  await client.query(`SELECT pg_advisory_unlock(${SCAN_LOCK}, $1::int)`, [id])
}

/** The same of an import that is claimed already; null where it has ended. */
export async function scanTask(_job: JobAccess, id: number): Promise<ScanTask | null> {
  const { rows } = await pool().query<Omit<ScanTask, 'mapping'> & { mapping: unknown }>(
    `${SCANNED} WHERE i.id = $1 AND i.state IN ('queued', 'running')`,
    [id],
  )
  const [found] = rows
  return found ? { ...found, mapping: found.mapping === null ? null : CsvMapping.parse(found.mapping) } : null
}

/** Notes the accounts that an import may write, beside those noted before, and wakes who waits for it. */
export async function noteLane(_job: JobAccess, id: number, accounts: readonly string[]): Promise<void> {
  await pool().query(
    `INSERT INTO import_lane AS l (import_id, accounts) VALUES ($1, ARRAY(SELECT DISTINCT a FROM unnest($2::text[]) AS a ORDER BY a))
     ON CONFLICT (import_id) DO UPDATE SET accounts = ARRAY(SELECT unnest(l.accounts) UNION SELECT unnest(excluded.accounts) ORDER BY 1)`,
    [id, accounts],
  )
  await pool().query(WAKE)
}
