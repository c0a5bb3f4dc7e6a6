import 'server-only'
import type { JobAccess } from '../../access/proof'
import type { Position } from '../../domain/collection/position'
import { type ClaimedTask, saveLines } from '../../store/collection/tasks'

/** A report is saved after so many bytes or milliseconds. Anything later is read again after a crash. */
const SAVE_BYTES = 256 * 1024
const SAVE_MS = 5_000

/** Appends the lines of a task to its import, in pieces with the position behind them. */
export class ReportWriter {
  readonly #access: JobAccess
  readonly #task: ClaimedTask
  readonly #counts: () => { calls: number; throttles: number }
  #counted = { calls: 0, throttles: 0 }
  #waiting: string[] = []
  #bytes = 0
  #records = 0
  #savedAt = Date.now()

  /** `counts`: calls and throttles of the run so far. */
  constructor(access: JobAccess, task: ClaimedTask, counts: () => { calls: number; throttles: number }) {
    this.#access = access
    this.#task = task
    this.#counts = counts
  }

  add(lines: readonly object[], { asRecords }: { asRecords: boolean }): void {
    for (const line of lines) {
      const text = `${JSON.stringify(line)}\n`
      this.#waiting.push(text)
      this.#bytes += Buffer.byteLength(text)
    }
    if (asRecords) this.#records += lines.length
  }

  /** Saves what was added where that is much, or some time ago. Throws TaskLost. */
  async saveSome(position: Position): Promise<void> {
    if (this.#bytes >= SAVE_BYTES || Date.now() - this.#savedAt >= SAVE_MS) await this.save(position)
  }

  /** Saves what was added. `position` is where a run would continue behind it. Throws TaskLost. */
  async save(position: Position): Promise<void> {
    const bytes = Buffer.from(this.#waiting.join(''))
    const now = this.#counts()
    const [calls, throttles] = [now.calls - this.#counted.calls, now.throttles - this.#counted.throttles]
    await saveLines(this.#access, this.#task, { bytes, position, records: this.#records, calls, throttles })
    this.#counted = now
    this.#waiting = []
    this.#bytes = 0
    this.#records = 0
    this.#savedAt = Date.now()
  }
}
