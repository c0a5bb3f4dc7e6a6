import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'

/** A report that is dated further ahead is refused, see decision 27. */
const SLACK = '5 minutes'

const pulled = (column: string) =>
  `ARRAY(SELECT DISTINCT least(c, $1::timestamptz) AS c FROM unnest(${column}) AS c ORDER BY c)`

/**
 * Dates what feeds of accounts (null for all) told while the clock was ahead to just before `arrivedAt`: it lies in the future now, so that every report until then
 * would count as older. Returns how many feeds there were. A clock that is behind changes nothing where the database's is right.
 */
export async function pullBackFutureTimes(
  _job: JobAccess,
  arrivedAt: Date,
  accountIds: readonly string[] | null,
): Promise<number> {
  const before = new Date(arrivedAt.getTime() - 1)
  return transaction(async client => {
    const { rows } = await client.query<{ accounts: string[] | null; sources: string[]; products: string[] }>(
      `SELECT array_agg(account_id) AS accounts, array_agg(source) AS sources, array_agg(product) AS products
       FROM (SELECT account_id, source, product FROM feed
         WHERE last_at > greatest($1::timestamptz, clock_timestamp()) + interval '${SLACK}' AND last_at > $2 AND ($3::text[] IS NULL OR account_id = ANY($3))
         ORDER BY 1, 2, 3 FOR UPDATE) AS ahead`,
      [now(), arrivedAt, accountIds],
    )
    const { accounts, sources, products } = rows[0] ?? { accounts: null, sources: [], products: [] }
    if (!accounts) return 0
    const keys = [before, accounts, sources, products]
    const ahead = `unnest($2::text[], $3::text[], $4::text[]) AS k(account_id, source, product)
      WHERE t.account_id = k.account_id AND t.source = k.source AND t.product = k.product`
    await client.query(
      `UPDATE feed t SET first_at = least(t.first_at, $1), last_at = $1, last_complete_at = least(t.last_complete_at, $1),
         silent_after = $1 + (t.silent_after - t.last_at), heard_at = ${pulled('t.heard_at')}, complete_at = ${pulled('t.complete_at')}
       FROM ${ahead}`,
      keys,
    )
    await client.query(`UPDATE feed_control t SET complete_at = ${pulled('t.complete_at')} FROM ${ahead}`, keys)
    await client.query(
      `UPDATE sighting t SET observed_at = least(t.observed_at, $1), first_observed_at = least(t.first_observed_at, $1),
         record_updated_at = least(t.record_updated_at, $1), gone_at = least(t.gone_at, $1)
       FROM ${ahead} AND (t.observed_at > $1 OR t.gone_at > $1)`,
      keys,
    )
    return accounts.length
  })
}
