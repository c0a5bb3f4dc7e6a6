import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { GET as getAccountRoute } from '../../app/api/v1/accounts/[id]/route'
import { GET as listAccountsRoute } from '../../app/api/v1/accounts/route'
import { GET as listExceptionsRoute, POST as requestExceptionRoute } from '../../app/api/v1/exceptions/route'
import { GET as getFindingRoute, PATCH } from '../../app/api/v1/findings/[id]/route'
import { GET as exportRoute } from '../../app/api/v1/findings/export/route'
import { GET as listFindingsRoute } from '../../app/api/v1/findings/route'
import { findingsHref } from '../../components/findings/list/finding-params'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, prisma } from '../../lib/db'
import { ApiAccountDetail, ApiAccounts, ApiFindingDetail, ApiFindings, ApiProblem } from '../../lib/domain/api/schemas'
import { ApiAsked, ApiExceptions } from '../../lib/domain/exceptions/api-exception'
import type { Permission } from '../../lib/domain/people/role'
import { log } from '../../lib/log'
import { clear, manyFindings, ours, theirs, twoAccounts } from '../support/organisation'
import { addMember } from '../support/people'
import { cellsOf, partsOf } from '../support/workbook'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)

log.level = 'silent'
afterAll(closeDatabase)

async function tokenFor(permissions: Permission[], accounts?: string[], createdBy?: string): Promise<string> {
  const { token, prefix, tokenHash } = newApiToken()
  const limit = accounts ? { limited: true, accounts } : {}
  const owner = createdBy ? { createdBy } : {}
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions, ...limit, ...owner } })
  return token
}

function request(path: string, token: string | null, init: RequestInit = {}): Request {
  const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), 'accept-language': 'en' }
  return new Request(`http://localhost/api/v1${path}`, { ...init, headers })
}
const none = { params: Promise.resolve({}) }
const byId = (id: string) => ({ params: Promise.resolve({ id }) })

async function problem(response: Response, status: number) {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  return ApiProblem.parse(await response.json())
}

