/** Deaths in a row, none of them after a minute or after it was healthy, that end the launcher: about two minutes of tries. */
export const DEATHS_IN_A_ROW = 8

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** Where the part does work, or only waits for something outside, people should not wait much longer than that takes. */
const LONGEST_BRIEF_PAUSE_MS = 8000
const SETTLED_MS = 60_000

/**
 * When a part of the product that ended is started again, and when it counts as failing for good.
 * docs/decisions/0038-supervision.md tells why.
 */
export class Backoff {
  #failures = 0
  #firstPauseMs
  #pauseMs

  /** @param {number} [firstPauseMs] */
  constructor(firstPauseMs = FIRST_PAUSE_MS) {
    this.#firstPauseMs = firstPauseMs
    this.#pauseMs = firstPauseMs
  }

  /**
   * @param {{ ranMs: number, healthy: boolean, waiting: boolean }} death
   *   healthy: it was ready at some time; waiting: it ended for something that passes without it, such as a full disk
   * @returns {{ pauseMs: number, givesUp: boolean }}
   */
  next({ ranMs, healthy, waiting }) {
    const settled = ranMs >= SETTLED_MS
    if (settled) this.#pauseMs = this.#firstPauseMs
    if (settled || healthy) this.#failures = 0
    else if (!waiting) this.#failures++
    const longest = healthy || waiting ? LONGEST_BRIEF_PAUSE_MS : LONGEST_PAUSE_MS
    const pauseMs = Math.min(this.#pauseMs, longest)
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
    return { pauseMs, givesUp: this.#failures >= DEATHS_IN_A_ROW }
  }
}
