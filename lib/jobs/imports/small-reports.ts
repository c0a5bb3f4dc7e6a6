import 'server-only'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { type Attempt, attemptNext } from './attempt'
import { scanNext } from './scan'

/**
 * Runs small reports beside what the worker runs anyway, so that nobody waits for the large report of somebody else, and so that the
 * database works while the worker does. One at a time: that needs little memory. Both take turns at each slice of records.
 */
export class SmallReports {
  readonly #idleMs: number
  #open = false
  #scans = false
  #notified = false
  /** The last start failed for the disk: the next one does not count, see startRun. */
  #diskFailed = false
  #wake: () => void = () => undefined
  #loop: Promise<void> | null = null

  constructor(idleMs: number) {
    this.#idleMs = idleMs
  }

  /**
   * From now on small reports are run. `scans`: reports whose accounts are not known are scanned as well, also the large one that is
   * under way: until then it keeps every other from running.
   */
  open({ scans }: { scans: boolean }): void {
    this.#open = true
    this.#scans = scans
    this.#loop ??= this.#run()
  }

  /** None is begun any more; the one under way goes on. */
  close(): void {
    this.#open = false
    this.#wake()
  }

  /** Resolves once the report under way has come to its end or to an error. */
  async end(): Promise<void> {
    this.close()
    await this.#loop
  }

  wake(): void {
    this.#notified = this.#scans
    this.#wake()
  }

  async #run(): Promise<void> {
    try {
      while (this.#open) {
        this.#notified = false
        const { result } = await this.#attempt()
        const more = result === 'ended' || (result === 'nothing' && this.#open && this.#scans && (await this.#scan()))
        if (more || this.#notified || !this.#open) continue
        // Beside another small report it is not worth waiting: the next one is tried with the next.
        if (!this.#scans) return
        await this.#wait()
      }
    } finally {
      this.#loop = null
    }
  }

  /** An outage keeps what runs beside it as well, which waits for it and goes on. */
  async #attempt(): Promise<Attempt> {
    const counted = !this.#diskFailed
    const attempt = await attemptNext({ small: true }, () => ({ counted })).catch(failed)
    this.#diskFailed = attempt.result === 'disk_full' || attempt.result === 'read_only'
    return attempt
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
