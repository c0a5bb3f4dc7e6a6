import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { listMembers } from '../../lib/queries/people/members'
import { unbindIdentity } from '../../lib/store/people/identities'
import { acceptInvite, createInvite, createResetLink } from '../../lib/store/people/invites'
import { removeMember } from '../../lib/store/people/members'
import { changePassword } from '../../lib/store/people/profile'
import { signInWithIdentity, signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { accessOf, addMember } from '../support/people'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, sign_in_attempt')
})
afterEach(() => {
  Object.assign(env(), { HINOMI_PASSWORDS: 'on' })
})
afterAll(closeDatabase)

const PASSWORD = 'the old password of a test'
const ann = { iss: 'https://issuer.example', sub: '1', email: 'ann@example.com', email_verified: true, name: 'Ann' }
const audited = (action: string) =>
  prisma().auditEntry.findMany({ where: { action }, orderBy: { id: 'desc' }, select: { target: true, ip: true } })

describe('a member is bound to the account of the first sign-in', () => {
  test.each([
    ['another subject', 'oidc', { sub: '2' }],
    ['another issuer', 'oidc', { iss: 'https://other.example' }],
    ['another provider', 'google', { iss: 'https://accounts.google.com', sub: '1' }],
    ['another letter case', 'oidc', { sub: '2', email: 'ANN@example.com' }],
  ])('so that %s on the same address is refused, with a line in the audit log', async (_what, provider, other) => {
    const member = await addMember('lead', { email: ann.email })
    expect(await signInWithIdentity('oidc', ann, null)).toMatchObject({ id: member.id })
    await expect(signInWithIdentity(provider, { ...ann, ...other }, '192.0.2.66')).rejects.toMatchObject({
      reason: 'otherIdentity',
    })
    expect((await audited('identity.refuse'))[0]).toEqual({ target: `member:${member.id}`, ip: '192.0.2.66' })
    expect(await prisma().session.count()).toBe(1)
  })

  test('and signs in with it also when the address there has changed', async () => {
    const member = await addMember('lead', { email: ann.email })
    const other = await addMember('admin', { email: 'bob@example.com' })
    await signInWithIdentity('oidc', ann, null)
    expect(await signInWithIdentity('oidc', { ...ann, email: other.email }, null)).toMatchObject({ id: member.id })
  })

  test('by one of two accounts at the same moment', async () => {
    await addMember('lead', { email: ann.email })
    const work = ['1', '2'].map(sub => signInWithIdentity('oidc', { ...ann, sub }, null))
    const results = (await Promise.allSettled(work)).map(({ status }) => status).sort()
    expect(results).toEqual(['fulfilled', 'rejected'])
  })

  test('until an administrator unbinds it', async () => {
    const admin = accessOf(await addMember('admin'), 'admin')
    const member = await addMember('lead', { email: ann.email })
    await signInWithIdentity('oidc', ann, null)
    expect((await listMembers(admin)).find(({ id }) => id === member.id)).toMatchObject({ isBound: true })
    await unbindIdentity(admin, { id: member.id })
    await expect(unbindIdentity(admin, { id: member.id })).rejects.toMatchObject({ code: 'not_found' })
    expect(await signInWithIdentity('oidc', { ...ann, sub: '2' }, null)).toMatchObject({ id: member.id })
    await expect(signInWithIdentity('oidc', ann, null)).rejects.toMatchObject({ reason: 'otherIdentity' })
    expect((await audited('identity.unbind'))[0]).toMatchObject({ target: `member:${member.id}` })
  })

  test('until the member is removed: a person who returns may have a new account', async () => {
    const admin = accessOf(await addMember('admin'), 'admin')
    const member = await addMember('lead', { email: ann.email })
    await signInWithIdentity('oidc', ann, null)
    await removeMember(admin, { id: member.id })
    expect(await signInWithIdentity('oidc', ann, null)).toBeNull()
    await createInvite(admin, { email: ann.email, role: 'viewer', teams: ['sre'], limited: false, accounts: [] })
    expect(await signInWithIdentity('oidc', { ...ann, sub: '9' }, null)).toMatchObject({ id: member.id })
    await expect(signInWithIdentity('oidc', ann, null)).rejects.toMatchObject({ reason: 'otherIdentity' })
  })
})

test('with passwords disabled no password signs in, is set or is changed', async () => {
  const admin = accessOf(await addMember('admin'), 'admin')
  const member = await addMember('lead', { passwordHash: await hashPassword(PASSWORD) })
  const { token } = await createResetLink(admin, { email: member.email })
  Object.assign(env(), { HINOMI_PASSWORDS: 'off' })
  const refusal = { reason: 'passwordsOff' }
  const next = 'the new password of a test'
  await expect(signInWithPassword({ email: member.email, password: PASSWORD }, null)).rejects.toMatchObject(refusal)
  await expect(acceptInvite(token, { name: 'x', password: next }, null)).rejects.toMatchObject(refusal)
  await expect(changePassword(accessOf(member, 'lead'), { current: PASSWORD, next }, null)).rejects.toMatchObject(
    refusal,
  )
  await expect(createResetLink(admin, { id: member.id })).rejects.toMatchObject(refusal)
  expect(await prisma().member.findUnique({ where: { id: member.id } })).toMatchObject({
    passwordHash: member.passwordHash,
  })
  expect(await signInWithIdentity('oidc', { ...ann, email: member.email }, null)).toMatchObject({ id: member.id })
})