describe('reading', () => {
  let seeded: Awaited<ReturnType<typeof twoAccounts>>
  let reader: string
  let limited: string
  beforeAll(async () => {
    await clear()
    seeded = await twoAccounts()
    reader = await tokenFor(['findings:read'])
    limited = await tokenFor(['findings:read'], [ours])
  })

  test('answers are as documented', async () => {
    const findings = ApiFindings.parse(await (await listFindingsRoute(request('/findings', reader), none)).json())
    expect(findings).toMatchObject({ total: 2, totalExact: true, nextCursor: null })
    const response = await getFindingRoute(request(`/findings/${seeded.oursFinding}`, reader), byId(seeded.oursFinding))
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(ApiFindingDetail.parse(await response.json()).id).toBe(seeded.oursFinding)
    const accounts = async (query = '') =>
      ApiAccounts.parse(await (await listAccountsRoute(request(`/accounts${query}`, reader), none)).json())
    expect(await accounts()).toMatchObject({ accounts: [{}, {}], total: 2, nextCursor: null })
    const { nextCursor } = await accounts('?limit=1&sort=name')
    expect(await accounts(`?limit=1&sort=name&cursor=${nextCursor}`)).toMatchObject({
      accounts: [{}],
      nextCursor: null,
    })
    const account = await getAccountRoute(request(`/accounts/${ours}`, reader), byId(ours))
    expect(ApiAccountDetail.parse(await account.json())).toMatchObject({ id: ours, openTotal: 1, itScope: false })
    await prisma().account.update({ where: { id: ours }, data: { itScope: true } })
    const { accounts: listed } = await accounts('?sort=name')
    expect(listed.map(({ id, itScope }) => [id, itScope]).sort()).toEqual([
      [ours, true],
      [theirs, false],
    ])
  })

  test('a token limited to an account sees no other', async () => {
    for (const path of ['/findings', `/findings?account=${theirs},${ours}`, '/findings?text=bucket&status=new']) {
      const text = await (await listFindingsRoute(request(path, limited), none)).text()
      expect(text).toContain(ours)
      expect(text).not.toContain(theirs)
    }
    expect(await (await listAccountsRoute(request('/accounts', limited), none)).text()).not.toContain(theirs)
    await problem(await getFindingRoute(request('/', limited), byId(seeded.theirsFinding)), 404)
    await problem(await getAccountRoute(request('/', limited), byId(theirs)), 404)
  })

  test.each(['nonsense', '1', '111111111111-x', '%00'])('%s does not exist', async id => {
    await problem(await getFindingRoute(request('/', reader), byId(id)), 404)
    await problem(await getAccountRoute(request('/', reader), byId(id)), 404)
  })

  test.each([
    ['/findings?colour=red', 'colour'],
    ['/findings?severity=critical,urgent', 'severity'],
    ['/findings?status=', 'status'],
    ['/findings?status=new,', 'status'],
    ['/findings?control=', 'control'],
    ['/findings?limit=5e1', 'limit'],
    ['/findings?limit=%205', 'limit'],
    ['/findings?overdue=', 'overdue'],
    ['/findings?limit=201', 'limit'],
    ['/findings?limit=0', 'limit'],
    ['/findings?limit=5&limit=6', 'limit'],
    ['/findings?overdue=yes', 'overdue'],
    ['/findings?account=123', 'account'],
    ['/findings?owner=me', null],
    // Not every reader may see the members.
    ['/findings?owner=nobody@example.com', null],
    ['/findings?import=-1', 'import'],
    ['/findings?import=99999999999', null],
    ['/findings?__proto__=1', '__proto__'],
    ['/findings?toString=1', 'toString'],
  ])('%s names the invalid parameter', async (path, field) => {
    const response = await listFindingsRoute(request(path, reader), none)
    if (field === null) expect(response.status).toBe(200)
    else expect(await problem(response, 400)).toMatchObject({ code: 'invalid', field })
  })

  test('an invalid cursor is a conflict: the document cannot distinguish it from others', async () => {
    const answer = await listFindingsRoute(request('/findings?cursor=abc', reader), none)
    expect(await problem(answer, 409)).toMatchObject({ code: 'conflict', field: 'cursor' })
  })

  test('"me" is the member who owns the token', async () => {
    const owner = await addMember('member')
    const theirToken = await tokenFor(['findings:read'], undefined, owner.id)
    const mine = async () =>
      ApiFindings.parse(await (await listFindingsRoute(request('/findings?owner=me', theirToken), none)).json()).total
    expect(await mine()).toBe(0)
    await prisma().finding.updateMany({ where: { accountId: ours }, data: { ownerId: owner.id } })
    expect(await mine()).toBe(1)
    await prisma().finding.updateMany({ where: { accountId: ours }, data: { ownerId: null } })
  })

  test('requires a token with the permission', async () => {
    expect((await problem(await listFindingsRoute(request('/findings', null), none), 401)).code).toBe('unauthenticated')
    const other = await tokenFor(['imports:write'])
    expect((await problem(await listFindingsRoute(request('/findings', other), none), 403)).code).toBe('forbidden')
    expect((await problem(await listAccountsRoute(request('/accounts', other), none), 403)).code).toBe('forbidden')
    expect(
      (
        await problem(
          await PATCH(request('/', reader, { method: 'PATCH', body: '{"status":"new"}' }), byId(seeded.oursFinding)),
          403,
        )
      ).code,
    ).toBe('forbidden')
  })
})

test('lists, exports and details have the title of the control in the language of the request', async () => {
  await clear()
  const { oursFinding } = await twoAccounts()
  await prisma().finding.updateMany({ data: { control: 'IAM.9', title: 'Root MFA' } })
  const token = await tokenFor(['findings:read', 'export:read'])
  const asked = (path: string) => {
    const { url, headers } = request(path, token)
    return new Request(url, { headers: { ...Object.fromEntries(headers), 'accept-language': 'ja' } })
  }
  const titles = { title: 'ルートユーザーに対して MFA を有効にする必要があります', sourceTitle: 'Root MFA' }
  const list = ApiFindings.parse(await (await listFindingsRoute(asked('/findings'), none)).json())
  expect(list.findings).toMatchObject([titles, titles])
  expect(await (await getFindingRoute(asked('/findings/x'), byId(oursFinding))).json()).toMatchObject(titles)
  expect(await (await exportRoute(asked('/findings/export'), none)).text()).toContain(`,${titles.title},IAM.9,`)
  const english = await getFindingRoute(request('/findings/x', token), byId(oursFinding))
  expect(await english.json()).toMatchObject({ title: 'MFA should be enabled for the root user' })
})

