import { parentOf } from './process.mjs'
import { say } from './report.mjs'

// Pressing Ctrl-C under npm can deliver the signal twice; a person's second one comes later.
const SAME_PRESS_MS = 700

/**
 * stop: aborted at the first request to end; force: at the second one.
 * @returns {{ stop: AbortSignal, force: AbortSignal }}
 */
export function listenForStop() {
  const stop = new AbortController()
  const force = new AbortController()
  let first = 0
  const onSignal = () => {
    if (!stop.signal.aborted) {
      first = Date.now()
      say('Stopping.')
      stop.abort()
    } else if (Date.now() - first > SAME_PRESS_MS && !force.signal.aborted) {
      say('Stopping immediately.')
      force.abort()
    }
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, onSignal)
  watchNpm(onSignal)
  return { stop: stop.signal, force: force.signal }
}

/**
 * npm passes a signal on to the shell between it and this program, and there it stays. So the end of either counts too.
 * @param {() => void} onEnd
 */
function watchNpm(onEnd) {
  if (!process.env.npm_lifecycle_event) return
  const line = () => `${process.ppid} ${parentOf(process.ppid)}`
  const atStart = line()
  const timer = setInterval(() => {
    if (line() === atStart) return
    clearInterval(timer)
    onEnd()
  }, 300)
  timer.unref()
}

/**
 * A promise that ends with a signal.
 * @param {AbortSignal} signal its reason is what the promise rejects with
 * @returns {Promise<never>}
 */
export function rejectedAt(signal) {
  return new Promise((_done, fail) => {
    if (signal.aborted) fail(signal.reason)
    signal.addEventListener('abort', () => fail(signal.reason), { once: true })
  })
}
