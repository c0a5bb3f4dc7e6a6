import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { WORKER_NAME } from '../domain/health/health'
import { env } from '../env'
import { log } from '../log'
import type { Outage } from '../outage'

const TIMEOUT_MS = 10_000
const HEARTBEAT_MS = 10_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

/**
 * Shows the web servers that this worker runs, and which outage stops its imports, by a database connection whose application_name they
 * look for. Reconnects indefinitely, within ten seconds after the database is back.
 */
export class Presence {
  readonly #heartbeatMs: number
  readonly #stop = new AbortController()
  #client: pg.Client | null = null
  #outage: Outage | null = null
  #beat = new AbortController()
  #done: Promise<void> = Promise.resolve()

  constructor({ heartbeatMs = HEARTBEAT_MS }: { heartbeatMs?: number } = {}) {
    this.#heartbeatMs = heartbeatMs
  }

  start(): void {
    this.#done = this.#run()
  }

  /** Shown immediately, or with the next connection. */
  setOutage(outage: Outage | null): void {
    if (outage === this.#outage) return
    this.#outage = outage
    this.#beat.abort()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#beat.abort()
    await this.#client?.end().catch(() => undefined)
    await this.#done
  }

  async #run(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#isStopped; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.#connected(() => {
          pause = FIRST_PAUSE_MS
        })
      } catch (error) {
        // One warning for each outage: the other parts of the worker log what fails.
        const level = pause === FIRST_PAUSE_MS ? 'warn' : 'debug'
        if (!this.#isStopped) log[level]({ err: error }, 'the presence connection of this worker broke; it reconnects')
      }
      await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined)
    }
  }

  /** Fails once the connection does. */
  async #connected(onShown: () => void): Promise<void> {
    const client = new pg.Client({
      connectionString: env().DATABASE_URL,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: TIMEOUT_MS,
    })
    let broken: Error | null = null
    client.on('error', error => {
      broken = error
      this.#beat.abort()
    })
    this.#client = client
    try {
      await client.connect()
      while (!this.#isStopped) {
        if (broken) throw broken
        this.#beat = new AbortController()
        const name = this.#outage ? `${WORKER_NAME}:${this.#outage}` : WORKER_NAME
        // Not as a parameter of the connection: an application_name of DATABASE_URL would win.
        await client.query(`SELECT set_config('application_name', $1, false)`, [name])
        onShown()
        await sleep(this.#heartbeatMs, undefined, { signal: this.#beat.signal }).catch(() => undefined)
      }
    } finally {
      this.#client = null
      await client.end().catch(() => undefined)
    }
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted
  }
}