test('findings are exported as CSV within the scope, page by page, and formulas are text', async () => {
  await clear()
  await manyFindings(1200)
  await prisma().finding.updateMany({ where: { severity: 5 }, data: { title: '=cmd|calc' } })
  const reader = await tokenFor(['findings:read'])
  await problem(await exportRoute(request('/findings/export', reader), none), 403)
  const exporter = await tokenFor(['findings:read', 'export:read'])
  const response = await exportRoute(request('/findings/export?status=new,resolved', exporter), none)
  expect(response.headers.get('content-type')).toContain('text/csv')
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="findings.csv"')
  const lines = (await response.text()).trim().split('\r\n')
  const total = await prisma().finding.count({ where: { status: { in: ['new', 'resolved'] } } })
  expect(lines).toHaveLength(total + 1)
  const names = (lines[0] ?? '').split(',')
  expect(names.slice(-2)).toEqual(['references', 'frameworks'])
  const category = names.indexOf('category')
  expect(lines.slice(1).every(line => /^[a-z]+$/.test(line.split(',')[category] ?? ''))).toBe(true)
  expect(new Set(lines.map(line => line.split(',')[0])).size).toBe(total + 1)
  expect(lines.some(line => /(^|,)=/.test(line))).toBe(false)
  expect(lines.some(line => line.includes("'=cmd|calc"))).toBe(true)
  const limited = await tokenFor(['findings:read', 'export:read'], [theirs])
  const [, ...rows] = (await (await exportRoute(request('/findings/export', limited), none)).text())
    .trim()
    .split('\r\n')
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.every(row => row.startsWith(theirs))).toBe(true)
})

test('an export has the same rows and columns in each format', async () => {
  await clear()
  await manyFindings(600)
  const exporter = await tokenFor(['findings:read', 'export:read'])
  const answer = (format: string) => exportRoute(request(`/findings/export?format=${format}`, exporter), none)
  const lines = (await (await answer('csv')).text()).trim().split('\r\n')
  const json = await answer('json')
  expect(json.headers.get('content-disposition')).toBe('attachment; filename="findings.json"')
  const rows = z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .parse(await json.json())
  expect(rows).toHaveLength(lines.length - 1)
  const columns = lines[0]?.replace('\ufeff', '').split(',')
  for (const row of rows) expect(Object.keys(row)).toEqual(columns)
  const xlsx = await answer('xlsx')
  expect(xlsx.headers.get('content-type')).toContain('spreadsheetml.sheet')
  const cells = cellsOf((await partsOf(Buffer.from(await xlsx.arrayBuffer()))).get('xl/worksheets/sheet1.xml') ?? '')
  const ids = rows.map((_, at) => cells.get(`A${at + 2}`))
  expect(ids).toEqual(rows.map(row => row.id))
  expect(cells.has(`A${rows.length + 2}`)).toBe(false)
  expect(
    await prisma().auditEntry.findFirst({ where: { action: 'findings.export' }, orderBy: { id: 'desc' } }),
  ).toMatchObject({ detail: { filter: { format: 'xlsx' } } })
})

test.each([
  ['/findings/export?format=pdf', 'format'],
  ['/findings/export?owner=nothing', 'owner'],
  ['/findings/export?severity=urgent', 'severity'],
])('%s is refused before its first byte', async (path, field) => {
  const exporter = await tokenFor(['findings:read', 'export:read'])
  expect(await problem(await exportRoute(request(path, exporter), none), 400)).toMatchObject({ code: 'invalid', field })
})

test('findings are filtered by a control whose name has a comma', async () => {
  await clear()
  const { oursFinding } = await twoAccounts()
  await prisma().finding.updateMany({ where: { accountId: ours }, data: { control: 'rule/a,b' } })
  const reader = await tokenFor(['findings:read'])
  for (const path of [
    '/findings?control=rule/a%252Cb',
    '/findings?control=other,rule/a%252cb',
    findingsHref({ control: ['rule/a,b'] }),
  ]) {
    const { findings } = ApiFindings.parse(await (await listFindingsRoute(request(path, reader), none)).json())
    expect(findings.map(({ id }) => id)).toEqual([oursFinding])
  }
})

test('an exception is requested and listed', async () => {
  await clear()
  const { oursFinding } = await twoAccounts()
  const asker = await tokenFor(['findings:read', 'exceptions:request'], undefined, (await addMember('member')).id)
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
  const body = JSON.stringify({ finding: oursFinding, kind: 'accepted', reason: 'why', controls: 'how', until })
  const asked = await requestExceptionRoute(request('/exceptions', asker, { method: 'POST', body }), none)
  const { id } = ApiAsked.parse(await asked.json())
  const listed = await listExceptionsRoute(request('/exceptions?list=waiting', asker), none)
  const { exceptions: waiting, total } = ApiExceptions.parse(await listed.json())
  expect(total).toBe(waiting.length)
  expect(waiting.find(row => row.id === id)).toMatchObject({
    finding: { id: oursFinding },
    may: { decide: false, end: true },
  })
  await problem(await requestExceptionRoute(request('/exceptions', asker, { method: 'POST', body }), none), 409)
  const bad = JSON.stringify({ match: {}, kind: 'accepted', reason: 'why', controls: 'how', until })
  await problem(await requestExceptionRoute(request('/exceptions', asker, { method: 'POST', body: bad }), none), 400)
})

