import 'server-only'
import type { PoolClient, QueryResult } from 'pg'
import { z } from 'zod'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import { CsvMapping } from '../../domain/imports/csv-mapping'
import { Lanes, type Unfinished } from '../../domain/imports/lanes'
import { payloadIdSql } from '../../sql/imports/payload'
import { IMPORT_LOCK, laneSql, lockedSql } from './hold'
import { importChannel } from './receive'
import type { ImportTask } from './runs'

/** The first key of the advisory lock of an import whose report is being scanned. */
const SCAN_LOCK = IMPORT_LOCK + 1
/** A report of so many bytes or fewer is small: it may run beside a large one, and needs little memory. */
export const SMALL_REPORT_BYTES = 8 * 1024 * 1024
const PAGE = 100
const MUTEX = `hashtextextended('import-lanes', 0)`

/** SQL: wakes workers where an import waits to be claimed. */
const WAKE = `SELECT pg_notify('${importChannel}', '') WHERE EXISTS (SELECT FROM import WHERE state = 'queued')`

const Accounts = z.array(z.string()).nullable()

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

const RUNNING = `SELECT ${laneSql('i')} AS accounts FROM import i
  WHERE i.state IN ('queued', 'running') AND i.id IN (SELECT id FROM (${lockedSql(IMPORT_LOCK)}) AS held)`

interface Row extends Unfinished {
  id: number
  size: string
}

/**
 * Claims the oldest import that may run now, see Lanes, until it is released or the connection ends, so that what a killed worker left is
 * free at once. Null where there is none, `busy` where another worker is looking at this moment: nobody waits for the lock of the other.
 */
export async function claimImport(
  _job: JobAccess,
  client: PoolClient,
  options: ClaimOptions = {},
): Promise<Claimed | 'busy' | null> {
  // Sent together: the last statement sees what the one who had the lock before has left.
  const [, mutex, running] = await several(
    client,
    `BEGIN; SELECT pg_try_advisory_xact_lock(${MUTEX}) AS mine; ${RUNNING}`,
  )
  let found: Row | null = null
  try {
    if (mutex?.rows[0]?.mine !== true) return 'busy'
    found = await findFree(client, new Lanes(z.array(z.object({ accounts: Accounts })).parse(running?.rows)), options)
  } finally {
    // Keeps the lock of the import, which is the connection's.
    await client.query(found ? `SELECT pg_try_advisory_lock(${IMPORT_LOCK}, ${found.id}); COMMIT` : 'COMMIT')
  }
  return found && { id: found.id, sizeBytes: Number(found.size) }
}

/** Looks at the unfinished imports in order, a page at a time: mostly one of the first may run. */
async function findFree(client: PoolClient, lanes: Lanes, { only, small = false }: ClaimOptions): Promise<Row | null> {
  const isWanted = ({ id, size, aside }: Row) =>
    only === undefined ? !aside && (!small || Number(size) <= SMALL_REPORT_BYTES) : id === only
  for (let after = 0; ; ) {
    const { rows } = await client.query<Row>({
      name: 'unfinished-imports',
      text: `WITH running AS MATERIALIZED (${lockedSql(IMPORT_LOCK)})
             SELECT i.id, i.size_bytes AS size, ${laneSql('i')} AS accounts, i.id IN (SELECT id FROM running) AS runs,
               coalesce(i.waits_for, '') = 'error' AND i.retry_at > $1 AS aside
             FROM import i WHERE i.state IN ('queued', 'running') AND i.id > $2 ORDER BY i.id LIMIT ${PAGE}`,
      values: [now(), after],
    })
    const free = rows.find(row => lanes.take(row, isWanted(row)))
    if (free) return free
    const last = rows.at(-1)
    if (!last || rows.length < PAGE || lanes.full) return null
    after = last.id
  }
}

/** Results of statements without parameters that are sent together. */
async function several(client: PoolClient, text: string): Promise<QueryResult<Record<string, unknown>>[]> {
  return [await client.query<Record<string, unknown>>(text)].flat()
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
