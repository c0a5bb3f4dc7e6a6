import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { GET } from '../../app/api/v1/imports/[id]/route'
import { POST } from '../../app/api/v1/imports/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ApiImport } from '../../lib/domain/api/imports'
import { log } from '../../lib/log'
import { asff, newAccount } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
const lines: [string, unknown[]][] = []
log.level = 'silent'

const { token, prefix, tokenHash } = newApiToken()
const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en' }
const none = { params: Promise.resolve({}) }

beforeAll(async () => {
  const permissions = ['imports:write', 'imports:read']
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions } })
})
afterAll(closeDatabase)

function send(query: string, body: BodyInit): Promise<Response> {
  const init = { method: 'POST', headers, body, duplex: 'half' }
  return POST(new Request(`http://localhost/api/v1/imports${query}`, init), none)
}

test('an upload that its sender aborts is no outage, leaves no data, and is no internal error', async () => {
  const error = vi.spyOn(log, 'error').mockImplementation((...args: unknown[]) => void lines.push(['error', args]))
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('[{"SchemaVersion": "2018-10-08",'))
    },
    pull(controller) {
      controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    },
  })
  const answer = await send('', body)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ code: 'invalid', detail: expect.stringContaining('was interrupted') })
  expect(lines).toEqual([])
  error.mockRestore()
  expect(await prisma().import.count()).toBe(0)
})

test('a sender who waits for the end gets 202 as soon as an outage delays the import', async () => {
  const sent = send('?wait=true', JSON.stringify([asff({ account: newAccount() })]))
  await expect.poll(() => prisma().import.count({ where: { state: 'queued' } }), { timeout: 15_000 }).toBe(1)
  await pool().query(
    `UPDATE import SET state = 'running', waits_for = 'disk_full', retry_at = now() + interval '30 seconds'`,
  )
  const answer = await sent
  expect(answer.status).toBe(202)
  const { id } = (await answer.json()) as { id: number }
  expect(answer.headers.get('location')).toBe(`/api/v1/imports/${id}`)
  const run = await GET(new Request(`http://localhost/api/v1/imports/${id}`, { headers }), {
    params: Promise.resolve({ id: String(id) }),
  })
  expect(ApiImport.parse(await run.json()).waits).toMatchObject({
    code: 'disk_full',
    reason: 'Waiting: the disk is full.',
    retryAt: expect.any(String),
  })
})
