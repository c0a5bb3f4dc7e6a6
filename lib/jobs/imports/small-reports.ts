import 'server-only'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { type Attempt, attemptNext } from './attempt'
import { scanNext } from './scan'

/**
 * Runs small reports while the worker runs a large one, so that nobody waits for the large report of somebody else. One at a time: beside
 * the large one it needs little memory. Both take turns at each slice of records that they parse.
 */
export class SmallReports {
  readonly #idleMs: number
  #runs = false
  #notified = false
  #wake: () => void = () => undefined
  #done: Promise<void> = Promise.resolve()

  constructor(idleMs: number) {
    this.#idleMs = idleMs
  }

  start(): void {
    this.#runs = true
    this.#done = this.#loop()
  }

  /** Resolves once the report under way has come to its end or to an error. */
  async stop(): Promise<void> {
    this.#runs = false
    this.#wake()
    await this.#done
  }

  wake(): void {
    this.#notified = true
    this.#wake()
  }

  async #loop(): Promise<void> {
    while (this.#runs) {
      this.#notified = false
      const { result } = await this.#attempt()
      // Scanning is done in between, also for the large report itself: until then it keeps every other from running.
      const more = result === 'ended' || (result === 'nothing' && this.#runs && (await this.#scan()))
      if (this.#runs && !this.#notified && !more) await this.#wait()
    }
  }

  async #attempt(): Promise<Attempt> {
    // An outage keeps the large report as well, which waits for it and goes on.
    return attemptNext({ small: true }, () => ({ counted: true })).catch(failed)
  }

  async #scan(): Promise<boolean> {
    return scanNext().catch((error: unknown) => {
      failed(error)
      return false
    })
  }

  #wait(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, this.#idleMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function failed(error: unknown): Attempt {
  if (!outageOf(error)) log.error({ err: error }, 'looking for small reports failed')
  return { id: null, result: 'nothing' }
}
