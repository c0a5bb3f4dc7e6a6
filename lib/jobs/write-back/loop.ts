import 'server-only'
import { randomUUID } from 'node:crypto'
import { jobAccess } from '../../access/job'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { claimWriteBack, leaveWriteBack } from '../../store/write-back/settings'
import { repeat } from '../repeat'
import { writeDue } from './send'

const access = jobAccess('write-back')

const IDLE_MS = 5_000

/**
 * Writes changes of findings back to Security Hub until `stop` is called. One worker at a time writes for a connection.
 */
export class WriteBackLoop {
  readonly #idleMs: number
  readonly #holder = randomUUID()
  readonly #stopping = new AbortController()
  #done: Promise<void> = Promise.resolve()

  constructor({ idleMs = IDLE_MS }: { idleMs?: number } = {}) {
    this.#idleMs = idleMs
  }

  start(): void {
    const { signal } = this.#stopping
    this.#done = repeat({ what: 'writing back', idleMs: this.#idleMs, signal }, async () => {
      while (!signal.aborted && (await this.#round()));
    })
  }

  /** Updates that were sent and not stored are sent again by the next worker. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the worker stops'))
    await this.#done
    await leaveWriteBack(access, this.#holder).catch((error: unknown) => {
      if (!outageOf(error)) log.error({ err: error }, 'writing back was not handed over')
    })
  }

  /** Whether more may be due. */
  async #round(): Promise<boolean> {
    const { signal } = this.#stopping
    const connections = await claimWriteBack(access, this.#holder)
    const more = await Promise.all(
      connections.map(connection => writeDue({ connection, holder: this.#holder, signal })),
    )
    return more.includes(true)
  }
}
