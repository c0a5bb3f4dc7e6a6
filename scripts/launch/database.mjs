import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { withLock } from './lock.mjs'
import { openDataDir } from './paths.mjs'
import { placeDatabase } from './placement.mjs'
import { startedAt } from './process.mjs'
import { say } from './report.mjs'
import { lockOf, openSecrets } from './secrets.mjs'
import { adminUrl, startServer, stopServer } from './server.mjs'

const NAME = 'hinomi'

/**
 * Joins the embedded database of a data folder: starts it, or uses it where another launcher already runs it. It stops
 * when the last one leaves.
 * @param {string} dataDir
 * @returns {Promise<{ url: string, leave: (force?: AbortSignal) => Promise<void> }>}
 */
export async function joinDatabase(dataDir) {
  const runDir = join(dataDir, 'run')
  const lock = lockOf(dataDir)
  const mine = join(runDir, `${process.pid}.json`)
  mkdirSync(runDir, { recursive: true, mode: 0o700 })
  return withLock(lock, async () => {
    const secrets = openSecrets(dataDir)
    const place = await placeDatabase(dataDir)
    for (const home of place.abandoned ?? []) {
      await stopServer({ ...place, home })
      say(`The database of a deleted data folder is still in ${home}; remove it when nobody needs it.`)
    }
    const port = await startServer(place, { password: secrets.databaseAdminPassword })
    writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }), { mode: 0o600 })
    await ensureDatabase(adminUrl(port, secrets.databaseAdminPassword), secrets.databasePassword)
    return {
      url: `postgresql://${NAME}:${secrets.databasePassword}@127.0.0.1:${port}/${NAME}`,
      leave: force =>
        withLock(lock, async () => {
          rmSync(mine, { force: true })
          if (!othersIn(runDir)) await stopServer(place, force)
        }),
    }
  })
}

/** Whether another living launcher uses the database; forgets those that died without leaving.
 * @param {string} runDir */
function othersIn(runDir) {
  let others = false
  for (const file of readdirSync(runDir).filter(name => /^\d+\.json$/.test(name))) {
    const { pid, started } = JSON.parse(readFileSync(join(runDir, file), 'utf8'))
    if (startedAt(pid) === started) others = true
    else rmSync(join(runDir, file), { force: true })
  }
  return others
}

/**
 * The application works as the owner of its own database, not as the server's superuser.
 * @param {string} url
 * @param {string} password
 */
export async function ensureDatabase(url, password, name = NAME) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
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
 * Runs `work` on DATABASE_URL, or else on the embedded database, which is started for that time where it does not run.
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
