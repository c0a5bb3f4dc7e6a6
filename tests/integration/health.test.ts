import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { GET } from '@/app/api/health/route'
import { env } from '@/lib/env'
import { askDatabase, closeHealthPool } from '@/lib/health/database'
import { currentHealth } from '@/lib/health/health'
import { Presence } from '@/lib/jobs/presence'
import { Line } from '../support/line'

const direct = process.env.DATABASE_URL ?? ''
const name = new URL(direct).pathname.slice(1)
const line = new Line(direct)
const patient = { timeout: 15_000, interval: 50 }
/** As the database's superuser, beside the line. */
const admin = new pg.Client({ connectionString: inject('adminUrl') })
const owner = new pg.Client({ connectionString: direct })
const presences: Presence[] = []

beforeAll(async () => {
  await Promise.all([admin.connect(), owner.connect()])
  process.env.DATABASE_URL = await line.open()
})
beforeEach(() => {
  expect(env().DATABASE_URL).not.toBe(direct)
})
afterEach(async () => {
  await Promise.all(presences.splice(0).map(presence => presence.stop()))
})
afterAll(async () => {
  await closeHealthPool()
  await Promise.all([admin.end(), owner.end()])
  await line.cut()
})

interface Answer {
  status: string
  reasons: { code: string; text: string; since: string }[]
}

async function ask(language = 'en'): Promise<{ http: number; body: Answer }> {
  await currentHealth(0)
  const response = await GET(new Request('http://localhost/api/health', { headers: { 'accept-language': language } }))
  return { http: response.status, body: (await response.json()) as Answer }
}

async function codes(): Promise<string[]> {
  return (await ask()).body.reasons.map(({ code }) => code)
}

function startWorker(): Presence {
  const presence = new Presence({ heartbeatMs: 100 })
  presences.push(presence)
  presence.start()
  return presence
}

async function workers(): Promise<string[]> {
  const { rows } = await admin.query<{ application_name: string }>(
    `SELECT application_name FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'hinomi-worker%'`,
    [name],
  )
  return rows.map(row => row.application_name)
}

test('a server that has just started is ok before its worker is there', async () => {
  expect(await ask()).toEqual({ http: 200, body: { status: 'ok', reasons: [] } })
})

test('a worker shows its state and the outage that blocks it, until its process ends', async () => {
  const worker = startWorker()
  await expect.poll(workers, patient).toEqual(['hinomi-worker'])
  worker.setOutage('disk_full')
  await expect.poll(workers, patient).toEqual(['hinomi-worker:disk_full'])
  expect(await ask()).toMatchObject({ http: 200, body: { status: 'degraded', reasons: [{ code: 'disk_full' }] } })
  worker.setOutage(null)
  await expect.poll(workers, patient).toEqual(['hinomi-worker'])
  expect(await codes()).toEqual([])
  await worker.stop()
  await expect.poll(workers, patient).toEqual([])
})

test('a worker connects again after its connection was ended and after the database was unavailable', async () => {
  startWorker()
  await expect.poll(workers, patient).toHaveLength(1)
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'hinomi-worker%'`,
    [name],
  )
  await expect.poll(workers, patient).toHaveLength(1)
  await line.cut()
  await expect.poll(workers, patient).toEqual([])
  await line.open()
  await expect.poll(workers, patient).toHaveLength(1)
})

test('a worker whose database is unavailable at its start connects later', async () => {
  await line.cut()
  startWorker()
  await line.open()
  await expect.poll(workers, patient).toHaveLength(1)
})

test('no worker for half a minute is degraded, and healthy once it is back', async () => {
  const clock = vi.spyOn(performance, 'now')
  const begin = performance.now()
  try {
    expect(await codes()).toEqual([])
    clock.mockReturnValue(begin + 29_000)
    expect(await codes()).toEqual([])
    clock.mockReturnValue(begin + 31_000)
    expect(await ask()).toMatchObject({ http: 200, body: { status: 'degraded', reasons: [{ code: 'worker_away' }] } })
    startWorker()
    await expect.poll(codes, patient).toEqual([])
  } finally {
    clock.mockRestore()
  }
})

test('a worker that hangs, or whose host vanished, counts as unavailable despite its connection', async () => {
  const silent = new pg.Client({ connectionString: direct, application_name: 'hinomi-worker:disk_full' })
  await silent.connect()
  try {
    expect(await askDatabase()).toMatchObject({ hasWorker: true, codes: ['disk_full'] })
    await expect.poll(() => askDatabase(1), patient).toMatchObject({ hasWorker: false, codes: [] })
    startWorker()
    await expect.poll(() => askDatabase(1), patient).toMatchObject({ hasWorker: true, codes: [] })
  } finally {
    await silent.end()
  }
})

test.each([
  ['refuses connections', () => line.cut()],
  ['does not answer any more', async () => line.silence()],
])('a database that %s is down, in words of both languages', async (_name, takeAway) => {
  expect(await codes()).toEqual([])
  await takeAway()
  const { http, body } = await ask('ja')
  expect(http).toBe(503)
  expect(body).toMatchObject({ status: 'down', reasons: [{ code: 'database_away' }] })
  expect(body.reasons[0]?.text).toContain('データベースを利用できません')
  expect((await ask('en')).body.reasons[0]?.text).toContain('not available')
  expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|\d{4,5}"|ECONN/)
  await line.cut()
  await line.open()
  await expect.poll(async () => (await ask()).http, patient).toBe(200)
  expect(await codes()).toEqual([])
})

test('a read-only database is degraded', async () => {
  await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  await closeHealthPool()
  expect(await ask()).toMatchObject({ http: 200, body: { status: 'degraded', reasons: [{ code: 'read_only' }] } })
  await admin.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
  await closeHealthPool()
  expect(await codes()).toEqual([])
})

test('reports that wait for an outage, or for half an hour, are shown', async () => {
  const insert = `INSERT INTO import (state, origin, sha256, size_bytes, observed_at, created_at, actor_kind, actor_id, actor_name)
    VALUES ('queued', 'test', '', 0, now(), now() - $1::interval, 'member', '', '') RETURNING id`
  const { rows } = await owner.query<{ id: number }>(insert, ['29 minutes'])
  const worker = startWorker()
  await expect.poll(workers, patient).toHaveLength(1)
  expect(await codes()).toEqual([])
  worker.setOutage('read_only')
  await expect.poll(codes, patient).toEqual(['read_only', 'imports_waiting'])
  worker.setOutage(null)
  await expect.poll(codes, patient).toEqual([])
  await owner.query(insert, ['31 minutes'])
  expect(await codes()).toEqual(['imports_waiting'])
  await owner.query('DELETE FROM import')
  expect(rows).toHaveLength(1)
  expect(await codes()).toEqual([])
})

test('many simultaneous checks send one query to the database', async () => {
  await currentHealth(0)
  const answers = await Promise.all(Array.from({ length: 50 }, () => currentHealth()))
  expect(new Set(answers).size).toBe(1)
})