test('a list is read page by page with the cursor', async () => {
  await clear()
  await manyFindings(50)
  const token = await tokenFor(['findings:read'])
  for (const sort of ['severity', 'due', 'newest', 'oldest', 'recent', 'stale']) {
    const seen: string[] = []
    let cursor = ''
    for (;;) {
      const path = `/findings?sort=${sort}&limit=7&status=new,acknowledged&status=resolved${cursor}`
      const page = ApiFindings.parse(await (await listFindingsRoute(request(path, token), none)).json())
      seen.push(...page.findings.map(finding => finding.id))
      if (!page.nextCursor) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength(
      await prisma().finding.count({ where: { status: { in: ['new', 'acknowledged', 'resolved'] } } }),
    )
  }
})

describe('PATCH /findings/{id}', () => {
  let id: string
  let outside: string
  let token: string
  beforeEach(async () => {
    await clear()
    const seeded = await twoAccounts()
    id = seeded.oursFinding
    outside = seeded.theirsFinding
    token = await tokenFor(['findings:read', 'findings:triage'], [ours])
  })
  const patch = (body: unknown, finding = id) =>
    PATCH(
      request('/', token, { method: 'PATCH', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      byId(finding),
    )

  test('changes all given fields and returns the finding', async () => {
    const member = await addMember('member', { email: 'Ann@Example.com' })
    // A date so late needs an exception for a severe finding.
    await prisma().finding.updateMany({ where: { accountId: ours }, data: { severity: 3 } })
    const response = await patch({
      owner: 'ann@example.com',
      status: 'in_progress',
      team: 'csirt',
      dueAt: '2030-01-01',
      reason: 'Replaced by another system then',
      comment: 'On it',
    })
    expect(response.status).toBe(200)
    const finding = ApiFindingDetail.parse(await response.json())
    expect(finding).toMatchObject({
      owner: { id: member.id },
      status: 'in_progress',
      team: 'csirt',
      dueAt: '2030-01-01T14:59:59.999Z',
      overdue: false,
    })
    // The finding was made overdue past the jobs: the first change of it says so.
    const kinds = finding.events.slice(2).flatMap(({ kind }) => (kind === 'overdue' ? [] : [kind]))
    expect(kinds).toEqual(['owner', 'status', 'team', 'due', 'comment'])
    expect(finding.events.at(-1)).toMatchObject({ actorKind: 'token', actorName: 'Robot', text: 'On it' })
    expect(await (await patch({ owner: null })).json()).toMatchObject({ owner: null })
  })

  test.each([
    ['{', 400, null],
    ['null', 400, null],
    [[], 400, null],
    [{}, 400, null],
    [{ colour: 'red' }, 400, 'colour'],
    [{ status: 'accepted' }, 400, null],
    [{ status: 'in_progress', dueAt: 'soon' }, 400, null],
    [{ status: 'in_progress', owner: 'nobody@example.com' }, 409, 'owner'],
    [{ status: 'in_progress', comment: ' ' }, 400, null],
    [`{"comment":"${'x'.repeat(70_000)}"}`, 413, null],
  ])('%j changes nothing', async (body, status, field) => {
    const before = await prisma().findingEvent.count()
    const answer = await problem(await patch(body), status)
    if (field) expect(answer.field).toBe(field)
    expect(await prisma().findingEvent.count()).toBe(before)
    expect((await prisma().finding.findFirstOrThrow({ where: { accountId: ours } })).status).toBe('new')
  })

  test('is refused as a whole if one part is forbidden', async () => {
    const viewer = await addMember('viewer')
    expect(await problem(await patch({ status: 'in_progress', owner: viewer.email }), 409)).toMatchObject({
      field: 'owner',
    })
    expect((await prisma().finding.findFirstOrThrow({ where: { accountId: ours } })).status).toBe('new')
    await prisma().finding.updateMany({ where: { accountId: ours }, data: { status: 'accepted' } })
    await problem(await patch({ team: 'cit', status: 'new' }), 409)
    expect((await prisma().finding.findFirstOrThrow({ where: { accountId: ours } })).team).toBe('sre')
  })

  test('a finding of another account is not found', async () => {
    await problem(await patch({ status: 'in_progress' }, outside), 404)
  })
})
