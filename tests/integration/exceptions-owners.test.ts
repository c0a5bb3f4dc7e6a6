import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { POST } from '../../app/api/v1/exceptions/route'
import { requireTokenAccess } from '../../lib/access/api/token'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { ApiProblem } from '../../lib/domain/api/schemas'
import type { TokenPermission } from '../../lib/domain/people/role'
import { decideException, endException } from '../../lib/store/exceptions/decide'
import { requestException, requestRule } from '../../lib/store/exceptions/request'
import { createToken } from '../../lib/store/people/tokens'
import { accessOf, addMember } from '../support/people'
import { people, reported, stored, type Who } from './support-exceptions'
import { at, job } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
afterAll(closeDatabase)

const permissions: TokenPermission[] = ['findings:read', 'exceptions:request']
const until = '2026-06-20'
let csirtLead: Who
let admin: Who

beforeAll(async () => {
  ;({ csirtLead } = await people())
  admin = accessOf(await addMember('admin', { teams: ['csirt'] }), 'admin')
})
beforeEach(() => {
  setClock(() => at(10))
})

/** A token as the command line of an earlier version created it: it may request exceptions and has no owner. */
async function ownerless(): Promise<{ id: string; token: string }> {
  const made = await createToken(admin, {
    name: 'ci',
    permissions,
    limited: false,
    accounts: [],
    expiresAt: new Date(Date.now() + 86_400_000),
  })
  await prisma().apiToken.update({ where: { id: made.id }, data: { createdBy: null } })
  return made
}
const bearing = (token: string, body: unknown = {}) =>
  new Request('http://localhost/api/v1/exceptions', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}`, 'accept-language': 'en' },
  })

test('the holder of a token without an owner cannot request an exception and approve it as a person', async () => {
  const { account, key } = await reported({ severity: 'CRITICAL' })
  const { token } = await ownerless()
  const body = { finding: key, kind: 'accepted', reason: 'why', controls: 'how', until }
  const answer = await POST(bearing(token, body), { params: Promise.resolve({}) })
  expect(answer.status).toBe(403)
  expect(ApiProblem.parse(await answer.json()).detail).toContain('no owner')
  const access = await requireTokenAccess(bearing(token), 'exceptions:request')
  await expect(
    requestRule(access, { match: { accounts: [account] }, kind: 'accepted', reason: 'why', controls: 'how', until }),
  ).rejects.toMatchObject({ reason: 'exceptionOwner' })
  expect(await prisma().exception.count({ where: { accountId: account } })).toBe(0)
})

test('a request of such a token from an earlier version cannot be approved, only rejected', async () => {
  const { account, key } = await reported({ severity: 'CRITICAL' })
  const { id: token } = await ownerless()
  const asker = { ...admin, actor: { kind: 'token', id: token, name: 'ci', owner: 'somebody' } } as const
  const { id } = await requestException(asker, {
    kind: 'accepted',
    reason: 'why',
    controls: 'how',
    until,
    finding: key,
  })
  await expect(decideException(csirtLead, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
    code: 'forbidden',
    reason: 'exceptionOwnerless',
  })
  expect(await stored(account)).toMatchObject({ status: 'new', exceptionId: null })
  const access = { ...asker, actor: { ...asker.actor, owner: null } } as const
  await expect(endException(access, { id, note: '' })).rejects.toMatchObject({ reason: 'exceptionOwner' })
  await decideException(csirtLead, { id, approve: false, note: 'Seen' })
  expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({ state: 'rejected' })
})

test('the owner of a token cannot approve its requests; another person can', async () => {
  const { key } = await reported({ severity: 'CRITICAL' })
  const { token } = await createToken(admin, {
    name: 'x',
    permissions,
    limited: false,
    accounts: [],
    expiresAt: new Date(Date.now() + 86_400_000),
  })
  const access = await requireTokenAccess(bearing(token), 'exceptions:request')
  const { id } = await requestException(access, {
    kind: 'accepted',
    reason: 'why',
    controls: 'how',
    until,
    finding: key,
  })
  await expect(decideException(admin, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
    reason: 'exceptionOwn',
  })
  await expect(decideException(csirtLead, { id, approve: true, note: 'Seen' })).resolves.toEqual({ id })
})

test('no token without an owner can be created', async () => {
  await expect(
    createToken(job, {
      name: 'ci',
      permissions,
      limited: false,
      accounts: [],
      expiresAt: new Date(Date.now() + 86_400_000),
    }),
  ).rejects.toMatchObject({ code: 'invalid', reason: 'tokenOwner' })
})
