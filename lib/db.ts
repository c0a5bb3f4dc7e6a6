import 'server-only'
import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { inTransaction, POOL_SIZE, Pool } from './db/pool'
import { Replica, type ReplicaState } from './db/replica'
import { env } from './env'
import { type Prisma, PrismaClient } from './generated/prisma/client'

// Hot reload makes this module anew; the pool must not be.
const shared = globalThis as typeof globalThis & {
  hinomiPool?: pg.Pool
  hinomiPrisma?: PrismaClient
  hinomiStatementMs?: number
  hinomiReplica?: Replica
}

export { POOL_SIZE }

/** The connection of a snapshot, set while code runs inside `inSnapshot`. */
const snapshot = new AsyncLocalStorage<pg.Pool>()

/** The one connection pool, for bulk work and for reads written in SQL. Not to be used inside a transaction. */
export function pool(): pg.Pool {
  return snapshot.getStore() ?? ownPool()
}

/**
 * Runs reads as of one instant: whatever `work` asks of `pool()` is answered by one read-only transaction on a connection of its own.
 * Writes fail, and so does everything after the connection is lost. Prisma is not part of it.
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
  // The next query fails by it.
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

/**
 * From now on the database ends a statement of this process after so many milliseconds: for the web server, where somebody waits.
 */
export function limitStatements(milliseconds: number): void {
  shared.hinomiStatementMs = milliseconds
}

/** From now on reads of this process may go to the standby of DATABASE_READ_URL, where one is set: for the web server. */
export function openReplica(): void {
  const url = env().DATABASE_READ_URL
  if (!url) return
  shared.hinomiReplica ??= new Replica({ url, primary: ownPool, statementMs: () => shared.hinomiStatementMs ?? 0 })
}

/** The standby that reads may go to; null where none is set. */
export function replica(): Replica | null {
  return shared.hinomiReplica ?? null
}

/** How the standby of DATABASE_READ_URL is; null where none is set. */
export function replicaState(): ReplicaState | null {
  return replica()?.state ?? null
}

/** Prisma over the same pool. Not to be used inside a transaction. */
export function prisma(): PrismaClient {
  shared.hinomiPrisma ??= markTransactions(
    new PrismaClient({ adapter: new PrismaPg(ownPool()), transactionOptions: { maxWait: MAX_WAIT_MS } }),
  )
  return shared.hinomiPrisma
}

/** Longer than the pool waits for a connection: its error tells that the database is away, Prisma's does not. */
const MAX_WAIT_MS = 20_000

type Work = (tx: Prisma.TransactionClient) => Promise<unknown>

function markTransactions(client: PrismaClient): PrismaClient {
  const begin: (work: Work, options?: object) => Promise<unknown> = client.$transaction.bind(client)
  const $transaction = (work: Work, options?: object) =>
    begin(tx => inTransaction.run(true, async () => await work(tx)), options)
  return Object.assign(client, { $transaction })
}

/**
 * Runs `work` in one transaction on one connection: all of it is written, or nothing. With `step` it is a step of something longer that
 * goes on behind the last step that is there: the database does not wait for the disk, so that a crash may take the last steps
 * away again, in their order. What anybody commits later makes them last too.
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
 * Rows of a read that may be long, fetched 1,000 at a time: all as of the moment it begins. The client is in a transaction, and
 * may do other things meanwhile.
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
    // Fails only where the transaction has failed before, and then nothing is left to close.
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
