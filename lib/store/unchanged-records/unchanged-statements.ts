import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { binaryArray } from '../../sql/binary-array'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

/** The offsets of the parts of a statement, and their size: 16 bytes of sighting id, 16 of finding id, 8 of content hash. */
export const STATEMENT = { sightingId: 0, findingId: 16, contentHash: 32, size: 40 } as const

/** Statements as columns of `length` rows. */
export interface StatementColumns {
  length: number
  accountOf: (row: number) => string
  /** The bytes of all statements, see STATEMENT. */
  entries: Buffer
  /** Milliseconds since 1970, NaN for none. */
  updatedAt: Float64Array
}

/**
 * The positions within `rows` of the statements that are not stored unchanged: with the same content and finding, present,
 * from a sender who may close findings, and with a time that is not newer than the report and the record. Needs the plain
 * client, which sends arrays as bytes.
 */
export async function changedStatements(
  _job: JobAccess,
  client: PoolClient,
  { accountOf, entries, updatedAt }: StatementColumns,
  rows: Uint32Array,
  observedAt: Date,
): Promise<number[]> {
  const accounts = binaryArray('account', rows.length, (target, at, position) => {
    target.write(accountOf(rows[position] ?? 0), at, 'latin1')
  })
  const column = (type: 'uuid' | 'bigint', from: number) =>
    binaryArray(type, rows.length, (target, at, position) => {
      const start = (rows[position] ?? 0) * STATEMENT.size + from
      entries.copy(target, at, start, start + (type === 'uuid' ? 16 : 8))
    })
  const times = binaryArray('double', rows.length, (target, at, position) => {
    target.writeDoubleBE(updatedAt[rows[position] ?? 0] ?? Number.NaN, at)
  })
  const changed = await runIn<{ position: number }>(
    client,
    sql`SELECT k.n::int - 1 AS position
      FROM unnest(${accounts}::text[], ${column('uuid', STATEMENT.sightingId)}::uuid[], ${column('uuid', STATEMENT.findingId)}::uuid[],
          ${column('bigint', STATEMENT.contentHash)}::bigint[], ${times}::float8[])
        WITH ORDINALITY AS k(account_id, id, finding_id, content_hash, updated_at, n)
      LEFT JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id
        AND s.content_hash = k.content_hash AND s.finding_id = k.finding_id
        AND s.present AND NOT s.unproven AND NOT s.by_record AND s.observed_at <= ${observedAt}
        AND (s.record_updated_at IS NULL OR k.updated_at = 'NaN' OR s.record_updated_at <= to_timestamp(k.updated_at / 1000))
      WHERE s.id IS NULL`,
    'changed-statements',
  )
  return changed.map(row => row.position)
}
