import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'

const { raw, sql } = Prisma

/** A report with a time further ahead is refused, see decision 27. */
const SLACK = '5 minutes'

/**
 * Moves times of feeds of accounts (null for all) that were recorded while the clock was ahead to just before
 * `arrivedAt`, since every later report would count as older than they are. Returns the number of feeds. A clock that
 * is behind changes nothing while the database's clock is right.
 */
export async function pullBackFutureTimes(
  _job: JobAccess,
  arrivedAt: Date,
  accountIds: readonly string[] | null,
): Promise<number> {
  const at = sql`${new Date(arrivedAt.getTime() - 1)}::timestamptz`
  const movedBack = (column: string) =>
    sql`ARRAY(SELECT DISTINCT least(c, ${at}) AS c FROM unnest(${raw(column)}) AS c ORDER BY c)`
  return transaction(async tx => {
    const [feeds] = await runIn<{ accounts: string[] | null; sources: string[]; products: string[] }>(
      tx,
      sql`SELECT array_agg(account_id) AS accounts, array_agg(source) AS sources, array_agg(product) AS products
        FROM (SELECT account_id, source, product FROM feed
          WHERE last_at > greatest(${now()}::timestamptz, clock_timestamp()) + ${SLACK}::interval AND last_at > ${arrivedAt}
            AND (${accountIds}::text[] IS NULL OR account_id = ANY(${accountIds}::text[]))
          ORDER BY 1, 2, 3 FOR UPDATE) AS ahead`,
    )
    if (!feeds?.accounts) return 0
    const ahead = sql`unnest(${feeds.accounts}::text[], ${feeds.sources}::text[], ${feeds.products}::text[]) AS k(account_id, source, product)
      WHERE t.account_id = k.account_id AND t.source = k.source AND t.product = k.product`
    await executeIn(
      tx,
      sql`UPDATE feed t SET first_at = least(t.first_at, ${at}), last_at = ${at}, last_complete_at = least(t.last_complete_at, ${at}),
          silent_after = ${at} + (t.silent_after - t.last_at), heard_at = ${movedBack('t.heard_at')}, complete_at = ${movedBack('t.complete_at')}
        FROM ${ahead}`,
    )
    await executeIn(tx, sql`UPDATE feed_control t SET complete_at = ${movedBack('t.complete_at')} FROM ${ahead}`)
    await executeIn(
      tx,
      sql`UPDATE sighting t SET observed_at = least(t.observed_at, ${at}), first_observed_at = least(t.first_observed_at, ${at}),
          record_updated_at = least(t.record_updated_at, ${at}), gone_at = least(t.gone_at, ${at})
        FROM ${ahead} AND (t.observed_at > ${at} OR t.gone_at > ${at})`,
    )
    return feeds.accounts.length
  })
}
