import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import type { FindingClass, SourceId } from '../../domain/imports/outcome'
import { findingOf, sightingsOf } from '../../sql/findings/fences'

/** A sighting, where it stands, and what its source calls it. Ids are 32 hexadecimal digits, as in all of this file. */
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

/** The same with all that its own identity follows from, and when it was first observed. */
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

const IDENTIFIED = `replace(s.id::text, '-', '') AS id, replace(s.finding_id::text, '-', '') AS "findingId", s.class, s.source, coalesce(s.own_control, s.control) AS control, coalesce(s.region, f.region) AS region,
  coalesce(s.resource_id, f.resource_id) AS "resourceId", coalesce(s.package_name, f.package_name) AS "packageName",
  s.product, s.native_id AS "nativeId", s.by_record AS "byRecord", s.resource_type AS "resourceType", s.observed_at AS "observedAt",
  s.first_observed_at AS "firstObservedAt", s.import_id AS "importId", s.raw_offset::text AS "rawOffset"`

/** The given sightings, those that belong to a finding. The caller holds their accounts. */
export async function groupedById(
  _access: JobAccess,
  client: PoolClient,
  keys: readonly { accountId: string; id: string }[],
): Promise<(IdentifiedSighting & { accountId: string })[]> {
  if (keys.length === 0) return []
  const { rows } = await client.query<IdentifiedSighting & { accountId: string }>({
    name: 'grouped-by-id',
    text: `SELECT s.account_id AS "accountId", ${IDENTIFIED}
           FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id) JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id
           CROSS JOIN LATERAL ${findingOf('s')} f`,
    values: [keys.map(key => key.accountId), keys.map(key => key.id)],
  })
  return rows
}

/** Present sightings of a finding by the feed of one of them, without that one. The caller holds the account. */
export async function presentBeside(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  { id, findingId, source, product }: Pick<IdentifiedSighting, 'id' | 'findingId' | 'source' | 'product'>,
): Promise<IdentifiedSighting[]> {
  const { rows } = await client.query<IdentifiedSighting>({
    name: 'present-beside',
    text: `SELECT ${IDENTIFIED} FROM ${sightingsOf('$1', '$2')} s CROSS JOIN LATERAL ${findingOf('s')} f
           WHERE s.present AND s.source = $3 AND s.product = $4 AND s.id <> $5`,
    values: [accountId, findingId, source, product, id],
  })
  return rows
}

/** One page of an account's sightings that belong to a finding, in the order of their ids. */
export async function groupedSightings(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  after: string,
  limit: number,
): Promise<IdentifiedSighting[]> {
  const { rows } = await client.query<IdentifiedSighting>({
    name: 'grouped-sightings',
    text: `SELECT ${IDENTIFIED}
           FROM sighting s CROSS JOIN LATERAL ${findingOf('s')} f
           WHERE s.account_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3`,
    values: [accountId, after, limit],
  })
  return rows
}

/**
 * Gives sightings the ids that they have by the present rules. Where another one has that id, the one that was observed last stays. The
 * caller holds the lock of the account.
 */
export async function renameSightings(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  renames: readonly { id: string; to: string; observedAt: Date }[],
): Promise<void> {
  for (const { id, to, observedAt } of renames) {
    const { rowCount } = await client.query(
      'DELETE FROM sighting WHERE account_id = $1 AND id = $2 AND observed_at < $3',
      [accountId, to, observedAt],
    )
    const { rows } = rowCount
      ? { rows: [] }
      : await client.query('SELECT FROM sighting WHERE account_id = $1 AND id = $2', [accountId, to])
    if (rows.length > 0) await client.query('DELETE FROM sighting WHERE account_id = $1 AND id = $2', [accountId, id])
    else await client.query('UPDATE sighting SET id = $3 WHERE account_id = $1 AND id = $2', [accountId, id, to])
    await client.query(
      'UPDATE finding_merge SET sightings = array_replace(sightings, $2::uuid, $3::uuid) WHERE account_id = $1 AND $2::uuid = ANY(sightings)',
      [accountId, id, to],
    )
  }
}

/** Accounts that have findings. */
export async function accountsWithFindings(_access: JobAccess): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>('SELECT DISTINCT account_id AS id FROM finding ORDER BY 1')
  return rows.map(row => row.id)
}

const GROUPED_BY = 'equivalence'

/** The digest of the table that findings were last grouped by; null before the first time. */
export async function groupedBy(_access: JobAccess): Promise<string | null> {
  const { rows } = await pool().query<{ digest: string }>(
    `SELECT value #>> '{}' AS digest FROM setting WHERE key = $1`,
    [GROUPED_BY],
  )
  return rows[0]?.digest ?? null
}

export async function noteGroupedBy(_access: JobAccess, digest: string): Promise<void> {
  await pool().query(
    `INSERT INTO setting (key, value) VALUES ($1, to_jsonb($2::text)) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [GROUPED_BY, digest],
  )
}
