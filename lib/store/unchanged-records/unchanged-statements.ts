import 'server-only'
import type { JobAccess } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Statements as columns of equal length. Ids are 32 hexadecimal digits; times are milliseconds since 1970, NaN for
 * none.
 */
export interface StatementColumns {
  accountIds: string[]
  sightingIds: string[]
  findingIds: string[]
  contentHashes: bigint[]
  updatedAt: number[]
}

/**
 * The positions of the statements that are stored unchanged: same content and finding, present, from a sender who may
 * close findings, and stored with a time that is not newer than the report and the record.
 */
export async function unchangedStatements(
  _job: JobAccess,
  tx: Tx,
  { accountIds, sightingIds, findingIds, contentHashes, updatedAt }: StatementColumns,
  observedAt: Date,
): Promise<number[]> {
  const rows = await runIn<{ numbers: number[] | null }>(
    tx,
    sql`SELECT array_agg(k.n::int - 1) AS numbers
      FROM unnest(${accountIds}::text[], ${sightingIds}::uuid[], ${findingIds}::uuid[], ${contentHashes}::bigint[], ${updatedAt}::float8[])
        WITH ORDINALITY AS k(account_id, id, finding_id, content_hash, updated_at, n)
      JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id
      WHERE s.content_hash = k.content_hash AND s.finding_id = k.finding_id AND s.present AND NOT s.unproven AND NOT s.by_record
        AND s.observed_at <= ${observedAt}
        AND (s.record_updated_at IS NULL OR k.updated_at = 'NaN' OR s.record_updated_at <= to_timestamp(k.updated_at / 1000))`,
    'unchanged-statements',
  )
  return rows[0]?.numbers ?? []
}
