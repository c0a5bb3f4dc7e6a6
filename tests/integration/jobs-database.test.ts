import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { JobsDatabase } from '../../lib/jobs/jobs-database'
import { retryOutages } from '../../lib/jobs/retry-outages'
import { log } from '../../lib/log'
import type { Outage } from '../../lib/outage'

log.level = 'silent'

const here = new URL(process.env.DATABASE_URL ?? '')
const watcher = new pg.Client({ connectionString: here.href })
let port = 0

beforeAll(async () => {
  await watcher.connect()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' ? (address?.port ?? 0) : 0
  server.close()
  await once(server, 'close')
})
afterAll(async () => {
  await watcher.end()
  await closeDatabase()
})

/** A database at an address that nothing answers at yet. */
const url = () => Object.assign(new URL(here), { hostname: '127.0.0.1', port: String(port) }).href

/** Lets the database answer at that address. */
async function answer(): Promise<{ end: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(Number(here.port), here.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.pipe(other)
    }
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    end: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

test('statements of the job queue wait for a database that is away, and go on when it answers', async () => {
  const db = new JobsDatabase(url())
  const asked = db.executeSql('SELECT 1 AS n', [])
  const first = await answer()
  expect(await asked).toEqual({ rows: [{ n: 1 }] })
  // Idle, and within a statement.
  await watcher.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hinomi-jobs'`)
  expect(await db.executeSql('SELECT 2 AS n', [])).toEqual({ rows: [{ n: 2 }] })
  const slow = db.executeSql('SELECT pg_sleep(0.5), 3 AS n', [])
  await first.end()
  const second = await answer()
  expect((await slow).rows).toMatchObject([{ n: 3 }])
  await expect(db.executeSql('SELECT broken', [])).rejects.toMatchObject({ code: '42703' })
  await second.end()
  const waiting = db.executeSql('SELECT 4 AS n', [])
  await db.close()
  expect(await waiting).toEqual({ rows: [] })
})

test('work is done again until no outage interrupts it', async () => {
  const states: (Outage | null)[] = []
  const work = async () => {
    const client = new pg.Client({ connectionString: url() })
    await client.connect()
    await client.end()
    return 'done'
  }
  const again = retryOutages('this', work, state => states.push(state))
  await expect.poll(() => states).toContain('database_away')
  const server = await answer()
  expect(await again).toBe('done')
  expect(states.at(-1)).toBe(null)
  await server.end()
  await expect(retryOutages('that', () => Promise.reject(new Error('own')))).rejects.toThrow('own')
})
