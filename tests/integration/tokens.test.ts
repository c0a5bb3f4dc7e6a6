import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { requireTokenAccess, UnauthenticatedError } from '../../lib/access/api/token'
import { CreateToken } from '../../lib/access/member-input'
import { accountFilter, holds } from '../../lib/access/proof'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ForbiddenError } from '../../lib/errors'
import { listOwnTokens, listTokens } from '../../lib/queries/people/tokens'
import { removeMember } from '../../lib/store/people/members'
import { createToken, revokeToken } from '../../lib/store/people/tokens'
import { jobAccess } from '../support/job'
import { accessOf, addMember, adminAccess } from '../support/people'

const job = jobAccess('test')

beforeEach(async () => {
  await pool().query('TRUNCATE member, api_token')
})
afterAll(closeDatabase)

function input(more: Partial<CreateToken> = {}): CreateToken {
  return {
    name: 'collector',
    permissions: ['findings:read'],
    limited: false,
    accounts: [],
    expiresAt: new Date(Date.now() + 86_400_000),
    ...more,
  }
}
function bearing(authorization?: string) {
  return new Request('http://localhost/api/v1/findings', authorization ? { headers: { authorization } } : {})
}

describe('an API token', () => {
  test('acts with its permissions, accounts and name', async () => {
    const { id, token } = await createToken(await adminAccess(), input({ limited: true, accounts: ['111111111111'] }))
    const access = await requireTokenAccess(bearing(`Bearer ${token}`), 'findings:read')
    expect(access.actor).toEqual({ kind: 'token', id, name: 'collector', owner: expect.any(String) })
    expect(accountFilter(access)).toEqual(['111111111111'])
    expect(holds(access, 'imports:write')).toBe(false)
    await expect(requireTokenAccess(bearing(`Bearer ${token}`), 'imports:write')).rejects.toThrow(ForbiddenError)
  })

  test('is stored as a hash and shown nowhere again', async () => {
    const admin = await addMember('admin', { name: 'Ann' })
    const access = accessOf(admin, 'admin')
    const { token } = await createToken(access, input())
    expect(token).toMatch(/^hin_[A-Za-z0-9_-]{43}$/)
    const { rows } = await pool().query(
      "SELECT coalesce(string_agg(row_to_json(t)::text, ''), '') || (SELECT string_agg(row_to_json(a)::text, '') FROM audit_entry a) AS text FROM api_token t",
    )
    expect(rows[0].text).not.toContain(token.slice(12))
    const [listed] = await listTokens(access)
    expect(listed).toMatchObject({
      prefix: token.slice(0, 10),
      owner: { name: 'Ann', email: admin.email },
      state: 'active',
      lastUsedAt: null,
    })
    expect(JSON.stringify(listed)).not.toContain(token.slice(12))
    expect(listed).not.toHaveProperty('tokenHash')
  })

  test('expires', async () => {
    const { id, token } = await createToken(await adminAccess(), input({ expiresAt: new Date(Date.now() + 60_000) }))
    await requireTokenAccess(bearing(`Bearer ${token}`))
    await prisma().apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } })
    await expect(requireTokenAccess(bearing(`Bearer ${token}`))).rejects.toThrow(UnauthenticatedError)
  })

  test('is revoked immediately, and only once', async () => {
    const { id, token } = await createToken(await adminAccess(), input())
    await revokeToken(job, { id })
    await expect(requireTokenAccess(bearing(`Bearer ${token}`))).rejects.toThrow(UnauthenticatedError)
    await expect(revokeToken(job, { id })).rejects.toMatchObject({ code: 'not_found' })
  })

  test('remembers its last use, written at most once a minute', async () => {
    const { id, token } = await createToken(await adminAccess(), input())
    const used = async () => (await prisma().apiToken.findUniqueOrThrow({ where: { id } })).lastUsedAt
    await requireTokenAccess(bearing(`Bearer ${token}`))
    const first = await used()
    expect(first).not.toBeNull()
    await requireTokenAccess(bearing(`Bearer ${token}`))
    expect(await used()).toEqual(first)
    await prisma().apiToken.update({ where: { id }, data: { lastUsedAt: new Date(Date.now() - 61_000) } })
    await requireTokenAccess(bearing(`bearer  ${token}`))
    expect((await used())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Number.POSITIVE_INFINITY)
  })

  test('of a collector keeps working when its creator leaves', async () => {
    const [admin, maker] = [await addMember('admin'), await addMember('admin')]
    const { token } = await createToken(accessOf(maker, 'admin'), { ...input(), permissions: ['imports:write'] })
    await removeMember(accessOf(admin, 'admin'), { id: maker.id })
    await expect(requireTokenAccess(bearing(`Bearer ${token}`), 'imports:write')).resolves.toBeDefined()
  })

  test('cannot be created to manage members or tokens, with a past end, or without accounts', () => {
    const bad = [
      { permissions: ['members:manage'] },
      { permissions: ['tokens:manage'] },
      { permissions: [] },
      { limited: true },
      { accounts: ['12345'] },
      { expiresAt: new Date(Date.now() - 1) },
    ]
    for (const more of bad) expect(CreateToken.safeParse({ ...input(), ...more }).success).toBe(false)
    expect(CreateToken.safeParse(input()).success).toBe(true)
  })

  test('with more in the database than allowed has only known permissions', async () => {
    const { id, token } = await createToken(await adminAccess(), input())
    await prisma().apiToken.update({ where: { id }, data: { permissions: ['findings:read', 'nonsense'] } })
    const access = await requireTokenAccess(bearing(`Bearer ${token}`))
    expect([...access.granted]).toEqual(['findings:read'])
  })
})

test.each([
  undefined,
  'Bearer',
  'Bearer ',
  'Basic hin_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'Bearer nonsense',
  `Bearer hin_${'a'.repeat(43)}`,
  `Bearer hin_${'a'.repeat(43)} x`,
  `Bearer hin_${'a'.repeat(4_000)}`,
])('%s is no token', async authorization => {
  await expect(requireTokenAccess(bearing(authorization))).rejects.toThrow(UnauthenticatedError)
})

describe('the end of a token', () => {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 - 1000)

  test('is required for every new one', () => {
    expect(CreateToken.safeParse(input()).success).toBe(true)
    for (const expiresAt of [undefined, null, new Date(Date.now() - 1000)])
      expect(CreateToken.safeParse({ ...input(), expiresAt }).success).toBe(false)
  })

  test('is announced two weeks before, to its owner and in the list of administrators', async () => {
    const [maker, other] = [await addMember('admin'), await addMember('admin')]
    const access = accessOf(maker, 'admin')
    for (const days of [1, 14, 15, 90])
      await createToken(access, input({ name: `in ${days}`, expiresAt: inDays(days) }))
    const { id } = await createToken(access, input({ name: 'revoked', expiresAt: inDays(2) }))
    await revokeToken(access, { id })
    await createToken(accessOf(other, 'admin'), input({ name: 'of another', expiresAt: inDays(3) }))
    expect((await listOwnTokens(access)).map(({ name, endsIn }) => [name, endsIn])).toEqual([
      ['in 1', 1],
      ['in 14', 14],
      ['in 15', null],
      ['in 90', null],
    ])
    const rows = new Map((await listTokens(access)).map(row => [row.name, row.endsIn]))
    expect(Object.fromEntries(rows)).toEqual({
      'in 1': 1,
      'in 14': 14,
      'in 15': null,
      'in 90': null,
      revoked: null,
      'of another': 3,
    })
  })
})
