import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff, DEATHS_IN_A_ROW } from './backoff.mjs'
import { logSize } from './cluster.mjs'
import { connectionProblem, isAnswer } from './connection.mjs'
import { joinDatabase } from './database.mjs'
import { outageOf, retryOutages, wordsFor } from './outage.mjs'
import { LaunchError, say } from './report.mjs'
import { adminUrl, findPostmaster, outageOfStart } from './server.mjs'

const LOOK_EVERY_MS = 1000
const ASK_EVERY_MS = 10_000
const PATIENCE_MS = 10_000
/** A server that is recovering or has no connection left answers so. One that is silent for this long is suspended or hangs. */
const HANGS_AFTER_MS = 120_000

/**
 * The embedded database, which is restarted whenever it dies while this launcher uses it.
 * url: its current URL; onMove: called when it had to change its port; failed: rejects when it fails permanently.
 * @typedef {{
 *   url: () => string, onMove: (listener: () => void) => void, failed: Promise<never>,
 *   leave: (force?: AbortSignal) => Promise<void>,
 * }} SupervisedDatabase
 */

/**
 * Joins the embedded database of a data folder and keeps it running. Several launchers may do so: the one with the lock
 * restarts it, and the others find it running.
 * @param {string} dataDir
 * @param {{ stop: AbortSignal, hangsAfterMs?: number }} options stop: stops waiting for free disk space
 * @returns {Promise<SupervisedDatabase>}
 */
export async function keepDatabase(dataDir, { stop, hangsAfterMs = HANGS_AFTER_MS }) {
  const database = await retryOutages('Starting the database', () => joinDatabase(dataDir, stop), stop, startOutage)
  const ending = new AbortController()
  /** @type {Set<() => void>} */
  const listeners = new Set()
  let port = database.port
  const moveTo = (/** @type {number} */ next) => {
    if (next === port) return
    say(`Database port ${port} is in use; the database now listens on port ${next}.`)
    port = next
    for (const listener of listeners) listener()
  }
  const watching = watch(database, moveTo, { ending: ending.signal, hangsAfterMs, port: () => port })
  // A failure is reported to the code that awaits this promise. Until then it must not end the process as unhandled.
  watching.catch(() => {})
  return {
    url: () => database.urlOf(port),
    onMove: listener => listeners.add(listener),
    failed: watching,
    async leave(force) {
      ending.abort()
      await watching.catch(() => {})
      await database.leave(force)
    },
  }
}

/**
 * The outage that the start of a server waits for: only one of its disk.
 * @param {unknown} error
 */
function startOutage(error) {
  const outage = outageOf(error)
  return outage === null || outage === 'database_away' ? null : wordsFor(outage)
}

/**
 * PostgreSQL's own message out of an output of many lines.
 * @param {string} reason
 */
function briefly(reason) {
  const said = /\b(?:FATAL|PANIC): +(.+)/.exec(reason)?.[1] ?? reason.split('\n')[0] ?? ''
  return said.replace(/[.:]+$/, '')
}

/**
 * @param {import('./placement.mjs').Place} place
 * @param {number} logged
 */
function diskOutage(place, logged) {
  const outage = outageOfStart(place, logged)
  return outage && wordsFor(outage)
}

/**
 * @param {import('./database.mjs').Joined} database
 * @param {(port: number) => void} moveTo
 * @param {{ ending: AbortSignal, hangsAfterMs: number, port: () => number }} options
 * @returns {Promise<never>} rejects when the database fails permanently or the supervision ends
 */
async function watch(database, moveTo, { ending, hangsAfterMs, port }) {
  const { place } = database
  const backoff = new Backoff()
  let logged = logSize(place)
  let began = Date.now()
  for (;;) {
    await untilDead(database, { ending, hangsAfterMs, onPort: moveTo })
    let healthy = true
    for (let outage = diskOutage(place, logged), reason = outage; ; ) {
      const { pauseMs, givesUp } = backoff.next({ ranMs: Date.now() - began, healthy, waiting: outage !== null })
      if (givesUp)
        throw new LaunchError(`The database exited ${DEATHS_IN_A_ROW} times in a row before it was ready. ${reason}`)
      say(`The database exited${reason ? ` (${briefly(reason)})` : ''}; restarting in ${pauseMs / 1000} s.`)
      await sleep(pauseMs, null, { signal: ending })
      began = Date.now()
      logged = logSize(place)
      try {
        moveTo(await database.revive(port(), ending))
        break
      } catch (error) {
        ending.throwIfAborted()
        healthy = false
        outage = startOutage(error)
        reason = outage ?? /** @type {Error} */ (error).message
      }
    }
    say('The database is running again.')
  }
}

/**
 * Returns when the server has ended, or has been killed because it did not answer.
 * @param {import('./database.mjs').Joined} database
 * @param {{ ending: AbortSignal, hangsAfterMs: number, onPort: (port: number) => void }} options
 */
async function untilDead(database, { ending, hangsAfterMs, onPort }) {
  let silentMs = 0
  let asked = Date.now()
  for (;;) {
    await sleep(LOOK_EVERY_MS, null, { signal: ending })
    const server = findPostmaster(database.place)
    if (!server) return
    if (server.port) onPort(server.port)
    if (Date.now() - asked < Math.min(ASK_EVERY_MS, hangsAfterMs / 4)) continue
    const problem = await connectionProblem(adminUrl(server.port, database.password), PATIENCE_MS)
    // After this machine was suspended, a long time has passed for the launcher but not for the server.
    if (problem && !isAnswer(problem)) silentMs += Math.min(Date.now() - asked, ASK_EVERY_MS + PATIENCE_MS)
    else silentMs = 0
    asked = Date.now()
    if (silentMs < hangsAfterMs) continue
    say(`The database has not responded for ${Math.round(silentMs / 1000)} s; stopping it.`)
    await database.end(server.pid)
  }
}
