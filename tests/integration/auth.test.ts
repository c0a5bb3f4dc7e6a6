import { createHash } from 'node:crypto'
import { verify } from '@node-rs/argon2'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import * as argon2 from '../../lib/access/sign-in/password'
import { verifiedIdentity } from '../../lib/access/sign-in/providers'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { createInvite } from '../../lib/store/people/invites'
import { claimSetup, ensureAdmin, setupState } from '../../lib/store/sign-in/setup'
import { signInWithIdentity, signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { accessOf, addMember } from '../support/people'

vi.mock('@node-rs/argon2', async actual => {
  const argon2 = await actual<typeof import('@node-rs/argon2')>()
  return { ...argon2, verify: vi.fn(argon2.verify) }
})

const PASSWORD = 'correct horse battery'
const ENTRA = '11111111-2222-3333-4444-555555555555'
process.env.HINOMI_ENTRA_TENANT_ID = ENTRA
process.env.HINOMI_GOOGLE_DOMAIN = 'example.com'

beforeEach(async () => {
  await pool().query('TRUNCATE member, invite, setting, sign_in_attempt')
})
afterAll(closeDatabase)

async function addWithPassword() {
  return addMember('member', { passwordHash: await argon2.hashPassword(PASSWORD) })
}

describe('setting up', () => {
  const ann = { name: 'Ann', email: 'ann@example.com', password: PASSWORD }
  const open = async (token: string) => {
    const tokenHash = createHash('sha256').update(token).digest('hex')
    await prisma().setting.create({ data: { key: 'setup', value: { tokenHash } } })
  }

  test('accepts only the printed token', async () => {
    await open('right')
    expect(await setupState('wrong')).toBe('wrong')
    expect(await setupState(null)).toBe('wrong')
    await expect(claimSetup('wrong', ann, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
    expect(await setupState('right')).toBe('open')
    expect(await claimSetup('right', ann, '192.0.2.9')).toEqual({ email: 'ann@example.com' })
    const [admin] = await prisma().member.findMany()
    expect(admin).toMatchObject({ role: 'admin', teams: ['sre', 'csirt', 'cit'], limited: false })
    const entry = await prisma().auditEntry.findFirst({ where: { action: 'setup.claim' } })
    expect(entry).toMatchObject({ actorId: admin?.id, ip: '192.0.2.9' })
  })

  test('without a token is closed to everyone', async () => {
    for (const token of ['', 'undefined', 'null']) {
      await expect(claimSetup(token, ann, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
    }
  })

  test('is won by one of many at the same moment', async () => {
    for (let round = 0; round < 4; round++) {
      await pool().query('TRUNCATE member, setting')
      await open('right')
      const people = Array.from({ length: 4 }, (_, i) => ({ ...ann, email: `ann${i}@example.com` }))
      const claims = await Promise.allSettled(people.map(person => claimSetup('right', person, null)))
      expect(claims.filter(claim => claim.status === 'fulfilled')).toHaveLength(1)
      expect(await prisma().member.count()).toBe(1)
    }
  })

  test('ends once there is a member', async () => {
    await open('right')
    await addMember('viewer')
    expect(await setupState('right')).toBe('done')
    await expect(claimSetup('right', ann, null)).rejects.toMatchObject({ reason: 'setupDone' })
  })

  test('from the environment refuses a password that the set-up page would refuse', async () => {
    await expect(ensureAdmin('root@example.com', 'short')).rejects.toMatchObject({ reason: 'passwordShort' })
    await expect(ensureAdmin('root@example.com', 'root@example.com')).rejects.toMatchObject({ reason: 'passwordMatch' })
    expect(await prisma().member.count()).toBe(0)
  })

  test('from the environment creates an administrator once, and resets nothing', async () => {
    expect(await ensureAdmin('Root@Example.com', PASSWORD)).toBe(true)
    const before = await prisma().member.findUniqueOrThrow({ where: { email: 'root@example.com' } })
    expect(await ensureAdmin('root@example.com', 'another password')).toBe(false)
    expect(await prisma().member.findUniqueOrThrow({ where: { id: before.id } })).toEqual(before)
    expect(await signInWithPassword({ email: 'ROOT@example.com', password: PASSWORD }, null)).not.toBeNull()
    const [one, two] = await Promise.all([
      ensureAdmin('x@example.com', PASSWORD),
      ensureAdmin('x@example.com', PASSWORD),
    ])
    expect([one, two].sort()).toEqual([false, true])
  })
})

describe('signing in by password', () => {
  test('returns the member and records the time and the address', async () => {
    const member = await addWithPassword()
    const given = { email: ` ${member.email.toUpperCase()} `, password: PASSWORD }
    expect(await signInWithPassword(given, '192.0.2.3')).toMatchObject({ id: member.id })
    const after = await prisma().member.findUniqueOrThrow({ where: { id: member.id } })
    expect(after.lastSignInAt).not.toBeNull()
    const entry = await prisma().auditEntry.findFirst({ where: { actorId: member.id, action: 'session.start' } })
    expect(entry).toMatchObject({ ip: '192.0.2.3', detail: { by: 'password' } })
  })

  test('answers the same to a wrong password, an unknown address, a removed member and one without a password', async () => {
    const member = await addWithPassword()
    const removed = await addMember('member', { removedAt: new Date(), passwordHash: member.passwordHash })
    const federated = await addMember('member')
    const addresses = [member.email, 'nobody@example.com', removed.email, federated.email]
    for (const email of addresses) {
      expect(await signInWithPassword({ email, password: 'a wrong password' }, null)).toBeNull()
    }
    expect(await signInWithPassword({ email: removed.email, password: PASSWORD }, null)).toBeNull()
    expect(await signInWithPassword({ email: federated.email, password: '' }, null)).toBeNull()
    expect(
      await signInWithPassword({ email: 'nobody@example.com', password: 'nobody has this password' }, null),
    ).toBeNull()
  })

  test('takes the same time for an unknown address', async () => {
    const member = await addWithPassword()
    const federated = await addMember('member')
    await argon2.warmUp()
    vi.mocked(verify).mockClear()
    for (const email of [member.email, 'nobody@example.com', federated.email]) {
      await signInWithPassword({ email, password: 'a wrong password' }, null)
    }
    const costs = vi.mocked(verify).mock.calls.map(([hash]) => String(hash).split('$').slice(0, 4).join('$'))
    expect(costs).toEqual(Array(3).fill('$argon2id$v=19$m=19456,t=2,p=1'))
  })

  test.each([
    null,
    undefined,
    'text',
    {},
    { email: 'a@example.com' },
    { email: 1, password: 2 },
    { email: 'a', password: 'x'.repeat(2000) },
  ])('of %j is refused', async given => {
    expect(await signInWithPassword(given, null)).toBeNull()
  })
})

describe('the identity from a provider', () => {
  const claims = { iss: 'https://issuer.example', sub: '1', email: 'Ann@Example.com', name: 'Ann' }
  test.each([
    ['oidc', { ...claims, email_verified: true }, 'ann@example.com'],
    ['oidc', { ...claims, email_verified: 'true' }, 'ann@example.com'],
    ['google', { ...claims, email_verified: false }, null],
    ['oidc', claims, null],
    ['oidc', { ...claims, email_verified: true, email: 'no address' }, null],
    ['oidc', { email: 'ann@example.com', email_verified: true }, null],
    ['google', { ...claims, email_verified: true, hd: 'example.com' }, 'ann@example.com'],
    ['google', { ...claims, email_verified: true, hd: 'Example.COM' }, 'ann@example.com'],
    // A consumer account that somebody opened on the company's address.
    ['google', { ...claims, email_verified: true }, null],
    ['google', { ...claims, email_verified: true, hd: 'evil.example' }, null],
    ['entra', { ...claims, tid: ENTRA, preferred_username: 'ann@corp.example' }, 'ann@corp.example'],
    ['entra', { ...claims, tid: ENTRA, preferred_username: 'ann@corp.example', xms_edov: true }, 'ann@example.com'],
    [
      'entra',
      { ...claims, tid: ENTRA, preferred_username: 'ann@corp.example', email_verified: true },
      'ann@corp.example',
    ],
    ['entra', { ...claims, tid: '99999999-2222-3333-4444-555555555555', preferred_username: 'ann@corp.example' }, null],
    ['entra', { ...claims, preferred_username: 'ann@corp.example', xms_edov: true }, null],
    ['entra', { ...claims, tid: ENTRA }, null],
  ])('%s %j is %s', (provider, given, email) => {
    expect(verifiedIdentity(provider, given)?.email ?? null).toBe(email)
  })

  test('is admitted as a member or with an invitation, and never otherwise', async () => {
    const admin = await addMember('admin')
    const ann = { ...claims, email_verified: true }
    expect(await signInWithIdentity('oidc', ann, null)).toBeNull()
    expect(await prisma().member.count()).toBe(1)
    const invited = { email: 'ann@example.com', role: 'viewer', teams: ['cit'], limited: false, accounts: [] } as const
    await createInvite(accessOf(admin, 'admin'), { ...invited, teams: ['cit'], accounts: [] })
    const first = await signInWithIdentity('oidc', ann, null)
    const member = await prisma().member.findUniqueOrThrow({ where: { email: 'ann@example.com' } })
    expect(first?.id).toBe(member.id)
    expect(member).toMatchObject({ role: 'viewer', teams: ['cit'], name: 'Ann', passwordHash: null })
    expect((await signInWithIdentity('oidc', ann, null))?.id).toBe(member.id)
    await prisma().member.update({ where: { id: member.id }, data: { removedAt: new Date() } })
    expect(await signInWithIdentity('oidc', ann, null)).toBeNull()
    expect(await signInWithIdentity('oidc', { ...ann, email: admin.email, email_verified: false }, null)).toBeNull()
  })
})
