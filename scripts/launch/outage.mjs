import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff } from './backoff.mjs'
import { LaunchError, say } from './report.mjs'

/** What passes without a change of the settings: it is worth trying again for as long as it takes. With its name for a person. */
const OUTAGES = {
  disk_full: 'the disk is full',
  read_only: 'the disk or the database is read-only',
  database_away: 'the database does not answer',
}

/** @typedef {keyof typeof OUTAGES} Outage */

/** @param {Outage} outage */
export const wordsFor = outage => OUTAGES[outage]

/** The database could not start for an outage of its disk. */
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
 * What of the disk keeps something from being written; null for another reason.
 * @param {string} text an error code or a message
 * @returns {Outage | null}
 */
export function diskOutageIn(text) {
  if (DISK_FULL.test(text)) return 'disk_full'
  return READ_ONLY.test(text) ? 'read_only' : null
}

/**
 * The outage that an error, or one that caused it, comes from; null for an error of any other kind.
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
 * Runs `work` until it succeeds, for as long as it fails for an outage only, and says each time what it waits for.
 * @template T
 * @param {string} what the step, for a person
 * @param {() => Promise<T>} work
 * @param {AbortSignal} stop its reason is thrown
 * @param {(error: unknown) => string | null} [waitsFor] in words; null ends the waiting with the error
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
 * The outage that an error comes from, for a person.
 * @param {unknown} error
 */
export function wordsOf(error) {
  const outage = outageOf(error)
  return outage && wordsFor(outage)
}
