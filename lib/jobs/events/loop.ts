import 'server-only'
import { jobAccess } from '../../access/job'
import { queuesToPoll } from '../../store/events/queues'
import { repeat } from '../repeat'
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
    const every = { idleMs: this.#idleMs, signal: this.#stopping.signal }
    this.#done = Promise.all([
      repeat({ ...every, what: 'polling the queues of events' }, () => this.#poll()),
      repeat({ ...every, what: 'importing events' }, () => this.#import()),
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
}
