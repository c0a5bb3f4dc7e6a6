const TERMINAL_MS = 500
/** Without a terminal, in a log, a few lines are enough. */
const LOG_MS = 30_000

/**
 * Reports the progress of a long command on standard error: in one line on a terminal, otherwise in a line every half
 * minute.
 */
export class Progress {
  readonly #isTerminal = process.stderr.isTTY
  readonly #textOf: (table: string, bytes: number) => string | null
  #shown = Date.now()

  constructor(textOf: (table: string, bytes: number) => string | null) {
    this.#textOf = textOf
  }

  readonly show = (table: string, bytes: number): void => {
    if (Date.now() - this.#shown < (this.#isTerminal ? TERMINAL_MS : LOG_MS)) return
    this.#shown = Date.now()
    const text = this.#textOf(table, bytes) ?? ''
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${text}` : `${text}\n`)
  }

  /** Clears the line of the terminal. */
  end(): void {
    if (this.#isTerminal) process.stderr.write('\r\u001b[K')
  }
}
