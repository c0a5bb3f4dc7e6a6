import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { type RowKey, splitKey } from '../../domain/identity/keys'

/**
 * What people took apart again in accounts, null for all: by the identity of a statement as its source names it, the finding that
 * it stays in. Ids are 32 hexadecimal digits.
 */
export async function findingSplits(
  _job: JobAccess,
  accountIds: readonly string[] | null = null,
): Promise<ReadonlyMap<RowKey<'finding_split'>, string>> {
  const { rows } = await pool().query<{ accountId: string; ownId: string; finding: string }>(
    `SELECT account_id AS "accountId", replace(own_id::text, '-', '') AS "ownId", replace(finding_id::text, '-', '') AS finding FROM finding_split
     WHERE $1::text[] IS NULL OR account_id = ANY($1)`,
    [accountIds],
  )
  return new Map(rows.map(row => [splitKey(row.accountId, row.ownId), row.finding]))
}
