import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DELETE, GET as download } from '../../app/api/v1/attachments/[id]/route'
import { GET as list, POST as upload } from '../../app/api/v1/attachments/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, prisma } from '../../lib/db'
import { ApiProblem } from '../../lib/domain/api/schemas'
import { ApiAttachment, ApiAttachments, ApiDeleted } from '../../lib/domain/attachments/view'
import { PDF } from '../support/files'
import { addMember } from '../support/people'
import { reported } from './support-exceptions'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
afterAll(closeDatabase)

let authorization = ''
let finding = ''

beforeAll(async () => {
  const { token, ...stored } = newApiToken()
  const permissions = ['findings:read', 'findings:triage', 'exceptions:request']
  const owner = await addMember('admin')
  await prisma().apiToken.create({ data: { name: 'ci', permissions, createdBy: owner.id, ...stored } })
  authorization = `Bearer ${token}`
  finding = (await reported()).key
})

const none = { params: Promise.resolve({}) }
const of = (id: string) => ({ params: Promise.resolve({ id }) })

function request(path: string, init: RequestInit = {}, type?: string): Request {
  const headers = { authorization, 'accept-language': 'en', ...(type && { 'content-type': type }) }
  return new Request(`http://localhost/api/v1/attachments${path}`, { ...init, headers })
}
const send = (query: string, body: BodyInit, type?: string) =>
  upload(request(`?${query}`, { method: 'POST', body }, type), none)

test('a file is uploaded, listed, downloaded as it was, and deleted', async () => {
  const name = encodeURIComponent('証跡\u202Efdp.pdf')
  const answer = await send(`name=${name}&finding=${finding}`, new Uint8Array(PDF), 'application/pdf')
  const file = ApiAttachment.parse(await answer.json())
  expect(file).toMatchObject({ name: '証跡 fdp.pdf', type: 'pdf', sizeBytes: PDF.length, own: true })
  const listed = ApiAttachments.parse(await (await list(request(`?finding=${finding}`), none)).json())
  expect(listed.attachments).toEqual([file])

  const response = await download(request(`/${file.id}`), of(file.id))
  expect(Buffer.from(await response.arrayBuffer())).toEqual(PDF)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="__ fdp.pdf"; filename*=UTF-8''%E8%A8%BC%E8%B7%A1%20fdp.pdf`,
    'content-length': String(PDF.length),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/sandbox$/),
  })

  expect(ApiDeleted.parse(await (await DELETE(request(`/${file.id}`), of(file.id))).json())).toEqual({ id: file.id })
  expect((await download(request(`/${file.id}`), of(file.id))).status).toBe(404)
})

test.each([
  ['name=a.html', 'x', 'text/html', 409, /cannot be attached/],
  ['name=a.csv', 'x', 'application/pdf', 409, /does not match its extension/],
  ['name=a.pdf', 'x', 'application/octet-stream', 409, /content of “a.pdf” does not match/],
  ['name=a.txt', 'x', 'multipart/form-data; boundary=x', 400, /./],
  ['finding=x&name=a.txt', 'x', undefined, 400, /./],
  ['name=a.txt&exception=1&finding=', 'x', undefined, 400, /./],
])('%s with %j as %s is refused with a sentence', async (query, body, type, status, detail) => {
  const response = await send(query, body, type)
  expect(response.status).toBe(status)
  expect(ApiProblem.parse(await response.json()).detail).toMatch(detail)
})

test('another id is not found, whatever it looks like', async () => {
  for (const id of [crypto.randomUUID(), '1', '../imports'])
    expect((await download(request(`/${encodeURIComponent(id)}`), of(id))).status).toBe(404)
})

test('a list is of one finding or one exception', async () => {
  expect((await list(request(''), none)).status).toBe(409)
  expect((await list(request(`?finding=${finding}&exception=1`), none)).status).toBe(409)
})
