import 'server-only'
import { setMaxListeners } from 'node:events'
import { Pool } from '../db/pool'
import { log } from '../log'
import type { Outage } from '../outage'
import { retryOutages } from './retry-outages'

/** Statements whose first row pg-boss reads without looking whether there is one. */
const COUNTS = /\bcount\(\*\)/i
const DEADLOCK = '40P01'
const DEADLOCK_TRIES = 10

/**
 * The job queue's database connection. Statements wait until an outage ends: pg-boss marks jobs as completed or failed without waiting
 * for the result, so an error there would end the process. Each of its statements may run twice.
 */
export class JobsDatabase {
  readonly #pool: Pool
  readonly #closing = new AbortController()
  #outage: Outage | null = null

  constructor(connectionString: string) {
    this.#pool = new Pool({ url: connectionString, writable: true, statementMs: () => 0, max: 2, name: 'hinomi-jobs' })
    // Node.js warns about more than ten listeners; here each waiting statement adds one.
    setMaxListeners(0, this.#closing.signal)
  }

  async executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
    const { signal } = this.#closing
    try {
      const onState = (outage: Outage | null, error?: unknown) => this.#note(outage, error)
      const { rows } = await retryOutages(() => this.#query(text, values), { onState, signal })
      return { rows }
    } catch (error) {
      if (signal.aborted) return { rows: COUNTS.test(text) ? [{ count: '0' }] : [] }
      throw error
    }
  }

  /** Workers that start together create the queue together: a statement that fails with a deadlock is retried. */
  async #query(text: string, values: unknown[]) {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#pool.query(text, values)
      } catch (error) {
        const isDeadlock = error instanceof Error && 'code' in error && error.code === DEADLOCK
        if (!isDeadlock || tries === DEADLOCK_TRIES) throw error
      }
    }
  }

  /** From now on no statement waits: one that fails returns no rows. */
  beginClosing(): void {
    this.#closing.abort()
  }

  async close(): Promise<void> {
    this.beginClosing()
    await this.#pool.end()
  }

  #note(outage: Outage | null, error: unknown): void {
    if (outage === this.#outage) return
    this.#outage = outage
    if (outage) log.warn({ outage, reason: error instanceof Error ? error.message : null }, 'scheduled jobs wait')
    else log.info('scheduled jobs continue')
  }
}
