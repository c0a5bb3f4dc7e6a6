import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { GET as getImportRoute } from '../../app/api/v1/imports/[id]/route'
import { POST } from '../../app/api/v1/imports/route'
import { requireTokenAccess } from '../../lib/access/api/token'
import { CreateToken } from '../../lib/access/member-input'
import { closeDatabase, prisma } from '../../lib/db'
import { ApiImport, ApiQueued } from '../../lib/domain/api/imports'
import { ApiProblem } from '../../lib/domain/api/schemas'
import { runImport } from '../../lib/ingest/run/run'
import { getImport } from '../../lib/queries/imports/imports'
import { listTokens } from '../../lib/queries/people/tokens'
import { createToken } from '../../lib/store/people/tokens'
import { accessOf, addMember, adminAccess } from '../support/people'
import { asff, findingOf, importOf, job, newAccount, partial, prowler, rejectsOf } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
afterAll(closeDatabase)

let account = ''
beforeEach(() => {
  account = newAccount()
})

const collector = async (change: Partial<CreateToken> = {}) =>
  createToken(await adminAccess(), {
    name: 'collector',
    permissions: ['imports:write', 'imports:close'],
    limited: false,
    accounts: [],
    sources: ['security-hub'],
    expiresAt: new Date(Date.now() + 86_400_000),
    ...change,
  })

const refusalOf = async (id: string) => (await prisma().apiToken.findUniqueOrThrow({ where: { id } })).refusedReason

function bearing(token: string, path: string, init: RequestInit = {}): Request {
  const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en' }
  return new Request(`http://localhost/api/v1${path}`, { ...init, headers })
}
function post(token: string, report: unknown, query = ''): Promise<Response> {
  const request = bearing(token, `/imports${query}`, { method: 'POST', body: JSON.stringify(report) })
  return POST(request, { params: Promise.resolve({}) })
}
/** Sends a report that is taken, and works it off. */
async function send(token: string, report: unknown, query = '') {
  const answer = await post(token, report, query)
  expect(answer.status).toBe(202)
  const { id } = ApiQueued.parse(await answer.json())
  await runImport(job, id)
  return importOf(id)
}

