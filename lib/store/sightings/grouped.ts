import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import type { FindingClass, SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { findingOf } from '../../sql/findings/fences'
import { readPrimary } from '../../sql/read'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { raw, sql } = Prisma

/**
 * A sighting with its finding and the names that its source uses. Ids are 32 hexadecimal digits, as in all of this
 * file.
 */
export interface GroupedSighting {
  id: string
  findingId: string
  class: FindingClass
  source: SourceId
  control: string
  region: string
  resourceId: string
  packageName: string
}

/** A sighting with all that its own identity depends on, and the time of its first observation. */
export interface IdentifiedSighting extends GroupedSighting {
  product: string
  nativeId: string
  byRecord: boolean
  resourceType: string
  observedAt: Date
  firstObservedAt: Date | null
  importId: number
  rawOffset: string
}

const identified = sql`replace(s.id::text, '-', '') AS id, replace(s.finding_id::text, '-', '') AS "findingId", s.class, s.source,
  coalesce(s.own_control, s.control) AS control, coalesce(s.region, f.region) AS region,
  coalesce(s.resource_id, f.resource_id) AS "resourceId", coalesce(s.package_name, f.package_name) AS "packageName",
  s.product, s.native_id AS "nativeId", s.by_record AS "byRecord", s.resource_type AS "resourceType", s.observed_at AS "observedAt",
  s.first_observed_at AS "firstObservedAt", s.import_id AS "importId", s.raw_offset::text AS "rawOffset"`

/** Those of the given sightings that belong to a finding. The caller has locked their accounts. */
export async function groupedById(
  _access: JobAccess,
  tx: Tx,
  keys: readonly { accountId: string; id: string }[],
): Promise<(IdentifiedSighting & { accountId: string })[]> {
  if (keys.length === 0) return []
  return runIn<IdentifiedSighting & { accountId: string }>(
    tx,
    sql`SELECT s.account_id AS "accountId", ${identified}
      FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.id)}::uuid[]) AS k(account_id, id)
      JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id
      CROSS JOIN LATERAL ${raw(findingOf('s'))} f`,
    'grouped-by-id',
  )
}

/** The other present sightings of a finding from the feed of one of them. The caller has locked the account. */
export async function presentBeside(
  _access: JobAccess,
  tx: Tx,
  accountId: string,
  { id, findingId, source, product }: Pick<IdentifiedSighting, 'id' | 'findingId' | 'source' | 'product'>,
): Promise<IdentifiedSighting[]> {
  // Fenced by OFFSET 0 as in lib/sql/findings/fences.ts.
  return runIn<IdentifiedSighting>(
    tx,
    sql`SELECT ${identified}
      FROM (SELECT * FROM sighting WHERE account_id = ${accountId} AND finding_id = ${findingId} OFFSET 0) s
      CROSS JOIN LATERAL ${raw(findingOf('s'))} f
      WHERE s.present AND s.source = ${source} AND s.product = ${product} AND s.id <> ${id}`,
    'present-beside',
  )
}

/** One page of an account's sightings that belong to a finding, in the order of their ids. */
export async function groupedSightings(
  _access: JobAccess,
  tx: Tx,
  accountId: string,
  after: string,
  limit: number,
): Promise<IdentifiedSighting[]> {
  return runIn<IdentifiedSighting>(
    tx,
    sql`SELECT ${identified}
      FROM sighting s CROSS JOIN LATERAL ${raw(findingOf('s'))} f
      WHERE s.account_id = ${accountId} AND s.id > ${after} ORDER BY s.id LIMIT ${limit}`,
    'grouped-sightings',
  )
}

/**
 * Gives sightings the ids of the present rules. If another sighting has the id, the one that was observed last stays.
 * The caller has locked the account.
 */
export async function renameSightings(
  _access: JobAccess,
  tx: Tx,
  accountId: string,
  renames: readonly { id: string; to: string; observedAt: Date }[],
): Promise<void> {
  for (const { id, to, observedAt } of renames) {
    await executeIn(
      tx,
      sql`DELETE FROM sighting WHERE account_id = ${accountId} AND id = ${to} AND observed_at < ${observedAt}`,
    )
    const newer = await runIn(tx, sql`SELECT id FROM sighting WHERE account_id = ${accountId} AND id = ${to}`)
    if (newer.length > 0) await executeIn(tx, sql`DELETE FROM sighting WHERE account_id = ${accountId} AND id = ${id}`)
    else await executeIn(tx, sql`UPDATE sighting SET id = ${to} WHERE account_id = ${accountId} AND id = ${id}`)
    await executeIn(
      tx,
      sql`UPDATE finding_merge SET sightings = array_replace(sightings, ${id}::uuid, ${to}::uuid)
        WHERE account_id = ${accountId} AND ${id}::uuid = ANY(sightings)`,
    )
  }
}

/** Accounts that have findings. */
export async function accountsWithFindings(_access: JobAccess): Promise<string[]> {
  const rows = await readPrimary<{ id: string }>(sql`SELECT DISTINCT account_id AS id FROM finding ORDER BY 1`)
  return rows.map(row => row.id)
}

const GROUPED_BY = 'equivalence'

/** The digest of the table by which findings were last grouped; null before the first time. */
export async function groupedBy(_access: JobAccess): Promise<string | null> {
  const rows = await readPrimary<{ digest: string }>(
    sql`SELECT value #>> '{}' AS digest FROM setting WHERE key = ${GROUPED_BY}`,
  )
  return rows[0]?.digest ?? null
}

export async function noteGroupedBy(_access: JobAccess, digest: string): Promise<void> {
  await executeIn(
    pool(),
    sql`INSERT INTO setting (key, value) VALUES (${GROUPED_BY}, to_jsonb(${digest}::text))
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )
}
