import 'server-only'
import { repeat } from '../repeat'
import { runNextChecks } from './run-checks'

const IDLE_MS = 2_000

/** Runs the checks of accounts as they become due, until `stop` is called. Several workers share them. */
export class CheckLoop {
  readonly #idleMs: number
  readonly #stopping = new AbortController()
  #done: Promise<void> = Promise.resolve()

  constructor({ idleMs = IDLE_MS }: { idleMs?: number } = {}) {
    this.#idleMs = idleMs
  }

  start(): void {
    const { signal } = this.#stopping
    this.#done = repeat({ what: 'running checks', idleMs: this.#idleMs, signal }, async () => {
      while (!signal.aborted && (await runNextChecks()));
    })
  }

  /** Resolves once the checks of the current account have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the worker stops'))
    await this.#done
  }
}
