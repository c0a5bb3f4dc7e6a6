import 'server-only'
import { Pool } from '../db/pool'
import { log } from '../log'
import { type Outage, outageOf } from '../outage'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5000

/**
 * The job queue's way to the database. Statements wait out an outage: pg-boss marks jobs as completed or failed without waiting for
 * the answer, so that an error there would end the process. Each of its statements may run twice.
 */
export class JobsDatabase {
  readonly #pool: Pool
  #outage: Outage | null = null
  #closing = false
  #wake = new Set<() => void>()

  constructor(connectionString: string) {
    this.#pool = new Pool({ url: connectionString, writable: true, statementMs: () => 0, max: 2, name: 'hinomi-jobs' })
  }

  async executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
    for (let times = 0; ; times++) {
      try {
        const { rows } = await this.#pool.query(text, values)
        this.#note(null)
        return { rows }
      } catch (error) {
        const outage = outageOf(error)
        if (this.#closing) return { rows: [] }
        if (!outage) throw error
        this.#note(outage, error)
        await this.#pause(Math.min(FIRST_PAUSE_MS * 2 ** times, LONGEST_PAUSE_MS))
      }
    }
  }

  /** From now on no statement waits: one that fails answers no rows. */
  beginClosing(): void {
    this.#closing = true
    for (const wake of this.#wake) wake()
  }

  async close(): Promise<void> {
    this.beginClosing()
    await this.#pool.end()
  }

  #note(outage: Outage | null, error?: unknown): void {
    if (outage === this.#outage) return
    this.#outage = outage
    if (outage) log.warn({ outage, reason: error instanceof Error ? error.message : null }, 'scheduled jobs wait')
    else log.info('scheduled jobs go on')
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer)
        this.#wake.delete(end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      this.#wake.add(end)
    })
  }
}
