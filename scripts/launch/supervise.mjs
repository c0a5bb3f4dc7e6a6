import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff, DEATHS_IN_A_ROW } from './backoff.mjs'
import { LaunchError, say } from './report.mjs'

/** @typedef {import('./child.mjs').Child} Child */

/**
 * A part of the product that is restarted whenever it ends, after a pause that grows while it keeps failing.
 * failed: rejects when it fails permanently; restart: ends it and starts it immediately; stop: ends it permanently.
 * @typedef {{ failed: Promise<never>, restart: () => void, stop: (force: AbortSignal) => Promise<void> }} Supervised
 */

/**
 * @param {string} name
 * @param {(ending: AbortSignal) => Promise<Child>} start
 * @param {() => Promise<boolean>} isWaiting whether an outage that will pass prevents its start
 * @returns {Supervised}
 */
export function keepRunning(name, start, isWaiting, backoff = new Backoff()) {
  const ending = new AbortController()
  /** @type {Child | undefined} */
  let child
  let isRunning = false
  let restarting = false
  const failed = (async () => {
    for (;;) {
      const began = Date.now()
      let healthy = false
      let end
      try {
        child = await start(ending.signal)
        isRunning = true
        child.ready.then(() => {
          healthy = true
        })
        if (ending.signal.aborted) await child.stop(AbortSignal.abort())
        end = await child.exited
      } catch (error) {
        end = /** @type {Error} */ (error).message
      }
      isRunning = false
      ending.signal.throwIfAborted()
      if (restarting) {
        restarting = false
        continue
      }
      const waiting = !healthy && (await isWaiting())
      const { pauseMs, givesUp } = backoff.next({ ranMs: Date.now() - began, healthy, waiting })
      if (givesUp)
        throw new LaunchError(`The ${name} exited ${DEATHS_IN_A_ROW} times in a row before it was ready (${end}).`)
      say(`The ${name} exited (${end}); restarting in ${pauseMs / 1000} s.`)
      await sleep(pauseMs, null, { signal: ending.signal })
    }
  })()
  // A failure is reported to the code that awaits this promise. Until then it must not end the process as unhandled.
  failed.catch(() => {})
  return {
    failed,
    restart() {
      if (!isRunning) return
      restarting = true
      child?.stop(AbortSignal.abort()).catch(() => {})
    },
    async stop(force) {
      ending.abort()
      await child?.stop(force)
      await failed.catch(() => {})
    },
  }
}
