import 'server-only'
import { log } from '../log'
import { type Outage, outageOf } from '../outage'

const LONGEST_PAUSE_MS = 5000

/** Does `work`, again and again while an outage interrupts it; `onState` is called with the outage, and with null at the end. */
export async function retryOutages<T>(
  what: string,
  work: () => Promise<T>,
  onState: (outage: Outage | null) => void = () => undefined,
): Promise<T> {
  for (let times = 0; ; times++) {
    try {
      const result = await work()
      if (times > 0) onState(null)
      return result
    } catch (error) {
      const outage = outageOf(error)
      if (!outage) throw error
      onState(outage)
      log.warn({ outage, reason: error instanceof Error ? error.message : null }, `${what} waits and is tried again`)
      await new Promise(resolve => setTimeout(resolve, Math.min(500 * 2 ** times, LONGEST_PAUSE_MS)))
    }
  }
}
