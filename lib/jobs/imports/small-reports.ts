import 'server-only'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { type Attempt, attemptNext } from './attempt'
import { scanNext } from './scan'

/**
 * Runs small reports in parallel to the worker's current import, so that they need not wait for somebody else's large report. One at a
 * time, to bound memory. The two take turns after each slice of records.
 */
export class SmallReports {
  readonly #idleMs: number
  #open = false
  #scans = false
  #notified = false
  /** The last attempt failed because of the disk: the next one does not count, see startRun. */
  #diskFailed = false
  #wake: () => void = () => undefined
  #loop: Promise<void> | null = null

  constructor(idleMs: number) {
    this.#idleMs = idleMs
  }

  /**
   * Begins to run small reports. `scans`: also scans reports whose accounts are unknown, including the large one that is running: until
   * it is scanned it blocks all others.
   */
  open({ scans }: { scans: boolean }): void {
    this.#open = true
    this.#scans = scans
    this.#loop ??= this.#run()
  }

  /** Starts no more reports; the current one continues. */
  close(): void {
    this.#open = false
    this.#wake()
  }

  /** Resolves once the current report has ended or failed. */
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
        // In parallel to another small report it is not worth waiting: the next import starts this loop again.
        if (!this.#scans) return
        await this.#wait()
      }
    } finally {
      this.#loop = null
    }
  }

  /** An outage interrupts the main import as well; its loop waits until the outage ends. */
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
