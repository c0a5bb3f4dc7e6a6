import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors'
import { log } from '../log'
import { outageOf } from '../outage'

interface Repeated {
  /** What it does, for the log. */
  what: string
  /** The pause before the next time. */
  idleMs: number
  signal: AbortSignal
}

/** Does work again and again until the signal aborts. What fails is logged and repeated. */
export async function repeat({ what, idleMs, signal }: Repeated, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => {
      if (signal.aborted) return
      if (outageOf(error) || error instanceof AppError) log.warn({ reason: String(error) }, `${what} waits`)
      else log.error({ err: error }, `${what} failed`)
    })
    if (!signal.aborted) await sleep(idleMs, undefined, { signal }).catch(() => undefined)
  }
}
