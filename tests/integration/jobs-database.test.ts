import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { JobsDatabase } from '../../lib/jobs/jobs-database'
import { retryOutages } from '../../lib/jobs/retry-outages'
import { log } from '../../lib/log'
import type { Outage } from '../../lib/outage'
import { Line } from '../support/line'

log.level = 'silent'

const here = process.env.DATABASE_URL ?? ''
const watcher = new pg.Client({ connectionString: here })
const line = new Line(here)
/** The database's address, at which nothing answers until the line is opened. */
let url = ''

beforeAll(async () => {
  await watcher.connect()
  url = await line.open()
  await line.cut()
})
afterAll(async () => {
  await watcher.end()
  await line.cut()
  await closeDatabase()
})

test('statements of the job queue wait for an unavailable database, and continue when it answers', async () => {
  const db = new JobsDatabase(url)
  const asked = db.executeSql('SELECT 1 AS n', [])
  await line.open()
  expect(await asked).toEqual({ rows: [{ n: 1 }] })
  // Idle, and within a statement.
  await watcher.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hinomi-jobs'`)
  expect(await db.executeSql('SELECT 2 AS n', [])).toEqual({ rows: [{ n: 2 }] })
  const slow = db.executeSql('SELECT pg_sleep(0.5), 3 AS n', [])
  await line.cut()
  await line.open()
  expect((await slow).rows).toMatchObject([{ n: 3 }])
  await expect(db.executeSql('SELECT broken', [])).rejects.toMatchObject({ code: '42703' })
  await line.cut()
  const waiting = db.executeSql('SELECT 4 AS n', [])
  // pg-boss marks ended jobs with such statements, and reads the count without looking whether there is one.
  const counting = db.executeSql('WITH results AS (SELECT 4 AS n) SELECT COUNT(*) FROM results', [])
  await db.close()
  expect(await waiting).toEqual({ rows: [] })
  expect(await counting).toEqual({ rows: [{ count: '0' }] })
})

test('work is done again until no outage interrupts it', async () => {
  const states: (Outage | null)[] = []
  const work = async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.end()
    return 'done'
  }
  const again = retryOutages(work, { onState: state => states.push(state) })
  await expect.poll(() => states).toContain('database_away')
  await line.open()
  expect(await again).toBe('done')
  expect(states.at(-1)).toBe(null)
  await line.cut()
  await expect(retryOutages(() => Promise.reject(new Error('own')))).rejects.toThrow('own')
})

test('a statement that the database ends for a deadlock is sent again', async () => {
  const database = new JobsDatabase(process.env.DATABASE_URL ?? '')
  const other = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await other.connect()
  const lock = (key: number) => `SELECT pg_advisory_xact_lock(${key})`
  await other.query(`BEGIN; ${lock(2)}`)
  const waits = database.executeSql(`${lock(1)}; ${lock(2)}`, [])
  const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`
  await expect.poll(async () => (await other.query(waiting)).rowCount, { timeout: 15_000 }).toBe(1)
  // The first that waits looks for a deadlock, and is the one that is ended.
  await other.query(lock(1))
  await other.query('COMMIT')
  await waits
  await other.end()
  await database.close()
})
