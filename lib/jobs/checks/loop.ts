import 'server-only'
import { Repeater } from '../repeat'
import { runNextChecks } from './run-checks'

const IDLE_MS = 2_000

/** Runs the checks of accounts as they become due, until `stop` is called. Several workers share them. */
export class CheckLoop {
  readonly #repeater: Repeater

  constructor({ idleMs = IDLE_MS }: { idleMs?: number } = {}) {
    this.#repeater = new Repeater(idleMs)
  }

  start(): void {
    this.#repeater.start('running checks', async signal => {
      while (!signal.aborted && (await runNextChecks()));
    })
  }

  /** Resolves once the checks of the current account have ended. */
  stop(): Promise<void> {
    return this.#repeater.stop()
  }
}
