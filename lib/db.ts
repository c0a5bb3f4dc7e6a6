import 'server-only'
import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { inTransaction, POOL_SIZE, Pool } from './db/pool'
import { Replica, type ReplicaState } from './db/replica'
import { env } from './env'
import { type Prisma, PrismaClient } from './generated/prisma/client'

// Hot reload loads this module again. The pool must survive it.
const shared = globalThis as typeof globalThis & {
  hinomiPool?: pg.Pool
  hinomiPrisma?: PrismaClient
  hinomiStatementMs?: number
  hinomiReplica?: Replica
}

export { POOL_SIZE }

/** The connection of a snapshot, set while code runs inside `inSnapshot`. */
const snapshot = new AsyncLocalStorage<pg.Pool>()

/**
 * The connection pool. It runs single statements outside transactions: reads by lib/sql/read.ts, writes by `executeIn`.
 * Never use it inside a transaction.
 */
export function pool(): pg.Pool {
  return snapshot.getStore() ?? ownPool()
}

/**
 * Runs reads on one snapshot: while `work` runs, `pool()` is one read-only transaction on its own connection. Writes
 * fail, and so does every statement after the connection is lost. Prisma's models do not read from the snapshot.
 */
export async function inSnapshot<T>(work: () => Promise<T>): Promise<T> {
  let begun = false
  const only = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: 1,
    idleTimeoutMillis: 0,
    onConnect: async client => {
      if (begun) throw new Error('The connection of the snapshot was lost.')
      begun = true
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off')
    },
  })
  // The next query throws the error.
  only.on('error', () => undefined)
  try {
    return await snapshot.run(only, work)
  } finally {
    await only.end()
  }
}

function ownPool(): pg.Pool {
  shared.hinomiPool ??= new Pool({
    url: env().DATABASE_URL,
    writable: true,
    statementMs: () => shared.hinomiStatementMs ?? 0,
  })
  return shared.hinomiPool
}

/** Limits the time of each statement of this process from now on: for the web server, where a person waits. */
export function limitStatements(milliseconds: number): void {
  shared.hinomiStatementMs = milliseconds
}

/**
 * Lets reads of this process go to the standby of DATABASE_READ_URL, if one is set, from now on: for the web server.
 */
export function openReplica(): void {
  const url = env().DATABASE_READ_URL
  if (!url) return
  shared.hinomiReplica ??= new Replica({ url, primary: ownPool, statementMs: () => shared.hinomiStatementMs ?? 0 })
}

/** The standby for reads; null if none is set. */
export function replica(): Replica | null {
  return shared.hinomiReplica ?? null
}

/** The state of the standby of DATABASE_READ_URL; null if none is set. */
export function replicaState(): ReplicaState | null {
  return replica()?.state ?? null
}

/**
 * Prisma's models on the same pool. `prisma().$transaction` is the opener for work with models; its `tx` also runs
 * statements by lib/sql/transaction.ts, see decision 48. Never use `prisma()` inside a transaction.
 */
export function prisma(): PrismaClient {
  shared.hinomiPrisma ??= markTransactions(
    new PrismaClient({ adapter: new PrismaPg(ownPool()), transactionOptions: { maxWait: MAX_WAIT_MS } }),
  )
  return shared.hinomiPrisma
}

/** Longer than the pool waits for a connection: the pool's error reports that the database is unavailable, Prisma's does not. */
const MAX_WAIT_MS = 20_000

type Work = (tx: Prisma.TransactionClient) => Promise<unknown>

function markTransactions(client: PrismaClient): PrismaClient {
  const begin: (work: Work, options?: object) => Promise<unknown> = client.$transaction.bind(client)
  const $transaction = (work: Work, options?: object) =>
    begin(tx => inTransaction.run(true, async () => await work(tx)), options)
  return Object.assign(client, { $transaction })
}

/**
 * Runs `work` in a transaction on a plain client: the opener for statements alone, COPY and cursors, see decision 48.
 * With `step` the commit does not wait for the disk. Use it for a step of resumable work: a crash may lose the last
 * steps, newest first, and a later commit without `step` makes them durable.
 */
export async function transaction<T>(
  work: (client: pg.PoolClient) => Promise<T>,
  { step = false }: { step?: boolean } = {},
): Promise<T> {
  const client = await pool().connect()
  let broken: Error | undefined
  try {
    await client.query(step ? 'BEGIN; SET LOCAL synchronous_commit = off' : 'BEGIN')
    const result = await inTransaction.run(true, async () => await work(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((rollback: Error) => {
      broken = rollback
    })
    throw error
  } finally {
    client.release(broken)
  }
}

let streams = 0

/**
 * Rows of a long read through a cursor, 1,000 at a time, as of its first row. The client has to be in a transaction,
 * and can run other statements meanwhile.
 */
export async function* stream<Row extends object>(
  client: pg.PoolClient,
  text: string,
  values: unknown[] = [],
): AsyncGenerator<Row> {
  const cursor = `stream_${++streams}`
  await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${text}`, values)
  try {
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH 1000 FROM ${cursor}`)
      if (rows.length === 0) return
      yield* rows
    }
  } finally {
    // Fails only if the transaction has failed, which closes the cursor anyway.
    await client.query(`CLOSE ${cursor}`).catch(() => undefined)
  }
}

export async function closeDatabase(): Promise<void> {
  await shared.hinomiReplica?.close()
  delete shared.hinomiReplica
  await shared.hinomiPrisma?.$disconnect()
  await shared.hinomiPool?.end()
  delete shared.hinomiPrisma
  delete shared.hinomiPool
}
