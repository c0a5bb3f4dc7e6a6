import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import * as duePolicy from '../../app/api/v1/due-policy/route'
import * as routingRules from '../../app/api/v1/routing-rules/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ApiDuePolicy, ApiRoutingRules } from '../../lib/domain/api/policies'
import { ApiProblem } from '../../lib/domain/api/schemas'
import type { Permission } from '../../lib/domain/people/role'
import { defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { ours } from '../support/organisation'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
beforeEach(async () => {
  await pool().query('TRUNCATE setting, policy_work')
})
afterAll(closeDatabase)

async function tokenFor(permissions: Permission[], accounts?: string[]): Promise<string> {
  const { token, prefix, tokenHash } = newApiToken()
  const limit = accounts ? { limited: true, accounts } : {}
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions, ...limit } })
  return token
}

type Handler = (request: Request, context: { params: Promise<Record<never, string>> }) => Promise<Response>
function call(handler: Handler, token: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { method: 'PUT', body: JSON.stringify(body) }
  const headers = { authorization: `Bearer ${token}` }
  return handler(new Request('http://localhost/api/v1/x', { ...init, headers }), { params: Promise.resolve({}) })
}
async function problem(response: Response, status: number) {
  expect(response.status).toBe(status)
  return ApiProblem.parse(await response.json())
}

const policy = { ...defaultDuePolicy, days: { ...defaultDuePolicy.days, high: 2 } }
const rule = { name: 'Buckets', control: 'S3.*', team: 'cit' }

test('the due-date policy is read and set, and an outdated version does not overwrite it', async () => {
  const reader = await tokenFor(['findings:read'])
  const writer = await tokenFor(['findings:read', 'accounts:manage'])
  const first = ApiDuePolicy.parse(await (await call(duePolicy.GET, reader)).json())
  expect(first).toMatchObject({ policy: defaultDuePolicy, version: null, moving: false })
  const set = ApiDuePolicy.parse(await (await call(duePolicy.PUT, writer, { policy, seen: null })).json())
  expect(set).toMatchObject({ policy, changedBy: 'Robot' })
  expect(await problem(await call(duePolicy.PUT, writer, { policy, seen: null }), 409)).toMatchObject({
    code: 'conflict',
  })
  expect((await call(duePolicy.PUT, writer, { policy: defaultDuePolicy, seen: set.version })).status).toBe(200)
  await problem(await call(duePolicy.PUT, writer, { policy: { ...policy, unit: 'moons' }, seen: null }), 400)
})

test('routing rules are read and set, and an outdated version does not overwrite them', async () => {
  const reader = await tokenFor(['findings:read'])
  const writer = await tokenFor(['findings:read', 'accounts:manage'])
  expect(ApiRoutingRules.parse(await (await call(routingRules.GET, reader)).json())).toMatchObject({
    rules: [],
    version: null,
  })
  const many = Array.from({ length: 200 }, (_, n) => ({
    ...rule,
    accounts: Array.from({ length: 100 }, (_, m) => String(100_000_000_000 + n * 100 + m)),
  }))
  const set = ApiRoutingRules.parse(await (await call(routingRules.PUT, writer, { rules: many, seen: null })).json())
  expect(set.rules).toHaveLength(200)
  await problem(await call(routingRules.PUT, writer, { rules: [rule], seen: null }), 409)
  const next = await call(routingRules.PUT, writer, { rules: [rule], seen: set.version })
  expect(ApiRoutingRules.parse(await next.json()).rules).toMatchObject([rule])
  const nobody = { ...rule, owner: crypto.randomUUID() }
  expect(await problem(await call(routingRules.PUT, writer, { rules: [nobody], seen: null }), 409)).toMatchObject({
    field: 'rules',
  })
})

test.each([
  ['due-policy', duePolicy.PUT, { policy, seen: null }],
  ['routing-rules', routingRules.PUT, { rules: [rule], seen: null }],
] as const)(
  '%s is set by a token of every account that may manage accounts, and by no other',
  async (_name, put, body) => {
    await problem(await call(put, await tokenFor(['findings:read']), body), 403)
    await problem(await call(put, await tokenFor(['findings:read', 'accounts:manage'], [ours]), body), 403)
    expect(await prisma().setting.count()).toBe(0)
    expect((await call(put, await tokenFor(['findings:read', 'accounts:manage']), body)).status).toBe(200)
  },
)

test('rules, which contain accounts, are not shown to a token of some accounts', async () => {
  await problem(await call(routingRules.GET, await tokenFor(['findings:read'], [ours])), 403)
  expect((await call(duePolicy.GET, await tokenFor(['findings:read'], [ours]))).status).toBe(200)
  await problem(await call(duePolicy.GET, await tokenFor(['imports:write'])), 403)
})
