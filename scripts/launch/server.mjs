import { existsSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { clusterOf, configure, initialise, logFile, logSize, logTail, pgCtl, rotateLog, SUPERUSER } from './cluster.mjs'
import { connectionProblem, isAnswer } from './connection.mjs'
import { endOrphans, isGoneWithin, signalIfThere } from './orphans.mjs'
import { diskOutageIn, OutageError, wordsFor } from './outage.mjs'
import { freePort, isFree } from './ports.mjs'
import { commandOf } from './process.mjs'
import { LaunchError, say } from './report.mjs'

/** @typedef {import('./placement.mjs').Place} Place */

/** A starting server that is silent for this long is killed. One that is recovering answers so and is not. */
const SILENCE_MS = 20_000
/** Less than one WAL segment: PostgreSQL cannot start, and cannot write the reason to a log file on the same disk. */
const LEAST_SPACE = 16 * 1024 * 1024

/**
 * Starts the server of a place, or finds it running; the first call creates its cluster. The caller holds the lock.
 * Throws OutageError if the disk is full or read-only.
 * @param {Place} place
 * @param {{ password: string, settings?: Record<string, string>, port?: number, signal?: AbortSignal }} options
 *   the superuser's password; port: the preferred one; without it, or if it is in use, the last one or any
 * @returns {Promise<number>} the port on 127.0.0.1
 */
export async function startServer(place, { password, settings = {}, port: wanted, signal }) {
  if (!existsSync(clusterOf(place))) await initialise(place, password)
  const last = wanted ?? noted(place)?.port
  const running = await findRunning(place, password, signal)
  if (running) return running
  await endOrphans(clusterOf(place))
  configure(place, settings)
  rotateLog(place)
  // A second attempt: another program can take the port meanwhile, and after a crash the last processes may still be ending.
  for (let attempt = 1; ; attempt++) {
    const port = last && (await isFree(last, '127.0.0.1')) ? last : await freePort()
    const logged = logSize(place)
    try {
      await pgCtl(place, ['start', '-l', logFile(place), '-w', '-t', '120', '-o', `-p ${port}`], signal)
      await requirePassword(place, port, password)
      return port
    } catch (error) {
      signal?.throwIfAborted()
      // Recovery takes longer than pg_ctl waits, or the start by a launcher that was killed meanwhile succeeded.
      const recovered = await findRunning(place, password, signal)
      if (recovered) return recovered
      const outage = outageOfStart(place, logged)
      if (outage) throw new OutageError(`The database in ${place.home} does not start: ${wordsFor(outage)}.`, outage)
      if (attempt === 3)
        throw new LaunchError(
          `The database did not start: ${/** @type {Error} */ (error).message}\n${logTail(place, logged)}`,
        )
      await sleep(1000)
    }
  }
}

/**
 * The same for a server that ran before: if its files are missing, because a disk was unmounted, no empty database replaces them.
 * @param {Place} place
 * @param {Parameters<typeof startServer>[1]} options
 */
export async function restartServer(place, options) {
  if (existsSync(clusterOf(place))) return startServer(place, options)
  throw new LaunchError(`The database folder ${clusterOf(place)} is missing. Put it back, or restore a backup.`)
}

/**
 * Ends the sessions and syncs everything to disk. On `force` it does not wait for that, and the next start recovers.
 * @param {Place} place
 * @param {AbortSignal} [force]
 */
export async function stopServer(place, force) {
  if (!findPostmaster(place)) return
  const stop = async (/** @type {string} */ mode) => {
    try {
      await pgCtl(place, ['stop', '-m', mode, '-w', '-t', '300'])
    } catch (error) {
      // It may have ended meanwhile.
      if (findPostmaster(place)) throw error
    }
  }
  if (force?.aborted) return stop('immediate')
  /** @type {Promise<unknown>} */
  let forced = Promise.resolve()
  force?.addEventListener('abort', () => {
    forced = stop('immediate').catch(() => {})
  })
  await stop('fast')
  await forced
}

/**
 * Kills a server that does not answer, even a suspended one. It recovers at the next start.
 * @param {Place} place
 * @param {number} pid of its postmaster; no other postmaster is killed
 */
export async function endServer(place, pid) {
  if (findPostmaster(place)?.pid !== pid) return
  signalIfThere(pid, 'SIGQUIT')
  if (!(await isGoneWithin(pid, 10_000))) signalIfThere(pid, 'SIGKILL')
  await isGoneWithin(pid, 10_000)
  await endOrphans(clusterOf(place))
}

/**
 * @param {number} port
 * @param {string} password
 * @param {string} database
 */
export function adminUrl(port, password, database = 'postgres') {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`
}

/**
 * The server that runs on the cluster of a place.
 * @param {Place} place
 */
export function findPostmaster(place) {
  const server = noted(place)
  if (!server) return null
  const command = commandOf(server.pid)
  return /postgres/.test(command) && command.includes(clusterOf(place)) ? server : null
}

/**
 * The outage that ended a server; null if there is no sign of one.
 * @param {Place} place
 * @param {number} logged offset in its log: earlier lines are ignored
 * @returns {import('./outage.mjs').Outage | null}
 */
export function outageOfStart(place, logged) {
  if (spaceIn(place.home) < LEAST_SPACE) return 'disk_full'
  const lines = logTail(place, logged).split('\n')
  // A container's small /dev/shm stays small.
  return diskOutageIn(lines.filter(line => !/shared memory/.test(line)).join('\n'))
}

/**
 * The free bytes of a folder's file system.
 * @param {string} folder
 */
function spaceIn(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    // The folder is missing, which is not a full disk.
    return Number.POSITIVE_INFINITY
  }
}

/**
 * The contents of postmaster.pid, which may be of a server that has ended.
 * @param {Place} place
 */
function noted(place) {
  try {
    const lines = readFileSync(join(clusterOf(place), 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]) }
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null
    throw error
  }
}

/**
 * The port of a server that another launcher, or one that was killed, started on this cluster. One that does not answer
 * is stopped.
 * @param {Place} place
 * @param {string} password
 * @param {AbortSignal} [signal]
 */
async function findRunning(place, password, signal) {
  let waits = false
  for (let silentSince = Date.now(); Date.now() - silentSince < SILENCE_MS; await sleep(200)) {
    signal?.throwIfAborted()
    const found = findPostmaster(place)
    if (!found) {
      // After a reboot its pid can belong to another program, and PostgreSQL would refuse to start.
      if (noted(place)) rmSync(join(clusterOf(place), 'postmaster.pid'), { force: true })
      return null
    }
    const problem = await connectionProblem(adminUrl(found.port, password))
    if (!problem) return found.port
    if (problem.code === '28P01') throw wrongPassword(place)
    if (!isAnswer(problem)) continue
    if (problem.code !== '57P03') return found.port
    silentSince = Date.now()
    if (!waits) say('The database is recovering; waiting for it.')
    waits = true
  }
  say('The database of an earlier start does not respond; stopping it.')
  const found = findPostmaster(place)
  if (found) await endServer(place, found.pid)
  return null
}

/**
 * @param {Place} place
 * @param {number} port
 * @param {string} password
 */
async function requirePassword(place, port, password) {
  const problem = await connectionProblem(adminUrl(port, password))
  if (problem?.code === '28P01') throw wrongPassword(place)
}

/** @param {Place} place */
function wrongPassword(place) {
  return new LaunchError(
    `The database in ${place.home} does not accept the password in secrets.json. Restore that file.`,
  )
}
