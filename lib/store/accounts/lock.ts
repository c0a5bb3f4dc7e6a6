import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'

/**
 * Locks accounts until the transaction ends, in the order of their ids, so that two writers cannot deadlock. Lock teams
 * and members before, findings after. Read what you change only under the lock.
 */
export async function lockAccounts(tx: Tx, ids: readonly string[]): Promise<void> {
  await runIn(
    tx,
    Prisma.sql`SELECT count(pg_advisory_xact_lock(hashtextextended('account:' || id, 0)))
      FROM (SELECT DISTINCT id FROM unnest(${ids}::text[]) AS named(id) ORDER BY id) AS sorted`,
  )
}
