import 'server-only'
import { randomUUID } from 'node:crypto'
import { jobAccess } from '../../access/job'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { claimWriteBack, leaveWriteBack } from '../../store/write-back/settings'
import { Repeater } from '../repeat'
import { writeDue } from './send'

const access = jobAccess('write-back')

const IDLE_MS = 5_000

/**
 * Writes changes of findings back to Security Hub until `stop` is called. One worker at a time writes for a connection.
 */
export class WriteBackLoop {
  readonly #holder = randomUUID()
  readonly #repeater: Repeater

  constructor({ idleMs = IDLE_MS }: { idleMs?: number } = {}) {
    this.#repeater = new Repeater(idleMs)
  }

  start(): void {
    this.#repeater.start('writing back', async signal => {
      while (!signal.aborted && (await this.#round(signal)));
    })
  }

  /** Updates that were sent and not stored are sent again by the next worker. */
  async stop(): Promise<void> {
    await this.#repeater.stop()
    await leaveWriteBack(access, this.#holder).catch((error: unknown) => {
      if (!outageOf(error)) log.error({ err: error }, 'writing back was not handed over')
    })
  }

  /** Whether more may be due. */
  async #round(signal: AbortSignal): Promise<boolean> {
    const connections = await claimWriteBack(access, this.#holder)
    const more = await Promise.all(
      connections.map(connection => writeDue({ connection, holder: this.#holder, signal })),
    )
    return more.includes(true)
  }
}
