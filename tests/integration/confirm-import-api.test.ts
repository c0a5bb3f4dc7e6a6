import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { POST } from '../../app/api/v1/imports/[id]/confirm/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, prisma } from '../../lib/db'
import type { Permission } from '../../lib/domain/people/role'
import { runImport } from '../../lib/ingest/run/run'
import { at, complete, importOf, job, newAccount, prowler } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
afterAll(closeDatabase)

let account = ''
beforeEach(() => {
  account = newAccount()
})

const buckets = (to: number) => [
  prowler({ account, control: 's3_public', resource: 'fine', status: 'PASSED' }),
  ...Array.from({ length: to }, (_, n) => prowler({ account, control: 's3_public', resource: `b${n}` })),
]

/** A complete report with 25 waiting resolutions. */
async function waiting() {
  await complete(buckets(30), at(2))
  return complete(buckets(5), at(3))
}

async function post(id: string, permissions: Permission[], accounts?: string[]): Promise<Response> {
  const { token, prefix, tokenHash } = newApiToken()
  const limit = accounts ? { limited: true, accounts } : {}
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions, ...limit } })
  const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en' }
  const request = new Request(`http://localhost/api/v1/imports/${id}/confirm`, { method: 'POST', headers })
  return POST(request, { params: Promise.resolve({ id }) })
}

const all: Permission[] = ['imports:confirm', 'imports:read']

test('a confirmation answers with its import, the second one with a conflict', async () => {
  const run = await waiting()
  const answer = await post(String(run.id), all)
  expect(answer.status).toBe(202)
  const { id } = (await answer.json()) as { id: number }
  expect(answer.headers.get('location')).toBe(`/api/v1/imports/${id}`)
  const again = await post(String(run.id), all)
  expect(again.status).toBe(409)
  expect(await again.json()).toMatchObject({ code: 'conflict' })
  await runImport(job, id)
  expect(await importOf(id)).toMatchObject({ resolved: 25 })
})

test('a token needs the permission', async () => {
  const run = await waiting()
  expect((await post(String(run.id), ['imports:write', 'imports:read'])).status).toBe(403)
  expect(await prisma().import.count({ where: { confirmsId: run.id } })).toBe(0)
})

test('a token limited to accounts confirms imports of these only', async () => {
  const run = await waiting()
  expect((await post(String(run.id), all, [newAccount()])).status).toBe(404)
  expect((await post(String(run.id), all, [])).status).toBe(404)
  expect((await post(String(run.id), all, [account])).status).toBe(202)
})

test('a token limited to one of two accounts of an import cannot confirm it', async () => {
  const other = newAccount()
  await complete([...buckets(30), prowler({ account: other })], at(2))
  const run = await complete([...buckets(3), prowler({ account: other })], at(3))
  expect((await post(String(run.id), all, [account])).status).toBe(404)
  expect((await post(String(run.id), all, [account, other])).status).toBe(202)
})

test.each(['0', '-1', 'x', '1e3', '999999999', '99999999999'])('%s does not exist', async id => {
  expect((await post(id, all)).status).toBe(404)
})
