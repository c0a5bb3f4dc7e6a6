import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 100

/**
 * Waits until `look` returns something other than null, and returns it. An error of `look` counts as null. Throws after `limitMs`,
 * naming `what` and the last error.
 */
export async function until<T>(what: string, limitMs: number, look: () => Promise<T | null> | T | null): Promise<T> {
  let last: unknown = null
  for (const began = performance.now(); ; ) {
    try {
      const seen = await look()
      if (seen !== null) return seen
    } catch (error) {
      if (error instanceof ChaosError) throw error
      last = error
    }
    if (performance.now() - began > limitMs) {
      throw new ChaosError(`Not within ${Math.round(limitMs / 1000)} s: ${what}${last ? ` (${String(last)})` : ''}`)
    }
    await sleep(POLL_MS)
  }
}

/** A promise of the product that does not hold: waiting longer does not help. */
export class ChaosError extends Error {}
