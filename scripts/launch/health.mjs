import { setTimeout as sleep } from 'node:timers/promises'
import { say } from './report.mjs'

const ASK_EVERY_MS = 10_000
const ASK_AGAIN_MS = 2000
const PATIENCE_MS = 10_000
/** Without a database it answers 503 immediately, which counts as an answer. */
const HANGS_AFTER_MS = 60_000
const STARTS_WITHIN_MS = 120_000

/**
 * Polls the health of the web server until it ends, and kills it if it does not answer for a long time.
 * @param {string} url
 * @param {import('./child.mjs').Child} web
 * @param {{ onHealthy: () => void, endsHanging: boolean, hangsAfterMs?: number }} options
 *   onHealthy: called at every healthy answer; endsHanging: false in development, because a debugger may pause the server
 * @returns {Promise<void>} resolves at the first answer, also if it reports that the database is unavailable
 */
export function watchHealth(url, web, { onHealthy, endsHanging, hangsAfterMs = HANGS_AFTER_MS }) {
  return new Promise(answered => {
    let ended = false
    web.exited.then(() => {
      ended = true
    })
    const watch = async () => {
      let isUp = false
      for (let silentMs = 0; !ended; ) {
        const asked = Date.now()
        const status = await statusOf(url, Math.min(PATIENCE_MS, hangsAfterMs))
        if (status) {
          isUp = true
          answered()
          if (status === 200) onHealthy()
        }
        // Next.js logs every request in development.
        if (status === 200 && !endsHanging) return
        // Each answer without a database adds a line to the log; until the first answer a person waits at the terminal.
        const pauseMs = status === 200 ? ASK_EVERY_MS : isUp ? ASK_AGAIN_MS : 150
        await Promise.race([sleep(Math.min(pauseMs, hangsAfterMs)), web.exited])
        // After this machine was suspended, a long time has passed for the launcher but not for the server.
        silentMs = status ? 0 : silentMs + Math.min(Date.now() - asked, 2 * PATIENCE_MS)
        if (ended || !endsHanging || silentMs < (isUp ? hangsAfterMs : STARTS_WITHIN_MS)) continue
        say(`The web server has not responded for ${Math.round(silentMs / 1000)} s; stopping it.`)
        await web.stop(AbortSignal.abort())
      }
    }
    watch()
  })
}

/**
 * The status of the answer; null if there is none.
 * @param {string} url
 * @param {number} patienceMs
 */
async function statusOf(url, patienceMs) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
    await response.body?.cancel()
    return response.status
  } catch {
    return null
  }
}
