import 'server-only'
import { jobAccess } from '../../access/job'
import { queuesToPoll } from '../../store/events/queues'
import { Repeater } from '../repeat'
import { importEvents } from './batch'
import { pollQueue } from './poll'

const access = jobAccess('events')

const IDLE_MS = 5_000

/** Reads the queues of events and imports what has come, until `stop` is called. Several workers share them. */
export class EventLoop {
  readonly #repeater: Repeater
  readonly #waitMs: number | undefined

  /** `waitMs`: how long events wait for others. */
  constructor({ idleMs = IDLE_MS, waitMs }: { idleMs?: number; waitMs?: number } = {}) {
    this.#repeater = new Repeater(idleMs)
    this.#waitMs = waitMs
  }

  start(): void {
    this.#repeater.start('polling the queues of events', async signal => {
      const queues = await queuesToPoll(access)
      await Promise.all(queues.map(queue => pollQueue(queue, signal)))
    })
    this.#repeater.start('importing events', async () => {
      await importEvents(this.#waitMs === undefined ? {} : { waitMs: this.#waitMs })
    })
  }

  stop(): Promise<void> {
    return this.#repeater.stop()
  }
}
