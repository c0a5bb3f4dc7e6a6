import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectTo } from './connection.mjs'
import { withLock, withLockIfPossible } from './lock.mjs'
import { openDataDir } from './paths.mjs'
import { placeDatabase } from './placement.mjs'
import { startedAt } from './process.mjs'
import { say } from './report.mjs'
import { lockOf, openSecrets } from './secrets.mjs'
import { adminUrl, endServer, restartServer, startServer, stopServer } from './server.mjs'

const NAME = 'hinomi'

/**
 * The embedded database as used by one launcher.
 * place and password: to check its server; revive: restarts it, or finds it running, and returns its port;
 * end: kills a server that does not answer; leave: stops it if no other launcher uses it.
 * @typedef {{
 *   place: import('./placement.mjs').Place, password: string, port: number, urlOf: (port: number) => string, url: string,
 *   revive: (port: number, signal: AbortSignal) => Promise<number>,
 *   end: (pid: number) => Promise<void>,
 *   leave: (force?: AbortSignal) => Promise<void>,
 * }} Joined
 */

/**
 * Joins the embedded database of a data folder: starts it, or uses it if another launcher already runs it. It stops
 * when the last launcher leaves. After a failure nothing that this call started keeps running.
 * @param {string} dataDir
 * @param {AbortSignal} [signal]
 * @returns {Promise<Joined>}
 */
export async function joinDatabase(dataDir, signal) {
  const runDir = join(dataDir, 'run')
  const lock = lockOf(dataDir)
  const mine = join(runDir, `${process.pid}.json`)
  const register = () =>
    writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }), { mode: 0o600 })
  mkdirSync(runDir, { recursive: true, mode: 0o700 })
  const wait = { ...(signal ? { signal } : {}) }
  const enter = async () => {
    const secrets = openSecrets(dataDir)
    const password = secrets.databaseAdminPassword
    const place = await placeDatabase(dataDir)
    for (const home of place.abandoned ?? []) {
      await stopServer({ ...place, home })
      say(`The database of a deleted data folder is still in ${home}; remove it if it is no longer needed.`)
    }
    const leave = async (/** @type {AbortSignal | undefined} */ force) => {
      rmSync(mine, { force: true })
      if (!othersIn(runDir)) await stopServer(place, force)
    }
    let port = 0
    try {
      register()
      port = await startServer(place, { password, ...wait })
      await ensureDatabase(adminUrl(port, password), secrets.databasePassword)
    } catch (error) {
      await leave(AbortSignal.abort()).catch(() => {})
      throw error
    }
    const urlOf = (/** @type {number} */ at) =>
      `postgresql://${NAME}:${secrets.databasePassword}@127.0.0.1:${at}/${NAME}`
    return {
      place,
      password,
      port,
      urlOf,
      url: urlOf(port),
      revive: (/** @type {number} */ last, /** @type {AbortSignal} */ until) =>
        withLock(lock, () => restartServer(place, { password, port: last, signal: until }), { signal: until }),
      end: (/** @type {number} */ pid) => withLockIfPossible(lock, () => endServer(place, pid)),
      leave: (/** @type {AbortSignal | undefined} */ force) => withLockIfPossible(lock, () => leave(force)),
    }
  }
  return withLock(lock, enter, wait)
}

/** Whether another running launcher uses the database; removes the entries of those that died without leaving.
 * @param {string} runDir */
function othersIn(runDir) {
  let others = false
  for (const file of readdirSync(runDir).filter(name => /^\d+\.json$/.test(name))) {
    if (isOfLiving(join(runDir, file))) others = true
    else rmSync(join(runDir, file), { force: true })
  }
  return others
}

/** @param {string} file */
function isOfLiving(file) {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8'))
    return startedAt(pid) === started
  } catch {
    // Truncated by a full disk or a power failure, or its launcher is leaving at this moment.
    return false
  }
}

/**
 * The application works as the owner of its own database, not as the server's superuser.
 * @param {string} url
 * @param {string} password
 */
export async function ensureDatabase(url, password, name = NAME) {
  const client = await connectTo(url)
  try {
    const { rows } = await client.query(
      `select exists (select from pg_roles where rolname = $1) as role,
              exists (select from pg_database where datname = $1) as database`,
      [name],
    )
    const secret = client.escapeLiteral(password)
    if (!rows[0].role) await client.query(`create role ${name} login password ${secret}`)
    if (!rows[0].database) await client.query(`create database ${name} owner ${name}`)
  } finally {
    await client.end()
  }
}

/**
 * Runs `work` on DATABASE_URL, or else on the embedded database, which is started for that time if it does not run.
 * @template T
 * @param {(url: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDatabase(work) {
  if (process.env.DATABASE_URL) return work(process.env.DATABASE_URL)
  const database = await joinDatabase(openDataDir())
  try {
    return await work(database.url)
  } finally {
    await database.leave()
  }
}
