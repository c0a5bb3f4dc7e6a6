import { connectionProblem } from './connection.mjs'
import { retryOutages, wordsOf } from './outage.mjs'
import { LaunchError } from './report.mjs'

/** An unknown host name or a wrong password may be temporary. After this time it counts as a mistake in the settings. */
const SETTLES_WITHIN_MS = 60_000
const PATIENCE_MS = 10_000

/**
 * The PostgreSQL of DATABASE_URL, once it accepts this process. Waits indefinitely for a server that does not answer.
 * @param {string} url
 * @param {AbortSignal} stop
 * @param {{ settlesWithinMs?: number }} [options]
 * @returns {Promise<Omit<import('./keep-database.mjs').SupervisedDatabase, 'leave'>>}
 */
export async function ownDatabase(url, stop, { settlesWithinMs = SETTLES_WITHIN_MS } = {}) {
  const began = Date.now()
  const connect = async () => {
    const problem = await connectionProblem(url, PATIENCE_MS)
    if (problem) throw problem
  }
  try {
    await retryOutages('Connecting to DATABASE_URL', connect, stop, error => {
      if (Date.now() - began < settlesWithinMs) return wordsOf(error) ?? /** @type {Error} */ (error).message
      return wordsOf(error)
    })
  } catch (error) {
    if (stop.aborted) throw error
    throw new LaunchError(`Cannot connect to DATABASE_URL: ${/** @type {Error} */ (error).message}`)
  }
  return { url: () => url, onMove: () => {}, failed: new Promise(() => {}) }
}
