import 'server-only'
import type { ClientBase, Pool } from 'pg'
import type { Prisma } from '../generated/prisma/client'

/** A transaction with Prisma's models. `prisma().$transaction` opens it. */
export type ModelTx = Prisma.TransactionClient

/**
 * A transaction that runs statements: one with models, or one on a plain client, which can also copy rows and read
 * through a cursor (`transaction` in lib/db.ts opens it). A function takes this type unless it needs models or the
 * plain client.
 */
export type Tx = ModelTx | ClientBase

/** A transaction, or the pool for one statement that is a transaction by itself. */
export type Runner = Tx | Pool

/**
 * Runs one statement with bound parameters and returns its rows, whose shape the caller states. Cast bigint, numeric
 * and bytea in the statement: the clients return them as different types. Plain clients keep the plan of a statement
 * under `name`, which must have one text.
 */
export async function runIn<Row extends object>(runner: Runner, statement: Prisma.Sql, name?: string): Promise<Row[]> {
  if ('$queryRaw' in runner) return runner.$queryRaw<Row[]>(statement)
  return (await runner.query<Row>(toQuery(statement, name))).rows
}

/** Runs one statement with bound parameters and returns the number of rows that it wrote. */
export async function executeIn(runner: Runner, statement: Prisma.Sql, name?: string): Promise<number> {
  if ('$queryRaw' in runner) return runner.$executeRaw(statement)
  return (await runner.query(toQuery(statement, name))).rowCount ?? 0
}

function toQuery({ text, values }: Prisma.Sql, name: string | undefined) {
  return { text, values, ...(name !== undefined && { name }) }
}
