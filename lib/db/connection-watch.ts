import pg from 'pg'
import { log } from '../log'

/** How long a connection receives nothing before its backend is checked. */
const SILENT_MS = 20_000
const LOOK_EVERY_MS = 5000
/** A timer that is so late shows that this process was paused, and answers may be unread. */
const STALLED_MS = 3 * LOOK_EVERY_MS
const LOOK_WITHIN_MS = 5000
/** After so many failed checks in a row, silent connections count as dead. */
const UNREACHABLE_LOOKS = 2

// Process ids are used again, on this server or on one that replaces it.
const BACKEND = `pid || ' ' || extract(epoch FROM backend_start)`
export const OWN_BACKEND = `(SELECT ${BACKEND} FROM pg_stat_activity WHERE pid = pg_backend_pid())`

interface Watched {
  /** Null until the server has answered for the first time. */
  backend: string | null
  bytes: number
  since: number
}

/**
 * Ends silent connections whose server is gone: the backend is missing, or idle although an answer is due, or the
 * server cannot be reached. Long statements continue. TCP needs 15 minutes to notice, and Node.js cannot set
 * TCP_USER_TIMEOUT.
 */
export class ConnectionWatch {
  readonly #config: pg.ClientConfig
  readonly #watched = new Map<pg.Client, Watched>()
  #timer: NodeJS.Timeout | undefined
  #unreachable = 0
  #looking = false
  #lookedAt = Date.now()

  constructor(config: pg.ClientConfig) {
    this.#config = config
  }

  /** Watches a connection until it ends. */
  add(client: pg.Client): void {
    this.#watched.set(client, { backend: null, bytes: bytesOf(client), since: Date.now() })
    client.once('end', () => {
      this.#watched.delete(client)
      if (this.#watched.size === 0) this.#stop()
    })
    if (this.#timer) return
    this.#lookedAt = Date.now()
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref()
  }

  /** Stores the backend of a connection, as OWN_BACKEND returns it. */
  identify(client: pg.Client, backend: string): void {
    const watched = this.#watched.get(client)
    if (watched) watched.backend = backend
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#unreachable = 0
  }

  async #look(): Promise<void> {
    const silent = this.#silent()
    if (silent.length === 0 || this.#looking) return
    this.#looking = true
    try {
      const found = await this.#find(silent.flatMap(([, { backend }]) => backend ?? []))
      if (!found) return
      for (const [client, { backend, bytes }] of silent) {
        const isWaiting = backend === null ? undefined : found.get(backend)
        const isLost = isWaiting === undefined || (isWaiting && isAnswerDue(client))
        if (isLost && bytesOf(client) === bytes) end(client)
      }
    } finally {
      this.#looking = false
    }
  }

  #silent(): [pg.Client, Watched][] {
    const isStalled = Date.now() - this.#lookedAt > STALLED_MS
    this.#lookedAt = Date.now()
    for (const [client, watched] of this.#watched) {
      const bytes = bytesOf(client)
      if (isStalled || bytes !== watched.bytes) Object.assign(watched, { bytes, since: Date.now() })
    }
    return [...this.#watched].filter(([, { since }]) => Date.now() - since >= SILENT_MS)
  }

  /** Those of the backends that exist, and whether each has long waited for a statement; null if that is not known. */
  async #find(backends: string[]): Promise<Map<string, boolean> | null> {
    const client = new pg.Client({
      ...this.#config,
      connectionTimeoutMillis: LOOK_WITHIN_MS,
      query_timeout: LOOK_WITHIN_MS,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rows } = await client.query<{ backend: string; waiting: boolean }>(
        `SELECT ${BACKEND} AS backend, coalesce(state ^@ 'idle' AND state_change < now() - interval '15 seconds', false) AS waiting
         FROM pg_stat_activity WHERE ${BACKEND} = ANY($1)`,
        [backends],
      )
      this.#unreachable = 0
      return new Map(rows.map(row => [row.backend, row.waiting]))
    } catch (error) {
      // An error of the server, such as too many connections, shows that it runs.
      if (error instanceof pg.DatabaseError) return null
      this.#unreachable += 1
      return this.#unreachable < UNREACHABLE_LOOKS ? null : new Map()
    } finally {
      void client.end().catch(() => undefined)
    }
  }
}

function end(client: pg.Client): void {
  log.warn('ended a database connection that no longer has a server')
  const error = Object.assign(new Error('the database server of this connection is gone'), { code: 'ETIMEDOUT' })
  client.connection.stream.destroy(error)
}

/** Whether the client has sent a statement whose answer is not complete. */
function isAnswerDue(client: pg.Client): boolean {
  return 'readyForQuery' in client && client.readyForQuery === false
}

function bytesOf(client: pg.Client): number {
  const { stream } = client.connection
  return 'bytesRead' in stream && typeof stream.bytesRead === 'number' ? stream.bytesRead : 0
}
