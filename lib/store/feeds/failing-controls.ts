import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'

export interface FeedControl {
  accountId: string
  source: string
  product: string
  control: string
}

/** How many present sightings of each control fail, in the order asked. The caller holds the locks of the accounts. */
export async function failingCounts(
  _job: JobAccess,
  client: PoolClient,
  asked: readonly FeedControl[],
): Promise<number[]> {
  if (asked.length === 0) return []
  const { rows } = await client.query<{ failed: number }>(
    `SELECT coalesce(c.failed, 0) AS failed
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS k(account_id, source, product, control, n)
     LEFT JOIN control_result c USING (account_id, source, product, control) ORDER BY k.n`,
    [
      asked.map(each => each.accountId),
      asked.map(each => each.source),
      asked.map(each => each.product),
      asked.map(each => each.control),
    ],
  )
  return rows.map(row => row.failed)
}
