import 'server-only'
import type { PoolClient } from 'pg'
import type { Prisma } from '../generated/prisma/client'

/** A transaction: Prisma's, or that of a plain client, where bulk work goes on. */
export type Tx = Prisma.TransactionClient | PoolClient

/** Runs one statement with bound parameters in a transaction. The caller names the row that its columns make. */
export async function runIn<Row extends object>(tx: Tx, statement: Prisma.Sql): Promise<Row[]> {
  if ('$queryRaw' in tx) return tx.$queryRaw<Row[]>(statement)
  return (await tx.query<Row>({ text: statement.text, values: statement.values })).rows
}
