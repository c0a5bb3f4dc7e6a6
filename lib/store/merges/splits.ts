import 'server-only'
import type { JobAccess } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'

const { sql } = Prisma

/**
 * Findings that people unmerged in accounts (null for all): the finding of a statement by `account/identity`, with the
 * identity that its source gives it. Ids are 32 hexadecimal digits.
 */
export async function findingSplits(
  _job: JobAccess,
  accountIds: readonly string[] | null = null,
): Promise<ReadonlyMap<string, string>> {
  const rows = await readPrimary<{ key: string; finding: string }>(sql`
    SELECT account_id || '/' || replace(own_id::text, '-', '') AS key, replace(finding_id::text, '-', '') AS finding FROM finding_split
    WHERE ${accountIds}::text[] IS NULL OR account_id = ANY(${accountIds}::text[])`)
  return new Map(rows.map(row => [row.key, row.finding]))
}
