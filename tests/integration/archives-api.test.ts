import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { POST } from '../../app/api/v1/imports/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, prisma } from '../../lib/db'
import { ApiArchive } from '../../lib/domain/api/archive'
import { ApiImport, ApiQueued } from '../../lib/domain/api/imports'
import { ApiProblem } from '../../lib/domain/api/schemas'
import { runImport } from '../../lib/ingest/run/run'
import { zipOf } from '../support/zip'
import { asff, job, newAccount } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)

afterAll(closeDatabase)
let account = ''
beforeEach(() => {
  account = newAccount()
})
const report = () => JSON.stringify([asff({ account })])

async function post(body: Uint8Array, query = '', headers: Record<string, string> = {}): Promise<Response> {
  const { token, prefix, tokenHash } = newApiToken()
  const permissions = ['imports:write', 'imports:read']
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions } })
  const request = new Request(`http://localhost/api/v1/imports${query}`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  return POST(request, { params: Promise.resolve({}) })
}

test('a report answers as before', async () => {
  const response = await post(Buffer.from(report()))
  expect(response.status).toBe(202)
  const { id } = ApiQueued.parse(await response.json())
  expect(response.headers.get('location')).toBe(`/api/v1/imports/${id}`)
  const again = await post(Buffer.from(report()))
  expect(again.status).toBe(200)
  expect(ApiImport.parse(await again.json())).toMatchObject({ id })
})

test('an archive returns one import for each report, with counts if the request waits for them', async () => {
  const archive = zipOf([{ name: 'reports/' }, { name: 'a.json', data: report() }])
  const queued = await post(archive)
  expect(queued.status).toBe(202)
  const { imports, skipped } = ApiArchive.parse(await queued.json())
  expect(imports).toMatchObject([{ fileName: 'a.json', duplicate: false, import: null }])
  expect(skipped).toEqual([{ fileName: 'reports/', reason: 'directory' }])
  await runImport(job, imports[0]?.id ?? 0)
  const waited = await post(archive, '?wait=true')
  expect(waited.status).toBe(200)
  expect(ApiArchive.parse(await waited.json()).imports).toMatchObject([
    { id: imports[0]?.id, duplicate: true, import: { state: 'done', counts: { accepted: 1 } } },
  ])
})

test('a form is refused with the command that works', async () => {
  const response = await post(Buffer.from('--x'), '', { 'content-type': 'multipart/form-data; boundary=x' })
  expect(response.status).toBe(400)
  expect(ApiProblem.parse(await response.json()).detail).toContain('--data-binary')
})

test.each([
  ['?observedAt=1999-12-31T00:00:00Z', 400],
  ['?observedAt=2099-12-31T00:00:00Z', 409],
  ['?mapping=none', 409],
  ['?wait=1', 400],
  ['?force=', 400],
  ['?wait=true&wait=true', 400],
  ['?colour=red', 400],
])('%s is answered %i: 409 for a value that the document allows', async (query, status) => {
  const response = await post(Buffer.from(report()), query)
  expect(response.status).toBe(status)
  ApiProblem.parse(await response.json())
})
