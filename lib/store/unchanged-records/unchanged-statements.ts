import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { binaryArray } from '../../sql/binary-array'

/** What a statement says, in bytes: 16 of the sighting id, 16 of the finding id, 8 of the hash of its content. */
export const STATEMENT = { sightingId: 0, findingId: 16, contentHash: 32, size: 40 } as const

/** Statements as columns of `length` rows. */
export interface StatementColumns {
  length: number
  accountOf: (row: number) => string
  /** The bytes of all of them, see STATEMENT. */
  entries: Buffer
  /** Milliseconds since 1970, NaN for none. */
  updatedAt: Float64Array
}

/**
 * The positions within `rows` of those statements that are not stored just so: same content and finding, present, from a sender who may
 * close, and neither the report nor the record older than what is stored.
 */
export async function changedStatements(
  _job: JobAccess,
  client: PoolClient,
  { accountOf, entries, updatedAt }: StatementColumns,
  rows: Uint32Array,
  observedAt: Date,
): Promise<number[]> {
  const column = (type: 'uuid' | 'bigint', from: number) =>
    binaryArray(type, rows.length, (target, at, position) => {
      const start = (rows[position] ?? 0) * STATEMENT.size + from
      entries.copy(target, at, start, start + (type === 'uuid' ? 16 : 8))
    })
  const result = await client.query<{ position: number }>({
    name: 'changed-statements',
    text: `SELECT k.n::int - 1 AS position
           FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], $5::float8[])
             WITH ORDINALITY AS k(account_id, id, finding_id, content_hash, updated_at, n)
           LEFT JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id
             AND s.content_hash = k.content_hash AND s.finding_id = k.finding_id
             AND s.present AND NOT s.unproven AND NOT s.by_record AND s.observed_at <= $6
             AND (s.record_updated_at IS NULL OR k.updated_at = 'NaN' OR s.record_updated_at <= to_timestamp(k.updated_at / 1000))
           WHERE s.id IS NULL`,
    values: [
      binaryArray('account', rows.length, (target, at, position) => {
        target.write(accountOf(rows[position] ?? 0), at, 'latin1')
      }),
      column('uuid', STATEMENT.sightingId),
      column('uuid', STATEMENT.findingId),
      column('bigint', STATEMENT.contentHash),
      binaryArray('double', rows.length, (target, at, position) => {
        target.writeDoubleBE(updatedAt[rows[position] ?? 0] ?? Number.NaN, at)
      }),
      observedAt,
    ],
  })
  return result.rows.map(row => row.position)
}
