import { chownSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './ports.mjs'
import { commandOf, run } from './process.mjs'
import { LaunchError, say } from './report.mjs'

/** @typedef {import('./placement.mjs').Place} Place */

const SUPERUSER = 'postgres'
const LOG_LIMIT = 10 * 1024 * 1024

/**
 * Starts the server of a place, or finds it running; makes its cluster at the first call. The caller holds the lock.
 * @param {Place} place
 * @param {{ password: string, settings?: Record<string, string> }} options the superuser's password
 * @returns {Promise<number>} the port on 127.0.0.1
 */
export async function startServer(place, { password, settings = {} }) {
  if (!existsSync(cluster(place))) await initialise(place, password)
  const running = await findRunning(place, password)
  if (running) return running
  writeFileSync(join(cluster(place), 'hinomi.conf'), configuration(settings), { mode: 0o644 })
  rotateLog(place)
  // A second try: someone else can take the port in between, and after a crash the last processes may still be ending.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      await pgCtl(place, ['start', '-l', logFile(place), '-w', '-t', '120', '-o', `-p ${port}`])
      return port
    } catch (error) {
      if (attempt === 3)
        throw new LaunchError(`The database did not start: ${/** @type {Error} */ (error).message}\n${logTail(place)}`)
      await sleep(1000)
    }
  }
}

/**
 * Ends the sessions and puts everything on disk; on `force` it does not wait for that and recovers at the next start.
 * @param {Place} place
 * @param {AbortSignal} [force]
 */
export async function stopServer(place, force) {
  if (!findPostmaster(place)) return
  const stop = (/** @type {string} */ mode) => pgCtl(place, ['stop', '-m', mode, '-w', '-t', '300'])
  if (force?.aborted) return stop('immediate')
  /** @type {Promise<unknown>} */
  let forced = Promise.resolve()
  force?.addEventListener('abort', () => {
    // It may have just ended by itself.
    forced = stop('immediate').catch(() => {})
  })
  await stop('fast')
  await forced
}

/**
 * @param {number} port
 * @param {string} password
 * @param {string} database
 */
export function adminUrl(port, password, database = 'postgres') {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`
}

/** @param {Place} place */
const cluster = place => join(place.home, 'postgres')
/** @param {Place} place */
const logFile = place => join(place.home, 'postgres.log')

/**
 * @param {Place} place
 * @param {string[]} args
 */
function pgCtl(place, args) {
  const [verb = '', ...rest] = args
  return runAsOwner(place, 'pg_ctl', [verb, '-D', cluster(place), ...rest])
}

/**
 * Detached, so that Ctrl-C in the terminal reaches only the launcher, which then stops things in order.
 * @param {Place} place
 * @param {string} program
 * @param {string[]} args
 */
function runAsOwner(place, program, args) {
  return run(join(place.bin, program), args, {
    what: program,
    quiet: true,
    detached: true,
    cwd: place.home,
    ...place.owner,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC', NODE_ENV: 'production' },
  })
}

/**
 * @param {Place} place
 * @param {string} password
 */
async function initialise(place, password) {
  say('Creating the database.')
  const fresh = `${cluster(place)}.new`
  const passwordFile = join(place.home, 'postgres.password')
  rmSync(fresh, { recursive: true, force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (place.owner) chownSync(passwordFile, place.owner.uid, place.owner.gid)
  const common = ['-D', fresh, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8']
  // Sorting is the server's own everywhere; the system's locale only tells letters from signs, and pg_trgm sees
  // Japanese letters as letters only where that locale is a UTF-8 one.
  const locales = ['C.UTF-8', 'en_US.UTF-8']
  try {
    for (const locale of locales) {
      try {
        await runAsOwner(place, 'initdb', [
          ...common,
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          `--locale=${locale}`,
        ])
        break
      } catch (error) {
        rmSync(fresh, { recursive: true, force: true })
        if (locale === locales.at(-1) || !/invalid locale/.test(String(error))) throw error
      }
    }
  } finally {
    rmSync(passwordFile, { force: true })
  }
  const conf = join(fresh, 'postgresql.conf')
  writeFileSync(
    conf,
    `${readFileSync(conf, 'utf8')}\ninclude = 'hinomi.conf'\n# Your own settings below this line win.\n`,
  )
  // Only a finished cluster gets its name: an interrupted start begins anew.
  renameSync(fresh, cluster(place))
}

/** @param {Record<string, string>} settings */
function configuration(settings) {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  const megabytes = Math.floor(memory / 1024 / 1024)
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: `${Math.max(32, Math.min(1024, Math.floor(megabytes / 16)))}MB`,
    effective_cache_size: `${Math.max(256, Math.floor(megabytes / 4))}MB`,
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'`)
  return `# Written at every start. Your own settings go to the end of postgresql.conf.\n${lines.join('\n')}\n`
}

/**
 * The port of a server that runs on this cluster, left by another launcher or by one that was killed. One that does
 * not answer is stopped.
 * @param {Place} place
 * @param {string} password
 */
async function findRunning(place, password) {
  const found = findPostmaster(place)
  if (!found) {
    // After a reboot its number can belong to any other program, and then PostgreSQL would refuse to start.
    rmSync(join(cluster(place), 'postmaster.pid'), { force: true })
    return null
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    const problem = await tryConnect(adminUrl(found.port, password))
    if (!problem) return found.port
    if (problem.code === '28P01') {
      throw new LaunchError(
        `The database in ${place.home} does not know the password in secrets.json. Restore that file.`,
      )
    }
    if (!findPostmaster(place)) return null
    await sleep(200)
  }
  say('The database of an earlier start does not answer; stopping it.')
  await stopServer(place)
  return null
}

/** @param {Place} place */
function findPostmaster(place) {
  const file = join(cluster(place), 'postmaster.pid')
  if (!existsSync(file)) return null
  const lines = readFileSync(file, 'utf8').split('\n')
  const pid = Number(lines[0])
  return /postgres/.test(commandOf(pid)) && commandOf(pid).includes(cluster(place))
    ? { pid, port: Number(lines[3]) }
    : null
}

/** @param {string} url */
async function tryConnect(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    await client.end()
    return null
  } catch (error) {
    return /** @type {Error & { code?: string }} */ (error)
  }
}

/** @param {Place} place */
function rotateLog(place) {
  const size = statSync(logFile(place), { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_LIMIT) renameSync(logFile(place), `${logFile(place)}.1`)
}

/** @param {Place} place */
function logTail(place) {
  if (!existsSync(logFile(place))) return ''
  return readFileSync(logFile(place), 'utf8').trim().split('\n').slice(-15).join('\n')
}
