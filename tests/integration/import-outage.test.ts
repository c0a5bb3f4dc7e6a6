import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { GET as getImportRoute } from '../../app/api/v1/imports/[id]/route'
import { POST } from '../../app/api/v1/imports/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ApiImport } from '../../lib/domain/api/imports'
import { env } from '../../lib/env'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { runImport } from '../../lib/ingest/run/run'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { log } from '../../lib/log'
import type { Outage } from '../../lib/outage'
import { mayMount, OutageServer } from '../support/outage-server'
import { contents, expectSame } from './support-contents'
import { asff, at, expectTrueCounts, importOf, job, newAccount, receive } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
log.level = 'silent'

const mountable = await mayMount()
const server = new OutageServer()
const account = newAccount()
const observedAt = at(4)
const patient = { timeout: 90_000, interval: 50 }
const { token, prefix, tokenHash } = newApiToken()
const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en' }

let disk = ''
let wanted: Record<string, unknown[]> = {}
let loop = new ImportLoop()

beforeAll(async () => {
  await server.start()
  if (mountable) disk = await server.mountDisk(160)
  await enter('undisturbed')
  await runImport(job, await receiveReport())
  wanted = await contents()
}, 240_000)
afterEach(() => loop.stop())
afterAll(async () => {
  await closeDatabase()
  await server.remove()
}, 60_000)

/** From now on this is the product's database. */
async function enter(name: string): Promise<void> {
  const url = await server.database(name)
  await closeDatabase()
  env().DATABASE_URL = url
}

async function receiveReport(): Promise<number> {
  const records = Array.from({ length: 3 * BATCH }, (_, n) => asff({ account, resource: `r${n}` }))
  const { id } = await receive(records, { coverage: 'complete', observedAt })
  await prisma().apiToken.create({
    data: { name: 'Robot', prefix, tokenHash, permissions: ['imports:write', 'imports:read'] },
  })
  return id
}

interface Trial {
  outage: Outage
  begin: () => Promise<void>
  end: () => Promise<void>
}

const ballast = () => join(disk, 'ballast')

const trials: Trial[] = [
  {
    outage: 'disk_full',
    begin: async () => {
      const file = openSync(ballast(), 'w')
      try {
        for (;;) writeSync(file, Buffer.alloc(4096))
      } catch (error) {
        // The server writes at the same time, so that what is free is only known by trying.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      } finally {
        closeSync(file)
      }
    },
    end: async () => rmSync(ballast()),
  },
  {
    outage: 'read_only',
    begin: () =>
      server.administer(
        'ALTER DATABASE read_only SET default_transaction_read_only = on',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'read_only'`,
      ),
    end: () =>
      server.administer(
        'ALTER DATABASE read_only RESET default_transaction_read_only',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'read_only'`,
      ),
  },
  { outage: 'database_away', begin: () => server.stop(), end: () => server.startAgain() },
]

test.for(trials)(
  'an import waits while $outage, says so, and ends as if undisturbed',
  { timeout: 240_000 },
  async ({ outage, begin, end }, context) => {
    if (outage === 'disk_full' && !mountable) context.skip('this machine lets nobody mount a small file system')
    await enter(outage)
    const id = await receiveReport()
    const states: (Outage | null)[] = []
    loop = new ImportLoop({ onState: state => states.push(state) })
    loop.start()
    await expect.poll(async () => (await importOf(id)).checkpoint, patient).toBeGreaterThan(0)
    await begin()
    await expect.poll(() => states.at(-1), patient).toBe(outage)
    await expectUploadRefused(outage)
    if (outage !== 'database_away') await expectVisible(id, outage)

    await end()
    await expect.poll(() => stateOf(id), patient).toBe('done')
    expect(states.at(-1)).toBe(null)
    expect(await importOf(id)).toMatchObject({ attempts: 1, waitsFor: null, retryAt: null, failures: null })
    expect(await prisma().import.count({ where: { state: 'receiving' } })).toBe(0)
    expectSame(await contents(), wanted)
    await expectTrueCounts()
  },
)

async function stateOf(id: number): Promise<string | null> {
  // The first connections after an outage are those of before.
  return (await importOf(id).catch(() => null))?.state ?? null
}

/** More than fits into the pages that the database has, and cannot be compressed. */
async function expectUploadRefused(outage: Outage): Promise<void> {
  const body = JSON.stringify([asff({ account, title: randomBytes(2_000_000).toString('base64') })])
  const answer = await POST(new Request('http://localhost/api/v1/imports', { method: 'POST', headers, body }), {
    params: Promise.resolve({}),
  })
  expect(answer.status).toBe(507)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await answer.json()).toMatchObject({
    code: 'no_space',
    detail: expect.stringMatching({ disk_full: /disk/, read_only: /read-only/, database_away: /database/ }[outage]),
  })
}

/** In the API, by the row where it can be written and by the worker's connection where it cannot. */
async function expectVisible(id: number, outage: Outage): Promise<void> {
  const presence = new pg.Client({ connectionString: env().DATABASE_URL, application_name: `hinomi-worker:${outage}` })
  await presence.connect()
  try {
    const request = new Request(`http://localhost/api/v1/imports/${id}`, { headers })
    const answer = await getImportRoute(request, { params: Promise.resolve({ id: String(id) }) })
    const run = ApiImport.parse(await answer.json())
    expect(run).toMatchObject({ state: 'running', waits: { code: outage, reason: expect.stringContaining('Waiting') } })
  } finally {
    await presence.end()
  }
}

test('a worker records on the import the reason why it waits', async () => {
  await enter('noted')
  const id = await receiveReport()
  await pool().query(`UPDATE import SET state = 'running' WHERE id = $1`, [id])
  const { noteOutage } = await import('../../lib/store/imports/queue')
  await noteOutage(job, id, 'disk_full', at(5))
  expect(await importOf(id)).toMatchObject({ waitsFor: 'disk_full', retryAt: at(5) })
})
