import 'server-only'
import type { PoolClient } from 'pg'
import { jobAccess } from '../../access/job'
import { now } from '../../clock'
import { pool } from '../../db'
import { log } from '../../log'
import { type Outage, outageOf } from '../../outage'
import { hasRoom } from '../../store/imports/disk-room'
import { type Claimed, SMALL_REPORT_BYTES } from '../../store/imports/lanes'
import { noteOutage } from '../../store/imports/queue'
import { importChannel } from '../../store/imports/receive'
import { type Attempt, attemptNext } from './attempt'
import { scanNext } from './scan'
import { SmallReports } from './small-reports'

const access = jobAccess('import')
const IDLE_MS = 5000
const PROBE_MS = 5000
/** How long it takes to find a small report without a notification, so that it starts within five seconds. */
const SMALL_IDLE_MS = 1000
/** An attempt on a full disk reads the whole report again; the others fail at their first statement. */
const LONGEST_PAUSE_MS: Record<Outage, number> = { disk_full: 60_000, read_only: 5_000, database_away: 5_000 }
const LONGEST_ERROR_PAUSE_MS = 16_000

interface LoopOptions {
  idleMs?: number
  /** Called with the outage that stops imports, and with null once it has ended. */
  onState?: (outage: Outage | null) => void
}

/**
 * Runs imports until `stop` is called, the oldest runnable one first: one at a time, with a small report in parallel. A database
 * notification wakes it, and every `idleMs` it looks for imports of killed workers. An import that an outage interrupts keeps its place
 * and is retried indefinitely.
 */
export class ImportLoop {
  readonly #idleMs: number
  readonly #onState: (outage: Outage | null) => void
  #stopping = false
  /** Whether a notification came since the loop last began to look for imports. */
  #notified = false
  #wake: () => void = () => undefined
  #wakesOnNotification = true
  #listener: PoolClient | null = null
  #done: Promise<void> = Promise.resolve()
  #outage: Outage | null = null
  /** Consecutive attempts that an outage ended, and the import of the last one. */
  #interrupted: { times: number; id: number | null } = { times: 0, id: null }
  #current: number | null = null
  /** Runs small reports in parallel to the current import. */
  readonly #small: SmallReports

  constructor({ idleMs = IDLE_MS, onState = () => undefined }: LoopOptions = {}) {
    this.#idleMs = idleMs
    this.#onState = onState
    this.#small = new SmallReports(Math.min(idleMs, SMALL_IDLE_MS))
  }

  start(): void {
    this.#done = this.#loop()
  }

  /** Resolves once the current import has ended or failed; the process may exit then. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake()
    await this.#done
    await this.#small.end()
    this.#listener?.release(true)
    this.#listener = null
  }

  async #loop(): Promise<void> {
    while (!this.#stopping) {
      const attempt = await this.#round().catch((error: unknown): Attempt => {
        const outage = outageOf(error)
        if (outage) return { id: null, result: outage }
        log.error({ err: error }, 'looking for imports failed')
        return { id: null, result: 'nothing' }
      })
      await this.#pauseAfter(attempt)
    }
  }

  /** Runs the oldest runnable import; if there is none, scans the accounts of a report that blocks others. */
  async #round(): Promise<Attempt> {
    this.#notified = false
    this.#current = null
    await this.#listen()
    if (this.#stopping) return { id: null, result: 'nothing' }
    const attempt = await attemptNext({}, claimed => this.#begin(claimed)).finally(() => this.#small.close())
    return attempt.result === 'nothing' && (await scanNext()) ? { id: null, result: 'ended' } : attempt
  }

  #begin({ id, sizeBytes }: Claimed) {
    this.#current = id
    this.#small.open({ scans: sizeBytes > SMALL_REPORT_BYTES })
    // The database has just answered: an import that crashes it or exhausts its memory each time must not block the others.
    const counted = this.#interrupted.id !== id || this.#outage === 'database_away'
    return { counted, onProgress: () => this.#recovered() }
  }

  async #pauseAfter(attempt: Attempt): Promise<void> {
    if (attempt.result === 'error') {
      this.#recovered()
      await this.#wait(Math.min(1000 * 2 ** (attempt.failures - 1), LONGEST_ERROR_PAUSE_MS), { onNotification: false })
    } else if (attempt.result === 'ended' || attempt.result === 'nothing') {
      this.#recovered()
      // No pause if a notification arrived meanwhile.
      if (attempt.result === 'nothing' && !this.#notified) await this.#wait(this.#idleMs)
    } else {
      await this.#waitOut(attempt.result)
    }
  }

  /** Waits for the next attempt, longer each time, or until a full disk has room again. */
  async #waitOut(outage: Outage): Promise<void> {
    const times = this.#interrupted.times + 1
    this.#interrupted = { times, id: this.#current ?? this.#interrupted.id }
    this.#setOutage(outage)
    const pause = Math.min(1000 * 2 ** Math.min(times - 1, 10), LONGEST_PAUSE_MS[outage])
    const until = Date.now() + pause
    log.warn({ outage, import: this.#current, seconds: pause / 1000 }, 'imports wait and will be retried')
    // If nothing can be written, only onState reports it.
    if (this.#current !== null)
      await noteOutage(access, this.#current, outage, new Date(now().getTime() + pause)).catch((error: unknown) => {
        if (!outageOf(error)) log.error({ err: error, import: this.#current }, 'saving why an import waits failed')
      })
    let full = false
    while (Date.now() < until && !this.#stopping) {
      await this.#wait(Math.min(PROBE_MS, until - Date.now()), { onNotification: false })
      if (outage !== 'disk_full' || Date.now() >= until) continue
      const room = await hasRoom(access).catch(() => false)
      if (room && full) return
      full = !room
    }
  }

  #recovered(): void {
    this.#interrupted = { times: 0, id: null }
    this.#setOutage(null)
  }

  #setOutage(outage: Outage | null): void {
    if (outage === this.#outage) return
    if (outage === null) log.info({ outage: this.#outage }, 'imports continue')
    this.#outage = outage
    this.#onState(outage)
  }

  async #listen(): Promise<void> {
    if (this.#listener) return
    const client = await pool().connect()
    client.on('notification', () => this.#notify())
    client.on('error', error => {
      log.warn({ err: error }, 'the database connection for notifications broke')
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
    this.#small.wake()
    if (this.#wakesOnNotification) this.#wake()
  }

  #wait(milliseconds: number, { onNotification = true }: { onNotification?: boolean } = {}): Promise<void> {
    if (this.#stopping) return Promise.resolve()
    this.#wakesOnNotification = onNotification
    return new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
