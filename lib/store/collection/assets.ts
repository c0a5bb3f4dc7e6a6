import 'server-only'
import { hash } from 'node:crypto'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import type { CoverageLine, InventoryLine } from '../../domain/collection/lines'
import { writtenPairs } from '../../domain/collection/resources/written-types'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/** A report as the rows that it writes name it. */
export interface ReportStamp {
  importId: number
  observedAt: Date
}

/** A hash of what people see of a resource. Its data must always have the same order. */
function contentHash({ name, data }: InventoryLine): bigint {
  return BigInt.asIntN(64, BigInt(`0x${hash('sha256', JSON.stringify([name, data]), 'hex').slice(0, 16)}`))
}

/**
 * Writes resources of one collector that are new or changed. Those of another collector stay, unless it does not write
 * their type.
 */
export async function saveAssets(
  _job: JobAccess,
  tx: Tx,
  { importId, observedAt }: ReportStamp,
  collector: string,
  assets: readonly (InventoryLine & { id: string })[],
): Promise<void> {
  if (assets.length === 0) return
  const column = <T>(of: (asset: (typeof assets)[number]) => T) => assets.map(of)
  await executeIn(
    tx,
    sql`INSERT INTO asset AS a (account_id, id, collector, region, type, arn, name, data, content_hash, first_seen_at, changed_at, import_id)
      SELECT n.account_id, n.id::uuid, ${collector}, n.region, n.type, n.arn, n.name, n.data::jsonb, n.hash::bigint,
        ${observedAt}::timestamptz, ${observedAt}::timestamptz, ${importId}::int
      FROM unnest(${column(a => a.account)}::text[], ${column(a => a.id)}::text[], ${column(a => a.region)}::text[],
        ${column(a => a.type)}::text[], ${column(a => a.arn)}::text[], ${column(a => a.name)}::text[],
        ${column(a => JSON.stringify(a.data))}::text[], ${column(a => String(contentHash(a)))}::text[])
        AS n(account_id, id, region, type, arn, name, data, hash)
      ORDER BY n.account_id, n.id
      ON CONFLICT (account_id, id) DO UPDATE SET collector = excluded.collector, name = excluded.name, data = excluded.data,
        content_hash = excluded.content_hash, changed_at = excluded.changed_at, import_id = excluded.import_id
      WHERE CASE WHEN a.collector = excluded.collector THEN a.content_hash <> excluded.content_hash
        ELSE a.collector || ' ' || a.type <> ALL(${[...writtenPairs]}::text[]) END`,
    'save-assets',
  )
}

/** The cells of these accounts and this collector that a newer report than `observedAt` has read. */
export async function newerCells(
  _job: JobAccess,
  tx: Tx,
  { observedAt }: ReportStamp,
  collector: string,
  accounts: readonly string[],
): Promise<{ account: string; region: string }[]> {
  return runIn(
    tx,
    sql`SELECT account_id AS account, region FROM coverage
      WHERE account_id = ANY(${accounts}::text[]) AND collector = ${collector} AND read_at > ${observedAt}`,
  )
}

interface AssetPlace {
  account: string
  collector: string
  regions: readonly string[] | null
  kept: readonly string[]
}

/** The ids of a cell's resources, in pages behind `after`, without those of `kept` types. Without a Region, those of all its cells. */
export async function assetIds(
  _job: JobAccess,
  tx: Tx,
  { account, collector, regions, kept }: AssetPlace,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await runIn<{ id: string }>(
    tx,
    sql`SELECT id::text AS id FROM asset WHERE account_id = ${account} AND collector = ${collector}
        AND (${regions}::text[] IS NULL OR region = ANY(${regions}::text[])) AND type <> ALL(${kept}::text[])
        AND id > ${after}::uuid
      ORDER BY id LIMIT ${limit}`,
  )
  return rows.map(({ id }) => id)
}

/** Deletes resources that are gone. */
export async function dropAssets(_job: JobAccess, tx: Tx, account: string, ids: readonly string[]): Promise<void> {
  await executeIn(tx, sql`DELETE FROM asset WHERE account_id = ${account} AND id = ANY(${ids}::uuid[])`)
}

