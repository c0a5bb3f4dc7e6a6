import 'server-only'
import type { JobAccess } from '../../access/proof'
import { type RowKey, splitKey } from '../../domain/identity/keys'
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
): Promise<ReadonlyMap<RowKey<'finding_split'>, string>> {
  const rows = await readPrimary<{ accountId: string; ownId: string; finding: string }>(sql`
    SELECT account_id AS "accountId", replace(own_id::text, '-', '') AS "ownId", replace(finding_id::text, '-', '') AS finding FROM finding_split
    WHERE ${accountIds}::text[] IS NULL OR account_id = ANY(${accountIds}::text[])`)
  return new Map(rows.map(row => [splitKey(row.accountId, row.ownId), row.finding]))
}
