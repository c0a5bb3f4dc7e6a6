import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { raw, sql } = Prisma

/** A report with a time further ahead is refused, see decision 27. */
const SLACK = '5 minutes'

/**
 * Moves times of feeds, cells and checks of accounts (null for all) that were recorded while the clock was ahead to just before
 * `arrivedAt`, since every later report would count as older than they are. Returns the number of feeds. A clock that
 * is behind changes nothing while the database's clock is right.
 */
export async function pullBackFutureTimes(
  _job: JobAccess,
  arrivedAt: Date,
  accountIds: readonly string[] | null,
): Promise<number> {
  const at = sql`${new Date(arrivedAt.getTime() - 1)}::timestamptz`
  const back = (column: string) => notAfter(column, at)
  const movedBack = (column: string) =>
    sql`ARRAY(SELECT DISTINCT least(c, ${at}) AS c FROM unnest(${raw(column)}) AS c ORDER BY c)`
  return transaction(async tx => {
    await pullBackCells(tx, arrivedAt, accountIds)
    const [feeds] = await runIn<{ accounts: string[] | null; sources: string[]; products: string[] }>(
      tx,
      sql`SELECT array_agg(account_id) AS accounts, array_agg(source) AS sources, array_agg(product) AS products
        FROM (SELECT account_id, source, product FROM feed
          WHERE ${isAhead('last_at', arrivedAt)}
            AND (${accountIds}::text[] IS NULL OR account_id = ANY(${accountIds}::text[]))
          ORDER BY 1, 2, 3 FOR UPDATE) AS ahead`,
    )
    if (!feeds?.accounts) return 0
    const ahead = sql`unnest(${feeds.accounts}::text[], ${feeds.sources}::text[], ${feeds.products}::text[]) AS k(account_id, source, product)
      WHERE t.account_id = k.account_id AND t.source = k.source AND t.product = k.product`
    await executeIn(
      tx,
      sql`UPDATE feed t SET first_at = ${back('t.first_at')}, last_at = ${at}, last_complete_at = ${back('t.last_complete_at')},
          silent_after = ${at} + (t.silent_after - t.last_at), heard_at = ${movedBack('t.heard_at')}, complete_at = ${movedBack('t.complete_at')}
        FROM ${ahead}`,
    )
    await executeIn(tx, sql`UPDATE feed_control t SET complete_at = ${movedBack('t.complete_at')} FROM ${ahead}`)
    await executeIn(
      tx,
      sql`UPDATE sighting t SET observed_at = ${back('t.observed_at')}, first_observed_at = ${back('t.first_observed_at')},
          record_updated_at = ${back('t.record_updated_at')}, gone_at = ${back('t.gone_at')}
        FROM ${ahead} AND (t.observed_at > ${at} OR t.gone_at > ${at})`,
    )
    return feeds.accounts.length
  })
}

/** Not `least`, which makes a time of NULL. */
function notAfter(column: string, at: Prisma.Sql) {
  return sql`CASE WHEN ${raw(column)} > ${at} THEN ${at} ELSE ${raw(column)} END`
}

function isAhead(column: string, arrivedAt: Date) {
  return sql`${raw(column)} > greatest(${now()}::timestamptz, clock_timestamp()) + ${SLACK}::interval AND ${raw(column)} > ${arrivedAt}`
}

/** The times of what collectors and Hinomi's own checks read. */
async function pullBackCells(tx: Tx, arrivedAt: Date, accountIds: readonly string[] | null): Promise<void> {
  const at = sql`${new Date(arrivedAt.getTime() - 1)}::timestamptz`
  const own = sql`(${accountIds}::text[] IS NULL OR account_id = ANY(${accountIds}::text[]))`
  const [ahead] = await runIn<{ accounts: string[] | null }>(
    tx,
    sql`SELECT array_agg(account_id ORDER BY account_id) AS accounts FROM (
        SELECT account_id FROM coverage WHERE (${isAhead('read_at', arrivedAt)} OR ${isAhead('via_at', arrivedAt)}) AND ${own}
        UNION SELECT account_id FROM check_state WHERE ${isAhead('read_at', arrivedAt)} AND ${own}) AS ahead`,
  )
  const accounts = ahead?.accounts
  if (!accounts) return
  const back = (column: string) => notAfter(column, at)
  const theirs = sql`account_id = ANY(${accounts}::text[])`
  await executeIn(
    tx,
    sql`UPDATE coverage SET read_at = ${back('read_at')}, ok_at = ${back('ok_at')}, complete_at = ${back('complete_at')},
        via_at = ${back('via_at')}, since = ${back('since')}
      WHERE ${theirs} AND (read_at > ${at} OR via_at > ${at} OR since > ${at})`,
  )
  await executeIn(tx, sql`UPDATE check_state SET read_at = ${at} WHERE ${theirs} AND read_at > ${at}`)
  await executeIn(
    tx,
    sql`UPDATE asset SET first_seen_at = ${back('first_seen_at')}, changed_at = ${at} WHERE ${theirs} AND changed_at > ${at}`,
  )
}
