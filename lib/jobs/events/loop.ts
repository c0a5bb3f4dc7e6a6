import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { jobAccess } from '../../access/job'
import { AppError } from '../../errors'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { queuesToPoll } from '../../store/events/queues'
import { importEvents } from './batch'
import { pollQueue } from './poll'

const access = jobAccess('events')

const IDLE_MS = 5_000

/** Reads the queues of events and imports what has come, until `stop` is called. Several workers share them. */
export class EventLoop {
  readonly #idleMs: number
  readonly #waitMs: number | undefined
  readonly #stopping = new AbortController()
  #done: Promise<void> = Promise.resolve()

  /** `waitMs`: how long events wait for others. */
  constructor({ idleMs = IDLE_MS, waitMs }: { idleMs?: number; waitMs?: number } = {}) {
    this.#idleMs = idleMs
    this.#waitMs = waitMs
  }

  start(): void {
    this.#done = Promise.all([
      this.#repeat('polling the queues of events', () => this.#poll()),
      this.#repeat('importing events', () => this.#import()),
    ]).then(() => undefined)
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the worker stops'))
    await this.#done
  }

  async #poll(): Promise<void> {
    const queues = await queuesToPoll(access)
    await Promise.all(queues.map(queue => pollQueue(queue, this.#stopping.signal)))
  }

  async #import(): Promise<void> {
    await importEvents(this.#waitMs === undefined ? {} : { waitMs: this.#waitMs })
  }

  async #repeat(what: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await work().catch((error: unknown) => {
        if (signal.aborted) return
        if (outageOf(error) || error instanceof AppError) log.warn({ reason: String(error) }, `${what} waits`)
        else log.error({ err: error }, `${what} failed`)
      })
      if (!signal.aborted) await this.#pause()
    }
  }

  #pause(): Promise<void> {
    return sleep(this.#idleMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }
}
