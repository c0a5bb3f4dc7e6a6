import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'

/**
 * What people took apart again: by `account/identity` of a statement as its source names it, the finding that it stays in. Ids
 * are 32 hexadecimal digits.
 */
export async function findingSplits(_job: JobAccess): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool().query<{ key: string; finding: string }>(
    `SELECT account_id || '/' || replace(own_id::text, '-', '') AS key, replace(finding_id::text, '-', '') AS finding FROM finding_split`,
  )
  return new Map(rows.map(row => [row.key, row.finding]))
}
