import 'server-only'
import type { PoolClient, QueryResult } from 'pg'
import { z } from 'zod'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import { CsvMapping } from '../../domain/imports/csv-mapping'
import { Lanes, type Unfinished } from '../../domain/imports/lanes'
import { Prisma } from '../../generated/prisma/client'
import { payloadIdSql } from '../../sql/imports/payload'
import { executeIn, runIn } from '../../sql/transaction'
import { IMPORT_LOCK, laneSql, lockedSql } from './hold'
import { importChannel } from './receive'
import type { ImportTask } from './runs'

const { raw, sql } = Prisma

/** The first key of the advisory lock of an import whose report is being scanned. */
const SCAN_LOCK = IMPORT_LOCK + 1
/** A report of at most so many bytes is small: it may run beside a large one, and needs little memory. */
export const SMALL_REPORT_BYTES = 8 * 1024 * 1024
const PAGE = 100
const MUTEX = `hashtextextended('import-lanes', 0)`

/** SQL: wakes workers if an import is queued. */
const WAKE = `SELECT pg_notify('${importChannel}', '') WHERE EXISTS (SELECT FROM import WHERE state = 'queued')`

const Accounts = z.array(z.string()).nullable()

/** An import that this connection holds. */
export interface Claimed {
  id: number
  sizeBytes: number
}

export interface ClaimOptions {
  /** Claims this import or none, even if it is postponed. */
  only?: number
  /** Claims only small reports. */
  small?: boolean
}

const RUNNING = `SELECT ${laneSql('i')} AS accounts FROM import i
  WHERE i.state IN ('queued', 'running') AND i.id IN (SELECT id FROM (${lockedSql(IMPORT_LOCK)}) AS held)`

interface Row extends Unfinished {
  id: number
  size: string
}

/**
 * Claims the oldest import that may run now, see Lanes, until it is released or the connection ends; so the import of a
 * killed worker is free at once. Returns null if there is none, and `busy` if another worker is claiming: nobody waits
 * for that lock.
 */
export async function claimImport(
  _job: JobAccess,
  client: PoolClient,
  options: ClaimOptions = {},
): Promise<Claimed | 'busy' | null> {
  // Sent together: the last statement sees what the previous holder of the lock committed.
  const [, mutex, running] = await runTogether(
    client,
    `BEGIN; SELECT pg_try_advisory_xact_lock(${MUTEX}) AS mine; ${RUNNING}`,
  )
  let found: Row | null = null
  try {
    if (mutex?.rows[0]?.mine !== true) return 'busy'
    found = await findFree(client, new Lanes(z.array(z.object({ accounts: Accounts })).parse(running?.rows)), options)
  } finally {
    // The lock of the import belongs to the connection and outlives the transaction.
    await client.query(found ? `SELECT pg_try_advisory_lock(${IMPORT_LOCK}, ${found.id}); COMMIT` : 'COMMIT')
  }
  return found && { id: found.id, sizeBytes: Number(found.size) }
}

/** Reads the unfinished imports in order, page by page; usually one of the first may run. */
async function findFree(client: PoolClient, lanes: Lanes, { only, small = false }: ClaimOptions): Promise<Row | null> {
  const isWanted = ({ id, size, aside }: Row) =>
    only === undefined ? !aside && (!small || Number(size) <= SMALL_REPORT_BYTES) : id === only
  for (let after = 0; ; ) {
    const rows = await runIn<Row>(
      client,
      sql`WITH running AS MATERIALIZED (${raw(lockedSql(IMPORT_LOCK))})
        SELECT i.id, i.size_bytes AS size, ${raw(laneSql('i'))} AS accounts, i.id IN (SELECT id FROM running) AS runs,
          coalesce(i.waits_for, '') = 'error' AND i.retry_at > ${now()} AS aside
        FROM import i WHERE i.state IN ('queued', 'running') AND i.id > ${after} ORDER BY i.id LIMIT ${PAGE}`,
      'unfinished-imports',
    )
    const free = rows.find(row => lanes.take(row, isWanted(row)))
    if (free) return free
    const last = rows.at(-1)
    if (!last || rows.length < PAGE || lanes.full) return null
    after = last.id
  }
}

