import 'server-only'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import type { NewRound } from './rounds'

const { sql } = Prisma

/**
 * Throws unless a person may begin a round: NotFoundError without its connection, and `conflict` where that is paused,
 * is being read already, or where one of the cells is. Holds the connection, so that of two people only one begins.
 */
export async function requireStartable(tx: Tx, { connectionId, kind, tasks }: NewRound): Promise<void> {
  const [connection] = await runIn<{ paused: boolean }>(
    tx,
    sql`SELECT paused_at IS NOT NULL AS paused FROM connection WHERE id = ${connectionId}::uuid FOR UPDATE`,
  )
  if (!connection) throw new NotFoundError()
  if (connection.paused) throw new AppError('conflict', { reason: 'connectionPaused' })
  if (kind !== 'single') {
    const open = await runIn(
      tx,
      sql`SELECT 1 FROM collection_round WHERE connection_id = ${connectionId}::uuid AND kind = ${kind}
        AND state IN ('planning', 'running') LIMIT 1`,
    )
    if (open.length > 0) throw new AppError('conflict', { reason: 'roundRunning' })
    return
  }
  const busy = await runIn(
    tx,
    sql`SELECT 1 FROM collection_task t JOIN unnest(${tasks.map(t => t.accountId)}::text[], ${tasks.map(t => t.collector)}::text[],
        ${tasks.map(t => t.region)}::text[]) AS n (account_id, collector, region) USING (account_id, collector)
      WHERE t.state IN ('waiting', 'running') AND (t.region IS NULL OR t.region = n.region) LIMIT 1`,
  )
  if (busy.length > 0) throw new AppError('conflict', { reason: 'cellWaits' })
}
