import { createHash } from 'node:crypto'
import { connectTo } from './connection.mjs'
import { LaunchError, say } from './report.mjs'
import { isBeforeBaseline, migrationNames, migrationSql, openSchemaEngine, SCRIPT_LOCK } from './schema-engine.mjs'

// Any fixed number that no other program uses as an advisory lock in this database.
const LOCK = 4_866_646

/**
 * Applies all pending migrations to a database. Several starts may call it at the same time: one migrates, the others wait.
 * @param {string} url
 * @returns {Promise<string[]>} the names of the migrations that this call applied
 */
export async function migrate(url) {
  return withMigrationLock(url, ({ apply }) => apply())
}

/**
 * Runs `work` while no other process migrates the database or starts a server on it. `apply` applies all pending
 * migrations, or the pending ones of a list, and returns their names. `client` holds the lock, outside a transaction.
 * @template T
 * @param {string} url
 * @param {(held: { client: import('pg').Client, apply: (names?: readonly string[]) => Promise<string[]> }) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withMigrationLock(url, work) {
  const client = await connectTo(url)
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    // A script that a killed launcher started may still be running. Its outcome is known only after its end.
    await client.query('select pg_advisory_lock($1)', [SCRIPT_LOCK])
    await client.query('select pg_advisory_unlock($1)', [SCRIPT_LOCK])
    return await work({ client, apply: (names = migrationNames()) => applyMissing(client, url, names) })
  } finally {
    await client.end()
  }
}

/**
 * @param {import('pg').Client} client
 * @param {string} url
 * @param {readonly string[]} names
 */
async function applyMissing(client, url, names) {
  const { done, interrupted } = await history(client)
  requireBaseline([...done.keys()])
  warnOfEdits(done)
  if (names.every(name => done.has(name))) return []
  const engine = await openSchemaEngine(url)
  try {
    return await engine.apply(interrupted, names)
  } catch (error) {
    // The engine appends a location in its own code; the useful part of the message comes before it.
    const [reason] = String(/** @type {Error} */ (error).message).split('\n   0: ')
    throw new LaunchError(`The database could not be migrated: ${reason}`, { cause: error })
  } finally {
    await engine.close()
  }
}

/**
 * @param {import('pg').Client} client
 * @returns {Promise<{ done: Map<string, string>, interrupted: string[] }>} done: name and checksum
 */
async function history(client) {
  const table = await client.query(`select to_regclass('_prisma_migrations') is not null as there`)
  if (!table.rows[0].there) return { done: new Map(), interrupted: [] }
  const { rows } = await client.query(
    'select migration_name as name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
  )
  return {
    done: new Map(rows.filter(row => row.finished_at).map(row => [row.name, row.checksum])),
    interrupted: rows.filter(row => !row.finished_at).map(row => row.name),
  }
}

/**
 * Databases of the versions before the first baseline, 0.2.0, cannot be upgraded: their migrations no longer exist.
 * @param {readonly string[]} names
 */
function requireBaseline(names) {
  if (!isBeforeBaseline(names)) return
  throw new LaunchError(
    'The database was made by a version of Hinomi before 0.2.0, which was never released, and cannot be upgraded. ' +
      'Nothing was changed. Start with an empty database (DATABASE_URL, or another HINOMI_DATA_DIR) and send the reports again.',
  )
}

/** @param {Map<string, string>} done */
function warnOfEdits(done) {
  for (const name of migrationNames()) {
    const checksum = done.get(name)
    if (!checksum || checksum === createHash('sha256').update(migrationSql(name)).digest('hex')) continue
    say(`Warning: the migration ${name} was edited after this database applied it; the database keeps the old one.`)
  }
}