/** Runs statements without parameters in one round trip. */
async function runTogether(client: PoolClient, text: string): Promise<QueryResult<Record<string, unknown>>[]> {
  return [await client.query<Record<string, unknown>>(text)].flat()
}

/**
 * Releases an import and wakes workers for those that waited for it. A finished import no longer needs its accounts.
 */
export async function releaseImport(_job: JobAccess, client: PoolClient, id: number): Promise<void> {
  await client.query(
    `BEGIN; SET LOCAL synchronous_commit = off; SELECT pg_advisory_unlock(${IMPORT_LOCK}, ${Number(id)});
     DELETE FROM import_lane WHERE import_id = ${Number(id)} AND EXISTS (SELECT FROM import WHERE id = ${Number(id)} AND state IN ('done', 'failed'));
     ${WAKE}; COMMIT`,
  )
}

/** What a scan needs to find the accounts that a report names. */
export type ScanTask = Pick<
  ImportTask,
  'id' | 'payloadId' | 'source' | 'account' | 'mapping' | 'region' | 'observedAt' | 'arrivedAt'
>

const SCANNED = `SELECT i.id, ${payloadIdSql('i')} AS "payloadId", i.source, i.account_id AS account, i.mapping, i.region, i.observed_at AS "observedAt",
    coalesce((SELECT c.created_at FROM import c WHERE c.id = ${payloadIdSql('i')}), i.created_at) AS "arrivedAt"
  FROM import i`

/**
 * Claims the oldest report whose accounts are unknown, if other imports wait for it or it is large, until it is
 * released or the connection ends. Returns null if there is none that nobody scans.
 */
export async function claimScan(_job: JobAccess, client: PoolClient): Promise<ScanTask | null> {
  const [found] = await runIn<Omit<ScanTask, 'mapping'> & { mapping: unknown; claimed: boolean }>(
    client,
    sql`WITH free AS MATERIALIZED (
        SELECT i.id FROM import i
        WHERE i.state IN ('queued', 'running') AND ${raw(laneSql('i'))} IS NULL
          AND i.id NOT IN (SELECT id FROM (${raw(lockedSql(SCAN_LOCK))}) AS scans)
          AND (i.size_bytes > ${SMALL_REPORT_BYTES}
            OR EXISTS (SELECT FROM import w WHERE w.id > i.id AND w.state IN ('queued', 'running')))
        ORDER BY i.id LIMIT 1)
      SELECT t.*, pg_try_advisory_lock(${SCAN_LOCK}::int, t.id) AS claimed FROM free JOIN (${raw(SCANNED)}) AS t ON t.id = free.id`,
    'claim-scan',
  )
  if (!found?.claimed) return null
  const { claimed: _, mapping, ...task } = found
  return { ...task, mapping: mapping === null ? null : CsvMapping.parse(mapping) }
}

export async function releaseScan(_job: JobAccess, client: PoolClient, id: number): Promise<void> {
  await executeIn(client, sql`SELECT pg_advisory_unlock(${SCAN_LOCK}::int, ${id}::int)`)
}

/** The scan task of a claimed import; null if it has ended. */
export async function scanTask(_job: JobAccess, id: number): Promise<ScanTask | null> {
  const [found] = await runIn<Omit<ScanTask, 'mapping'> & { mapping: unknown }>(
    pool(),
    sql`${raw(SCANNED)} WHERE i.id = ${id} AND i.state IN ('queued', 'running')`,
  )
  return found ? { ...found, mapping: found.mapping === null ? null : CsvMapping.parse(found.mapping) } : null
}

/** Adds accounts to those that an import may write, and wakes workers that wait for it. */
export async function noteLane(_job: JobAccess, id: number, accounts: readonly string[]): Promise<void> {
  await executeIn(
    pool(),
    sql`INSERT INTO import_lane AS l (import_id, accounts)
      VALUES (${id}, ARRAY(SELECT DISTINCT a FROM unnest(${accounts}::text[]) AS a ORDER BY a))
      ON CONFLICT (import_id) DO UPDATE SET accounts = ARRAY(SELECT unnest(l.accounts) UNION SELECT unnest(excluded.accounts) ORDER BY 1)`,
  )
  await executeIn(pool(), raw(WAKE))
}
