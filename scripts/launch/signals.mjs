import { parentOf } from './process.mjs'
import { say } from './report.mjs'

// Ctrl-C under npm can deliver the signal twice; a second Ctrl-C of a person comes later.
const SAME_PRESS_MS = 700

/**
 * stop: aborted by the first request to end; force: by the second one.
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
 * npm sends a signal only to the shell between it and this program, which does not forward it. So the end of npm or of
 * the shell counts as a request too.
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
 * A promise that rejects when a signal is aborted.
 * @param {AbortSignal} signal the promise rejects with its reason
 * @returns {Promise<never>}
 */
export function rejectedAt(signal) {
  return new Promise((_done, fail) => {
    if (signal.aborted) fail(signal.reason)
    signal.addEventListener('abort', () => fail(signal.reason), { once: true })
  })
}
