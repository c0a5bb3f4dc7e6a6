/** Consecutive early deaths (within a minute, never healthy) that end the launcher: about two minutes of attempts. */
export const DEATHS_IN_A_ROW = 8

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** The limit after a part was healthy or met an outage: people should not wait much longer than the outage lasts. */
const LONGEST_BRIEF_PAUSE_MS = 8000
const SETTLED_MS = 60_000

/**
 * Decides when a part of the product that ended is restarted, and when it has failed permanently.
 * The reasons are in docs/decisions/0038-supervision.md.
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
   *   healthy: it was ready at some time; waiting: it ended because of an outage that passes, such as a full disk
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
