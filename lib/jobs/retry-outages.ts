import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Outage, outageOf } from '../outage'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5000

interface RetryOptions {
  /** Called after every attempt: with the outage that interrupted it and its error, or with null once it succeeded. */
  onState?: (outage: Outage | null, error?: unknown) => void
  /** Stops retrying: the error of the last attempt is thrown. */
  signal?: AbortSignal
}

/** Runs `work` and retries it with growing pauses while an outage interrupts it. Throws every other error. */
export async function retryOutages<T>(
  work: () => Promise<T>,
  { onState = () => undefined, signal }: RetryOptions = {},
): Promise<T> {
  for (let times = 0; ; times++) {
    try {
      const result = await work()
      onState(null)
      return result
    } catch (error) {
      const outage = outageOf(error)
      if (!outage || signal?.aborted) throw error
      onState(outage, error)
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** times, LONGEST_PAUSE_MS)
      await sleep(pause, undefined, signal ? { signal } : {}).catch(() => undefined)
      if (signal?.aborted) throw error
    }
  }
}
