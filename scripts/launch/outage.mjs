import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff } from './backoff.mjs'
import { LaunchError, say } from './report.mjs'

/** Outages, which pass without a change of the settings and are retried indefinitely, with their names for people. */
const OUTAGES = {
  disk_full: 'the disk is full',
  read_only: 'the disk or the database is read-only',
  database_away: 'the database does not answer',
}

/** @typedef {keyof typeof OUTAGES} Outage */

/** @param {Outage} outage */
export const wordsFor = outage => OUTAGES[outage]

/** The database could not start because of an outage of its disk. */
export class OutageError extends LaunchError {
  /**
   * @param {string} message
   * @param {Outage} outage
   */
  constructor(message, outage) {
    super(message)
    this.outage = outage
  }
}

const DISK_FULL = /^(?:ENOSPC|EDQUOT|53100)$|No space left on device|no space left on device|Disk quota exceeded/
const READ_ONLY = /^(?:EROFS|25006)$|[Rr]ead-only file system|in a read-only transaction/
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const AWAY_CODE = /^(?:08\w{3}|57P0[1-5]|53000|53200|53300|58030)$/
const AWAY_ERRNO =
  /\b(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)\b|Connection terminated|timeout expired|terminating connection|database system is (?:starting up|shutting down|in recovery|not yet)/

/**
 * The outage of the disk that a text reports; null for any other reason.
 * @param {string} text an error code or a message
 * @returns {Outage | null}
 */
export function diskOutageIn(text) {
  if (DISK_FULL.test(text)) return 'disk_full'
  return READ_ONLY.test(text) ? 'read_only' : null
}

/**
 * The outage that caused an error or one of its causes; null for any other error.
 * @param {unknown} error
 * @returns {Outage | null}
 */
export function outageOf(error) {
  if (error instanceof OutageError) return error.outage
  for (const text of textsOf(error)) {
    const outage = diskOutageIn(text)
    if (outage) return outage
    if (AWAY_CODE.test(text) || AWAY_ERRNO.test(text)) return 'database_away'
  }
  return null
}

/**
 * The codes and messages of an error and of those that caused it.
 * @param {unknown} error
 * @returns {Generator<string>}
 */
function* textsOf(error, depth = 0) {
  if (!(error instanceof Error) || depth > 5) return
  yield String(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')
  yield error.message
  yield* textsOf(error.cause, depth + 1)
  if (error instanceof AggregateError) for (const inner of error.errors) yield* textsOf(inner, depth + 1)
}

/**
 * Runs `work` until it succeeds, retries it only during an outage, and reports the reason of each wait.
 * @template T
 * @param {string} what the step, in words for people
 * @param {() => Promise<T>} work
 * @param {AbortSignal} stop ends the wait and throws its reason
 * @param {(error: unknown) => string | null} [waitsFor] the outage, in words for people; null throws the error instead
 * @returns {Promise<T>}
 */
export async function retryOutages(what, work, stop, waitsFor = wordsOf) {
  for (const backoff = new Backoff(); ; ) {
    stop.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      stop.throwIfAborted()
      const outage = waitsFor(error)
      if (!outage) throw error
      const { pauseMs } = backoff.next({ ranMs: 0, healthy: false, waiting: true })
      say(`${what}: ${outage}; trying again in ${pauseMs / 1000} s.`)
      await sleep(pauseMs, null, { signal: stop }).catch(() => {})
    }
  }
}

/**
 * The outage that caused an error, in words for people.
 * @param {unknown} error
 */
export function wordsOf(error) {
  const outage = outageOf(error)
  return outage && wordsFor(outage)
}
