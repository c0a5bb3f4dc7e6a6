import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors'
import { log } from '../log'
import { outageOf } from '../outage'

/** Does work again and again, from `start` until `stop`. Failures are logged, and the work is repeated. */
export class Repeater {
  readonly #idleMs: number
  readonly #stopping = new AbortController()
  readonly #works: Promise<void>[] = []

  /** `idleMs`: the pause before the next time. */
  constructor(idleMs: number) {
    this.#idleMs = idleMs
  }

  /** `what`: a description for the log. Several works run side by side. */
  start(what: string, work: (signal: AbortSignal) => Promise<void>): void {
    this.#works.push(this.#repeat(what, work))
  }

  /** Resolves once the works that run have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the worker stops'))
    await Promise.all(this.#works)
  }

  async #repeat(what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await work(signal).catch((error: unknown) => {
        if (signal.aborted) return
        if (outageOf(error) || error instanceof AppError) log.warn({ reason: String(error) }, `${what} waits`)
        else log.error({ err: error }, `${what} failed`)
      })
      if (!signal.aborted) await sleep(this.#idleMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