describe('a collector token', () => {
  test('sends complete reports of its source, also for unknown accounts, and they resolve findings', async () => {
    const { token } = await collector()
    const complete = '?coverage=complete'
    expect(await send(token, [asff({ account }), asff({ account, resource: 'kept' })], complete)).toMatchObject({
      created: 2,
    })
    expect(await send(token, [asff({ account, resource: 'kept' })], complete)).toMatchObject({ resolved: 1 })
    expect(await findingOf(asff({ account }))).toMatchObject({ status: 'resolved' })
  })

  test('reads the counts of its own import without any read permission, and of no other', async () => {
    const { token } = await collector()
    const { id } = await send(token, [asff({ account })])
    const access = await requireTokenAccess(bearing(token, ''), 'imports:write')
    expect((await getImport(access, id)).counts).toMatchObject({ created: 1 })
    const again = await post(token, [asff({ account })])
    expect(again.status).toBe(200)
    expect(ApiImport.parse(await again.json())).toMatchObject({ id })
    const other = await collector()
    expect((await post(other.token, [asff({ account })])).status).toBe(202)
    const foreign = await requireTokenAccess(bearing(other.token, ''), 'imports:write')
    await expect(getImport(foreign, id)).rejects.toMatchObject({ code: 'not_found' })
    const read = await getImportRoute(bearing(token, `/imports/${id}`), { params: Promise.resolve({ id: String(id) }) })
    expect(read.status).toBe(403)
  })

  test('sends what hinomi collect wrote only with every source and the right to close, and nothing of checks', async () => {
    const cell = { coverage: 1, account, region: 'eu-west-1', state: 'ok', complete: true, records: 0 }
    const written = (collector: string, ...lines: object[]) =>
      [{ collection: 1, account, collector, startedAt: '2026-06-01T00:00:00.000Z', whole: true }, ...lines]
        .map(line => JSON.stringify(line))
        .join('\n')
    const sent = async (token: string, report: string) => {
      const request = bearing(token, '/imports', { method: 'POST', body: report })
      const { id } = ApiQueued.parse(await (await POST(request, { params: Promise.resolve({}) })).json())
      await runImport(job, id)
      return prisma().importReject.findMany({ where: { importId: id, code: 'collected_not_allowed' } })
    }
    const { token: every } = await collector({ sources: [] })
    const { token: one } = await collector()
    const { token: adding } = await collector({ sources: [], permissions: ['imports:write'] })
    const via = written('guardduty', { ...cell, collector: 'guardduty', via: account.replace(/^./, '9') })
    expect(await sent(every, via)).toEqual([])
    expect(await prisma().coverage.findMany({ where: { accountId: account } })).toMatchObject([{ via: null }])
    expect(await sent(every, written('checks'))).toHaveLength(1)
    expect(await sent(one, written('guardduty'))).toHaveLength(1)
    expect(await sent(one, written('s3'))).toHaveLength(1)
    expect(await sent(one, written('security-hub'))).toEqual([])
    expect(await sent(adding, written('s3'))).toHaveLength(1)
  })

  test('sends no resources with the reports of its one source', async () => {
    const { token } = await collector({ sources: ['guardduty'], limited: true, accounts: [account] })
    const place = { account, region: 'global', observedAt: '2026-06-01T00:00:00.000Z' }
    const planted = ['AccountSettings', 'RootUser'].map(type => {
      const arn = `arn:aws:iam::${account}:aaa`
      return { inventory: 1, ...place, type: `AWS::IAM::${type}`, arn, name: 'root', data: {} }
    })
    const header = { collection: 1, account, collector: 'guardduty', startedAt: place.observedAt, whole: true }
    const body = [header, ...planted].map(line => `${JSON.stringify(line)}\n`).join('')
    const request = bearing(token, '/imports?coverage=complete', { method: 'POST', body })
    const { id } = ApiQueued.parse(await (await POST(request, { params: Promise.resolve({}) })).json())
    await runImport(job, id)
    expect(await rejectsOf(id)).toEqual({ 1: 'bad_field', 2: 'bad_field' })
    expect(await prisma().asset.count({ where: { accountId: account } })).toBe(0)
  })

  test('can only send', async () => {
    const { token } = await collector()
    for (const permission of ['findings:read', 'findings:triage', 'exceptions:request', 'imports:confirm'] as const)
      await expect(requireTokenAccess(bearing(token, ''), permission)).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('is refused with a sentence if it names another source', async () => {
    const { id, token } = await collector()
    const answer = await post(token, [prowler({ account })], '?source=prowler&coverage=complete')
    expect(answer.status).toBe(403)
    expect(ApiProblem.parse(await answer.json()).detail).toContain('prowler')
    expect(await refusalOf(id)).toBe('source')
  })

  test('has records of another source rejected, and resolves nothing by them', async () => {
    await partial([prowler({ account })], null)
    const { id, token } = await collector()
    const sent = await send(token, [prowler({ account, status: 'PASSED' }), asff({ account, resource: 'b' })])
    expect(sent).toMatchObject({ accepted: 1, rejected: 1, created: 1 })
    expect(await refusalOf(id)).toBe('source')
    expect(await rejectsOf(sent.id)).toEqual({ 0: 'source_not_allowed' })
    expect(await findingOf(prowler({ account }))).toMatchObject({ status: 'new' })
  })

  test('resolves findings of its own source despite records of another one', async () => {
    const { token } = await collector()
    const kept = asff({ account, resource: 'kept' })
    await send(token, [asff({ account }), kept], '?coverage=complete')
    const sent = await send(token, [kept, prowler({ account, resource: 'b' })], '?coverage=complete')
    expect(sent).toMatchObject({ rejected: 1, resolved: 1 })
  })

  test('of several sources sends them all', async () => {
    const { id, token } = await collector({ sources: ['security-hub', 'prowler'] })
    expect(await send(token, [prowler({ account })], '?source=prowler')).toMatchObject({ created: 1 })
    expect(await send(token, [asff({ account, resource: 'b' })])).toMatchObject({ created: 1 })
    expect(await refusalOf(id)).toBeNull()
  })

  test('of some accounts has records of others rejected, and does not resolve theirs', async () => {
    const other = newAccount()
    await partial([asff({ account: other })], null)
    const { id, token } = await collector({ limited: true, accounts: [account] })
    const report = [asff({ account }), asff({ account: other, status: 'PASSED' })]
    const sent = await send(token, report, '?coverage=complete')
    expect(sent).toMatchObject({ accepted: 1, rejected: 1, resolved: 0 })
    expect(await rejectsOf(sent.id)).toEqual({ 1: 'account_not_allowed' })
    expect(await refusalOf(id)).toBe('accounts')
    expect(await findingOf(asff({ account: other }))).toMatchObject({ status: 'new' })
  })

  test('is limited even if its bytes were read before for a sender without limits', async () => {
    const records = [asff({ account, resource: 'b' }), prowler({ account })]
    await send((await collector({ sources: ['security-hub', 'prowler'] })).token, records, '?coverage=complete')
    const bound = await send((await collector()).token, records, '?coverage=complete&force=true')
    expect(bound).toMatchObject({ accepted: 1, rejected: 1 })
  })

  test('is listed with its sources', async () => {
    const { id } = await collector({ sources: ['prowler'], limited: true, accounts: [account] })
    const rows = await listTokens(accessOf(await addMember('admin'), 'admin'))
    expect(rows.find(row => row.id === id)).toMatchObject({
      sources: ['prowler'],
      accounts: [account],
      permissions: ['imports:write', 'imports:close'],
      owner: { email: expect.any(String) },
    })
  })
})

describe('reports by API', () => {
  test.each([
    ['imports:write', 403],
    ['imports:write imports:read imports:confirm', 403],
    ['imports:close', 403],
    ['imports:write imports:close', 202],
  ])('complete, by a token with %s: %i', async (permissions, status) => {
    const { token } = await collector({ permissions: CreateToken.shape.permissions.parse(permissions.split(' ')) })
    const answer = await post(token, [asff({ account })], '?coverage=complete')
    expect(answer.status).toBe(status)
    if (permissions.startsWith('imports:write') && status === 403)
      expect(ApiProblem.parse(await answer.json()).detail).toContain('complete')
    expect((await post(token, [asff({ account })], '?coverage=partial')).status).toBe(
      permissions === 'imports:close' ? 403 : 202,
    )
  })
})

test('a member gets no token with a permission that the member lacks', async () => {
  const admin = accessOf(await addMember('admin'), 'admin')
  const reduced = { ...admin, granted: new Set([...admin.granted].filter(each => each !== 'imports:close')) }
  await expect(
    createToken(reduced, {
      name: 'x',
      permissions: ['imports:close'],
      limited: false,
      accounts: [],
      expiresAt: new Date(Date.now() + 86_400_000),
    }),
  ).rejects.toMatchObject({ reason: 'tokenPermissions' })
})