/** Stores the states of cells, unless a newer report has read them. */
export async function saveCells(
  _job: JobAccess,
  tx: Tx,
  { importId, observedAt }: ReportStamp,
  cells: readonly CoverageLine[],
): Promise<void> {
  if (cells.length === 0) return
  const column = <T>(of: (cell: CoverageLine) => T) => cells.map(of)
  await executeIn(
    tx,
    sql`INSERT INTO coverage AS c (account_id, region, collector, state, complete, records, action, message, read_at, ok_at,
        complete_at, since, import_id)
      SELECT DISTINCT ON (n.account_id, n.collector, n.region) n.account_id, n.region, n.collector, n.state, n.complete, n.records,
        n.action, n.message, ${observedAt}::timestamptz, CASE WHEN n.state = 'ok' THEN ${observedAt}::timestamptz END,
        CASE WHEN n.state = 'ok' AND n.complete THEN ${observedAt}::timestamptz END, ${observedAt}::timestamptz, ${importId}::int
      FROM unnest(${column(c => c.account)}::text[], ${column(c => c.region)}::text[], ${column(c => c.collector)}::text[],
        ${column(c => c.state)}::text[], ${column(c => c.complete)}::boolean[], ${column(c => c.records)}::int[],
        ${column(c => c.action ?? null)}::text[], ${column(c => c.message ?? null)}::text[])
        AS n(account_id, region, collector, state, complete, records, action, message)
      ORDER BY n.account_id, n.collector, n.region
      ON CONFLICT (account_id, collector, region) DO UPDATE SET state = excluded.state, complete = excluded.complete,
        records = CASE WHEN excluded.complete OR excluded.state <> 'ok' THEN excluded.records ELSE c.records END,
        action = excluded.action, message = excluded.message, read_at = excluded.read_at,
        ok_at = coalesce(excluded.ok_at, c.ok_at), complete_at = coalesce(excluded.complete_at, c.complete_at),
        since = CASE WHEN excluded.state = c.state THEN c.since ELSE excluded.since END, import_id = excluded.import_id
      WHERE c.read_at <= excluded.read_at`,
  )
  await noteViews(tx, observedAt, cells)
}

/** Says in whose view cells are read, whoever read them last; where the view failed, the account is read itself again. */
async function noteViews(tx: Tx, at: Date, cells: readonly CoverageLine[]): Promise<void> {
  const viewed = cells.filter(({ via }) => via)
  if (viewed.length === 0) return
  const column = <T>(of: (cell: CoverageLine) => T) => viewed.map(of)
  await executeIn(
    tx,
    sql`UPDATE coverage c SET via = CASE WHEN n.state = 'ok' THEN n.via END, via_at = CASE WHEN n.state = 'ok' THEN ${at}::timestamptz END
      FROM unnest(${column(v => v.account)}::text[], ${column(v => v.region)}::text[], ${column(v => v.collector)}::text[],
        ${column(v => v.state)}::text[], ${column(v => v.via ?? null)}::text[]) AS n(account_id, region, collector, state, via)
      WHERE c.account_id = n.account_id AND c.region = n.region AND c.collector = n.collector
        AND (c.via_at IS NULL OR c.via_at <= ${at}::timestamptz)`,
  )
}

/** A cell as it was last read, and when as a whole. */
export interface ReadCell {
  account: string
  region: string
  via: string | null
  viaAt: Date | null
  okAt: Date | null
  completeAt: Date | null
}

/** The cells of a collector in accounts as they were last read. */
export async function readSince(_job: JobAccess, accounts: readonly string[], collector: string): Promise<ReadCell[]> {
  return runIn(
    pool(),
    sql`SELECT account_id AS account, region, via, via_at AS "viaAt", ok_at AS "okAt", complete_at AS "completeAt" FROM coverage
      WHERE account_id = ANY(${accounts}::text[]) AND collector = ${collector}`,
  )
}

/**
 * Whether an account may administer services for others: as the account of a connection, or as a delegated administrator. What somebody
 * uploaded makes none.
 */
export async function isAdministrator(_job: JobAccess, account: string): Promise<boolean> {
  const [found] = await runIn<{ is: boolean }>(
    pool(),
    sql`SELECT EXISTS (SELECT FROM connection WHERE account_id = ${account} AND kind = 'organization') OR EXISTS (
        SELECT FROM connection c JOIN asset a ON a.account_id = c.account_id AND a.type = 'AWS::Organizations::DelegatedAdministrator'
            AND a.collector = 'organization'
          JOIN import w ON w.id = a.import_id
          LEFT JOIN coverage v ON v.account_id = a.account_id AND v.collector = a.collector AND v.region = a.region
            AND v.state = 'ok' AND v.complete
          LEFT JOIN import r ON r.id = v.import_id
        WHERE c.kind = 'organization' AND a.data->>'account' = ${account} AND 'collector' IN (w.origin, r.origin)) AS is`,
  )
  return found?.is ?? false
}
