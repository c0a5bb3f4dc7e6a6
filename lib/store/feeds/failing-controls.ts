import 'server-only'
import type { JobAccess } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

export interface FeedControl {
  accountId: string
  source: string
  product: string
  control: string
}

/**
 * The number of present sightings that fail for each control, in the order of `controls`. The caller holds the locks of
 * the accounts.
 */
export async function failingCounts(_job: JobAccess, tx: Tx, controls: readonly FeedControl[]): Promise<number[]> {
  if (controls.length === 0) return []
  const rows = await runIn<{ failed: number }>(
    tx,
    sql`SELECT coalesce(c.failed, 0) AS failed
      FROM unnest(${controls.map(each => each.accountId)}::text[], ${controls.map(each => each.source)}::text[],
        ${controls.map(each => each.product)}::text[], ${controls.map(each => each.control)}::text[])
        WITH ORDINALITY AS k(account_id, source, product, control, n)
      LEFT JOIN control_result c USING (account_id, source, product, control) ORDER BY k.n`,
  )
  return rows.map(row => row.failed)
}
