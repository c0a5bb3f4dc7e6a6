import 'server-only'
import type { PoolClient } from 'pg'
import { jobAccess } from '../access/job'
import { pool } from '../db'
import { runImport } from '../ingest/run'
import { log } from '../log'
import { type Outage, outageOf } from '../outage'
import { holdImports, nextImport, releaseImports } from '../store/import-runs'
import { importChannel } from '../store/imports'

const access = jobAccess('import')
const IDLE_MS = 5000

/** Runs one import unless another worker is at one. False where one is, or there was nothing to do. */
export async function workOff(id: number): Promise<boolean> {
  const client = await pool().connect()
  let broken = false
  const lost = (error: Error) => {
    // The hold is gone; the run ends by itself once another worker has gone on.
    log.warn({ err: error, import: id }, 'the database connection that holds an import broke')
    broken = true
  }
  client.on('error', lost)
  try {
    if (!(await holdImports(access, client))) return false
    try {
      return await runImport(access, id)
    } catch (error) {
      // The run is taken up again from its last batch; after repeated failures it is given up and says so.
      log.error({ err: error, import: id }, 'import was interrupted')
      await new Promise(resolve => setTimeout(resolve, 1000))
      return true
    } finally {
      if (!broken) await releaseImports(access, client)
    }
  } catch (error) {
    broken = true
    throw error
  } finally {
    client.off('error', lost)
    client.release(broken)
  }
}

/**
 * Runs imports, one at a time and oldest first, until `stop` is called. A notification of the database wakes it, and it looks every
 * `idleMs` by itself for what a killed worker left.
 */
export class ImportLoop {
  readonly #idleMs: number
  readonly #onState: (outage: Outage | null) => void
  #stopping = false
  /** Whether a notification came since the loop last began to look for imports. */
  #notified = false
  #wake: () => void = () => undefined
  #listener: PoolClient | null = null
  #done: Promise<void> = Promise.resolve()

  /** `onState` is called with the outage that holds imports up, and with null once it has passed. */
  constructor({
    idleMs = IDLE_MS,
    onState = () => undefined,
  }: { idleMs?: number; onState?: (outage: Outage | null) => void } = {}) {
    this.#idleMs = idleMs
    this.#onState = onState
  }

  start(): void {
    this.#done = this.#loop()
  }

  /** Resolves once the import under way has come to its end or to an error; the process may then end. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake()
    await this.#done
    this.#listener?.release(true)
    this.#listener = null
  }

  async #loop(): Promise<void> {
    while (!this.#stopping) {
      const worked = await this.#round().catch((error: unknown) => {
        log.error({ err: error }, 'looking for imports failed')
        this.#onState(outageOf(error))
        return false
      })
      if (!worked && !this.#stopping) await this.#pause()
    }
  }

  /** Runs the oldest import. False where there was none, or another worker is at one. */
  async #round(): Promise<boolean> {
    this.#notified = false
    await this.#listen()
    const id = await nextImport(access)
    return id !== null && !this.#stopping && workOff(id)
  }

  async #listen(): Promise<void> {
    if (this.#listener) return
    const client = await pool().connect()
    client.on('notification', () => this.#notify())
    client.on('error', error => {
      log.warn({ err: error }, 'the database connection for notices broke')
      client.release(true)
      this.#listener = null
      this.#notify()
    })
    try {
      await client.query(`LISTEN ${importChannel}`)
    } catch (error) {
      client.release(true)
      throw error
    }
    this.#listener = client
  }

  #notify(): void {
    this.#notified = true
    this.#wake()
  }

  /** Returns at once where a notification came while the loop was looking. */
  #pause(): Promise<void> {
    if (this.#notified) return Promise.resolve()
    return new Promise(resolve => {
      const timer = setTimeout(resolve, this.#idleMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
