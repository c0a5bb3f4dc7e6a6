import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { asff, at, newAccount, receive } from './support-ingest'
import { nextImport } from './support-lanes'

const loops: ImportLoop[] = []
/** A connection beside the pool, whose connections are looked at. */
const watcher = new pg.Client({ connectionString: process.env.DATABASE_URL })

beforeAll(() => watcher.connect())
afterEach(async () => {
  await Promise.all(loops.splice(0).map(loop => loop.stop()))
})
afterAll(async () => {
  await watcher.end()
  await closeDatabase()
})

/** A loop that only a notification wakes: it would look by itself after an hour. */
function startLoop(): ImportLoop {
  const loop = new ImportLoop({ idleMs: 3_600_000 })
  loops.push(loop)
  loop.start()
  return loop
}

async function queue(...resources: string[]): Promise<number> {
  const account = newAccount()
  const { id } = await receive(
    resources.map(resource => asff({ account, resource })),
    { observedAt: at(2) },
  )
  return id
}

async function state(id: number): Promise<string> {
  return (await prisma().import.findUniqueOrThrow({ where: { id } })).state
}

/** Process ids of the connections that wait for notifications. */
async function listeners(): Promise<number[]> {
  const { rows } = await watcher.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %' ORDER BY pid`,
  )
  return rows.map(row => row.pid)
}

/** Resolves once a loop has asked for imports, was told that there are none, and waits. */
async function waits(): Promise<void> {
  const asks = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'
    AND query LIKE 'WITH free AS MATERIALIZED (%pg_try_advisory_lock%'`
  await expect.poll(async () => (await watcher.query<{ n: number }>(asks)).rows[0]?.n, patient).toBeGreaterThan(0)
}

const patient = { timeout: 15_000, interval: 20 }

test('runs queued imports, oldest first, and ends when it is stopped', async () => {
  const ids = [await queue('a'), await queue('b'), await queue('c')]
  const loop = startLoop()
  await expect.poll(() => Promise.all(ids.map(state)), patient).toEqual(['done', 'done', 'done'])
  await loop.stop()
  const runs = await prisma().import.findMany({ where: { id: { in: ids } }, orderBy: { finishedAt: 'asc' } })
  expect(runs.map(run => [run.id, run.read])).toEqual(ids.map(id => [id, 1]))
  const later = await queue('d')
  expect(await listeners()).toEqual([])
  expect(await nextImport()).toBe(later)
  await pool().query(`UPDATE import SET state = 'failed' WHERE id = $1`, [later])
})

test('is woken by the notification of a report that arrives while it waits', async () => {
  startLoop()
  await waits()
  const id = await queue('a')
  await expect.poll(() => state(id), patient).toBe('done')
})

test('listens again after its connection broke', async () => {
  startLoop()
  await waits()
  const before = await listeners()
  await watcher.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [before])
  await expect.poll(async () => (await listeners()).filter(pid => !before.includes(pid)).length, patient).toBe(1)
  const id = await queue('a')
  await expect.poll(() => state(id), patient).toBe('done')
})

test('two of them share the imports, and each import runs once', async () => {
  const ids = [await queue('a', 'b'), await queue('c'), await queue('d', 'e', 'f')]
  startLoop()
  startLoop()
  await expect.poll(() => Promise.all(ids.map(state)), patient).toEqual(['done', 'done', 'done'])
  const runs = await prisma().import.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } })
  expect(runs.map(run => [run.read, run.created])).toEqual([
    [2, 2],
    [1, 1],
    [3, 3],
  ])
})
