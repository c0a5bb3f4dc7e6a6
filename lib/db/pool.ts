import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import { log } from '../log'
import { ConnectionWatch, OWN_BACKEND } from './connection-watch'

export const POOL_SIZE = 12
const CONNECT_WITHIN_MS = 15_000
const KEEP_ALIVE_AFTER_MS = 10_000
/**
 * The server drops a vanished client and its locks after half a minute instead of two hours. Sent as SET, since poolers
 * such as PgBouncer refuse connection parameters.
 */
const SERVER_KEEP_ALIVE = [
  'SET tcp_keepalives_idle = 10',
  'SET tcp_keepalives_interval = 5',
  'SET tcp_keepalives_count = 4',
  'SET tcp_user_timeout = 30000',
]
const READ_ONLY = '25006'

/** Set while code runs inside a transaction. */
export const inTransaction = new AsyncLocalStorage<true>()

interface PoolSettings {
  url: string
  /** Whether the server has to accept writes. A server in recovery, such as a standby, is then refused. */
  writable: boolean
  /** The limit of a statement in milliseconds; 0 for none. */
  statementMs: () => number
  /** The limit for connecting and for waiting for a free connection. */
  connectWithinMs?: number
  max?: number
  /** The application name of its connections. */
  name?: string
}

/**
 * A pool that survives its server. A broken connection never ends the process, ConnectionWatch ends connections without
 * a server, and a connection whose server refuses writes is not used again: the next one may reach the server that
 * replaced it behind the same address.
 */
export class Pool extends pg.Pool {
  constructor({
    url,
    writable,
    statementMs,
    connectWithinMs = CONNECT_WITHIN_MS,
    max = POOL_SIZE,
    name,
  }: PoolSettings) {
    const config = {
      connectionString: url,
      connectionTimeoutMillis: connectWithinMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    }
    const watch = new ConnectionWatch(config)
    const readOnly = new WeakSet<pg.Client>()
    const prepare = async (client: pg.Client) => {
      // Nothing else listens while a statement or a transaction uses the client, and Node would end the process.
      client.on('error', () => undefined)
      client.connection.on('errorMessage', ({ code }: { code?: string }) => {
        if (code === READ_ONLY) readOnly.add(client)
      })
      watch.add(client)
      const { rows } = await client.query<{ backend: string; standby: boolean }>(
        `SELECT ${OWN_BACKEND} AS backend, pg_is_in_recovery() AS standby`,
      )
      const [found] = rows
      if (writable && found?.standby) throw new StandbyError()
      if (found) watch.identify(client, found.backend)
      const limits = statementMs() ? [`SET statement_timeout = ${statementMs()}`] : []
      await client.query([...SERVER_KEEP_ALIVE, ...limits].join('; '))
    }
    super({
      ...config,
      max,
      ...(name ? { application_name: name } : {}),
      onConnect: client => prepare(client as pg.Client),
    })
    // Only the message: the pool attaches the client to the error, and the client has the key that cancels its
    // statements.
    this.on('error', ({ message }) => log.warn({ reason: message }, 'a database connection broke'))
    this.on('release', (_error, client) => {
      if (writable && readOnly.has(client)) void client.end().catch(() => undefined)
    })
  }

  /**
   * Refuses a second connection to code inside a transaction, outside production. If all connections of the pool were
   * in transactions that wait for a second one, they would wait for each other forever.
   */
  override connect(): Promise<pg.PoolClient>
  override connect(done: Parameters<pg.Pool['connect']>[0]): void
  override connect(done?: Parameters<pg.Pool['connect']>[0]): unknown {
    if (inTransaction.getStore() && process.env.NODE_ENV !== 'production')
      throw new Error('A transaction asked the pool for a second connection. Pass the client of the transaction.')
    return done ? super.connect(done) : super.connect()
  }
}

/** The server is a standby. Has PostgreSQL's code for a server that cannot accept connections now. */
class StandbyError extends Error {
  override readonly name = 'StandbyError'
  readonly code = '57P03'

  constructor() {
    super('the database server is a standby that was not promoted')
  }
}
