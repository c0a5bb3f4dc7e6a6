import { chownSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { run } from './process.mjs'
import { say } from './report.mjs'
import { webProcesses, workerProcesses } from './settings.mjs'

/** @typedef {import('./placement.mjs').Place} Place */

export const SUPERUSER = 'postgres'
const LOG_LIMIT = 10 * 1024 * 1024

/** The data directory.
 * @param {Place} place */
export const clusterOf = place => join(place.home, 'postgres')
/** @param {Place} place */
export const logFile = place => join(place.home, 'postgres.log')

/**
 * @param {Place} place
 * @param {string[]} args
 * @param {AbortSignal} [signal]
 */
export function pgCtl(place, args, signal) {
  const [verb = '', ...rest] = args
  return runAsOwner(place, 'pg_ctl', [verb, '-D', clusterOf(place), ...rest], signal)
}

/**
 * Detached, so that Ctrl-C in the terminal reaches only the launcher, which then stops everything in order.
 * @param {Place} place
 * @param {string} program
 * @param {string[]} args
 * @param {AbortSignal} [signal]
 */
function runAsOwner(place, program, args, signal) {
  return run(join(place.bin, program), args, {
    what: program,
    // A server that pg_ctl starts outlives this process, and the next start uses it.
    leashed: program === 'initdb',
    quiet: true,
    // On SIGINT pg_ctl stops the server that it is starting.
    ...(signal ? { signal, killSignal: 'SIGINT' } : {}),
    detached: true,
    cwd: place.home,
    ...place.owner,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC', NODE_ENV: 'production' },
  })
}

/**
 * Creates the cluster.
 * @param {Place} place
 * @param {string} password of the superuser
 */
export async function initialise(place, password) {
  say('Creating the database.')
  const fresh = `${clusterOf(place)}.new`
  const passwordFile = join(place.home, 'postgres.password')
  rmSync(fresh, { recursive: true, force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (place.owner) chownSync(passwordFile, place.owner.uid, place.owner.gid)
  const common = ['-D', fresh, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8']
  // PostgreSQL's built-in collation sorts, so that the order is the same everywhere. The system's locale only classifies
  // characters: pg_trgm recognizes Japanese letters only with a UTF-8 locale.
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
  // Only a complete cluster gets its final name: after an interruption the next start creates it again.
  renameSync(fresh, clusterOf(place))
}

/**
 * Writes the server's settings. To a temporary file that is then renamed: on a full disk the former file remains.
 * @param {Place} place
 * @param {Record<string, string>} settings
 */
export function configure(place, settings) {
  const path = join(clusterOf(place), 'hinomi.conf')
  const text = configuration(settings)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  writeFileSync(`${path}.new`, text, { mode: 0o644 })
  renameSync(`${path}.new`, path)
}

/** @param {Record<string, string>} settings */
function configuration(settings) {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  const megabytes = Math.floor(memory / 1024 / 1024)
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // The number from docs/operations.md, and some for the command line and people.
    max_connections: String(Math.max(100, 14 * webProcesses() + 16 * workerProcesses() + 30)),
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

/** @param {Place} place */
export function rotateLog(place) {
  const size = statSync(logFile(place), { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_LIMIT) renameSync(logFile(place), `${logFile(place)}.1`)
}

/**
 * The end of the server's log.
 * @param {Place} place
 * @param {number} [from] offset in bytes from which the log is read
 */
export function logTail(place, from = 0) {
  if (!existsSync(logFile(place))) return ''
  return readFileSync(logFile(place)).subarray(from).toString('utf8').trim().split('\n').slice(-15).join('\n')
}

/** @param {Place} place */
export const logSize = place => statSync(logFile(place), { throwIfNoEntry: false })?.size ?? 0
