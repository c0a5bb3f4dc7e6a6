import 'server-only'
import type { PoolClient } from 'pg'
import type { Prisma } from '../generated/prisma/client'

/** A transaction: Prisma's, or that of a plain client, where rows are copied in bulk or read through a cursor. */
export type Tx = Prisma.TransactionClient | PoolClient

/** Runs one statement with bound parameters in a transaction. `Row` is the shape of its columns. */
export async function runIn<Row extends object>(tx: Tx, statement: Prisma.Sql): Promise<Row[]> {
  if ('$queryRaw' in tx) return tx.$queryRaw<Row[]>(statement)
  return (await tx.query<Row>({ text: statement.text, values: statement.values })).rows
}

/** The same for a statement that returns no rows. Returns how many rows it wrote. */
export async function executeIn(tx: Tx, statement: Prisma.Sql): Promise<number> {
  if ('$queryRaw' in tx) return tx.$executeRaw(statement)
  return (await tx.query({ text: statement.text, values: statement.values })).rowCount ?? 0
}
