import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'

/** Statements as columns, of the same length each. Ids are 32 hexadecimal digits; times are milliseconds since 1970, NaN for none. */
export interface StatementColumns {
  accountIds: string[]
  sightingIds: string[]
  findingIds: string[]
  contentHashes: bigint[]
  updatedAt: number[]
}

/**
 * The positions of those statements that are stored just so: same content and finding, present, from a sender who may close, and neither
 * the report nor the record is older than what is stored.
 */
export async function unchangedStatements(
  _job: JobAccess,
  client: PoolClient,
  { accountIds, sightingIds, findingIds, contentHashes, updatedAt }: StatementColumns,
  observedAt: Date,
): Promise<number[]> {
  const { rows } = await client.query<{ numbers: number[] | null }>({
    name: 'unchanged-statements',
    text: `SELECT array_agg(k.n::int - 1) AS numbers
           FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], $5::float8[])
             WITH ORDINALITY AS k(account_id, id, finding_id, content_hash, updated_at, n)
           JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id
           WHERE s.content_hash = k.content_hash AND s.finding_id = k.finding_id AND s.present AND NOT s.unproven AND NOT s.by_record
             AND s.observed_at <= $6
             AND (s.record_updated_at IS NULL OR k.updated_at = 'NaN' OR s.record_updated_at <= to_timestamp(k.updated_at / 1000))`,
    values: [accountIds, sightingIds, findingIds, contentHashes, updatedAt, observedAt],
  })
  return rows[0]?.numbers ?? []
}
