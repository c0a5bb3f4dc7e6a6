import 'server-only'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { type ModelTx, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Lets nobody else change or remove a connection, or add to what is counted below it, until the transaction ends. Rows that
 * only refer to it can be written meanwhile. Throws NotFoundError.
 */
export async function lockConnection(tx: Tx | ModelTx, id: string): Promise<void> {
  const found = await runIn(tx, sql`SELECT 1 FROM connection WHERE id = ${id}::uuid FOR NO KEY UPDATE`)
  if (found.length === 0) throw new NotFoundError()
}
