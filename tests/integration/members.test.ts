import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { findInvite, listInvites } from '../../lib/queries/people/invites'
import { listMembers } from '../../lib/queries/people/members'
import { acceptInvite, createInvite, createResetLink, revokeInvite } from '../../lib/store/people/invites'
import { removeMember, updateMember } from '../../lib/store/people/members'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { accessOf, addFinding, addMember } from '../support/people'

const PASSWORD = 'correct horse battery'
const ACCOUNT = '111111111111'
const OTHER = '222222222222'

beforeEach(async () => {
  await pool().query('TRUNCATE member, invite, finding, finding_count, source_count')
})
afterAll(closeDatabase)

function standing(role: 'viewer' | 'member' | 'admin', scope: { limited?: boolean; accounts?: string[] } = {}) {
  return { role, teams: ['sre' as const], limited: false, accounts: [], ...scope }
}
const outcomes = async (work: Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map(result => result.status).sort()
const audited = async (action: string) => prisma().auditEntry.findMany({ where: { action }, orderBy: { id: 'asc' } })

describe('the last administrator', () => {
  test('can be neither demoted nor removed', async () => {
    const admin = await addMember('admin')
    const other = await addMember('admin')
    const access = accessOf(admin, 'admin')
    await removeMember(access, { id: other.id })
    await expect(updateMember(access, { id: admin.id, ...standing('member') })).rejects.toMatchObject({
      reason: 'lastAdmin',
    })
    await expect(removeMember(accessOf(other, 'admin'), { id: admin.id })).rejects.toMatchObject({
      reason: 'lastAdmin',
    })
    expect(await prisma().member.count({ where: { role: 'admin', removedAt: null } })).toBe(1)
  })

  test('remains when two administrators remove each other at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      await pool().query('TRUNCATE member')
      const [a, b] = [await addMember('admin'), await addMember('admin')]
      const work = [removeMember(accessOf(a, 'admin'), { id: b.id }), removeMember(accessOf(b, 'admin'), { id: a.id })]
      expect(await outcomes(work)).toEqual(['fulfilled', 'rejected'])
      expect(await prisma().member.count({ where: { role: 'admin', removedAt: null } })).toBe(1)
    }
  })

  test('remains when two administrators demote themselves at the same time', async () => {
    const [a, b] = [await addMember('admin'), await addMember('admin')]
    const work = [a, b].map(member => updateMember(accessOf(member, 'admin'), { id: member.id, ...standing('viewer') }))
    expect(await outcomes(work)).toEqual(['fulfilled', 'rejected'])
  })
})

describe('removing a member', () => {
  test('is refused for the own account', async () => {
    const admin = await addMember('admin')
    await addMember('admin')
    await expect(removeMember(accessOf(admin, 'admin'), { id: admin.id })).rejects.toMatchObject({
      reason: 'removeSelf',
    })
  })

  test('unassigns open findings, keeps resolved ones, and writes history and audit log', async () => {
    const admin = await addMember('admin')
    const owner = await addMember('member')
    const open = await addFinding(ACCOUNT, { ownerId: owner.id })
    const progress = await addFinding(OTHER, { ownerId: owner.id, status: 'in_progress' })
    const closed = await addFinding(OTHER, { ownerId: owner.id, status: 'resolved' })
    const foreign = await addFinding(OTHER, { ownerId: admin.id })

    expect(await removeMember(accessOf(admin, 'admin'), { id: owner.id })).toEqual({ released: 2 })

    const owners = new Map((await prisma().finding.findMany()).map(finding => [finding.id, finding.ownerId]))
    expect(owners.get(open.id)).toBeNull()
    expect(owners.get(progress.id)).toBeNull()
    expect(owners.get(closed.id)).toBe(owner.id)
    expect(owners.get(foreign.id)).toBe(admin.id)
    const events = await prisma().findingEvent.findMany({ where: { findingId: { in: [open.id, progress.id] } } })
    expect(events).toHaveLength(2)
    expect(events[0]).toMatchObject({
      kind: 'owner',
      actorId: admin.id,
      before: { id: owner.id, name: owner.name },
      after: null,
    })
    const nobody = '00000000-0000-0000-0000-000000000000'
    const counted = await prisma().findingCount.aggregate({ where: { ownerKey: nobody }, _sum: { n: true } })
    expect(counted._sum.n).toBe(2)
    expect((await audited('member.remove')).at(-1)).toMatchObject({
      actorId: admin.id,
      ip: '192.0.2.1',
      target: `member:${owner.id}`,
      detail: { released: 2 },
    })
  })

  test('hides the member, like one who does not exist', async () => {
    const admin = await addMember('admin')
    const member = await addMember('member')
    await removeMember(accessOf(admin, 'admin'), { id: member.id })
    expect((await listMembers(accessOf(admin, 'admin'))).map(row => row.id)).toEqual([admin.id])
    await expect(removeMember(accessOf(admin, 'admin'), { id: member.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('a new account limit frees the findings outside of it', async () => {
  const admin = await addMember('admin')
  const owner = await addMember('member')
  const kept = await addFinding(ACCOUNT, { ownerId: owner.id })
  const lost = await addFinding(OTHER, { ownerId: owner.id })
  const input = { id: owner.id, ...standing('member', { limited: true, accounts: [ACCOUNT] }) }
  expect(await updateMember(accessOf(admin, 'admin'), input)).toEqual({ released: 1 })
  expect(await prisma().finding.findFirst({ where: { id: kept.id } })).toMatchObject({ ownerId: owner.id })
  expect(await prisma().finding.findFirst({ where: { id: lost.id } })).toMatchObject({ ownerId: null })
})

test('a role that does not work on findings frees them all', async () => {
  const admin = await addMember('admin')
  const owner = await addMember('member')
  await addFinding(ACCOUNT, { ownerId: owner.id })
  expect(await updateMember(accessOf(admin, 'admin'), { id: owner.id, ...standing('viewer') })).toEqual({ released: 1 })
})

describe('an invitation', () => {
  const invite = async (email = 'new@example.com') => {
    const admin = await addMember('admin')
    const access = accessOf(admin, 'admin')
    const limits = { limited: true, accounts: [ACCOUNT] }
    return { access, ...(await createInvite(access, { email, ...standing('member', limits) })) }
  }
  const person = { name: 'New', password: PASSWORD }

  test('creates a member with its role and limits, who can sign in', async () => {
    const { token } = await invite()
    expect(await findInvite(token)).toEqual({ email: 'new@example.com', role: 'member', name: null })
    expect(await acceptInvite(token, person, '192.0.2.7')).toEqual({ email: 'new@example.com' })
    const member = await prisma().member.findUniqueOrThrow({ where: { email: 'New@Example.com' } })
    expect(member).toMatchObject({ name: 'New', role: 'member', teams: ['sre'], limited: true, accounts: [ACCOUNT] })
    expect(member.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await signInWithPassword({ email: 'NEW@example.com', password: PASSWORD }, null)).toMatchObject({
      id: member.id,
    })
    expect((await audited('member.join')).at(-1)).toMatchObject({ actorId: member.id, ip: '192.0.2.7' })
  })

  test('keeps only the hash of its token', async () => {
    const { token } = await invite()
    const { rows } = await pool().query('SELECT row_to_json(i)::text AS text FROM invite i')
    expect(rows[0].text).not.toContain(token)
    expect(
      JSON.stringify(await audited('invite.create'), (_key, value) => (typeof value === 'bigint' ? 0 : value)),
    ).not.toContain(token)
  })

  test('works once', async () => {
    const { token } = await invite()
    await acceptInvite(token, person, null)
    await expect(acceptInvite(token, { ...person, name: 'Thief' }, null)).rejects.toMatchObject({
      reason: 'linkInvalid',
    })
    expect(await findInvite(token)).toBeNull()
  })

  test('works once also for two at the same moment', async () => {
    const { token } = await invite()
    expect(await outcomes([acceptInvite(token, person, null), acceptInvite(token, person, null)])).toEqual([
      'fulfilled',
      'rejected',
    ])
    expect(await prisma().member.count({ where: { email: 'new@example.com' } })).toBe(1)
  })

  test('expires', async () => {
    const { id, token } = await invite()
    await prisma().invite.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1000) } })
    expect(await findInvite(token)).toBeNull()
    await expect(acceptInvite(token, person, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
  })

  test('can be revoked', async () => {
    const { access, id, token } = await invite()
    await revokeInvite(access, { id })
    await expect(acceptInvite(token, person, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
    expect(await listInvites(access)).toEqual([])
  })

  test('is created once for an address, whatever its case, and not for a member', async () => {
    const { access } = await invite()
    const again = { email: 'NEW@example.com', ...standing('viewer') }
    await expect(createInvite(access, again)).rejects.toMatchObject({ reason: 'alreadyInvited' })
    const member = await addMember('viewer')
    await expect(createInvite(access, { ...again, email: member.email })).rejects.toMatchObject({
      reason: 'emailTaken',
    })
    const both = { email: 'twice@example.com', ...standing('viewer') }
    expect(await outcomes([createInvite(access, both), createInvite(access, both)])).toEqual(['fulfilled', 'rejected'])
  })

  test('of a removed member restores the same person with the new role', async () => {
    const admin = await addMember('admin')
    const access = accessOf(admin, 'admin')
    const former = await addMember('admin', { email: 'back@example.com' })
    await removeMember(access, { id: former.id })
    const { token } = await createInvite(access, { email: 'back@example.com', ...standing('viewer') })
    await acceptInvite(token, person, null)
    const member = await prisma().member.findUniqueOrThrow({ where: { id: former.id } })
    expect(member).toMatchObject({ role: 'viewer', removedAt: null, name: 'New' })
  })

  test('dies with the removal of the member it was for', async () => {
    const admin = await addMember('admin')
    const access = accessOf(admin, 'admin')
    const member = await addMember('member')
    const { token } = await createResetLink(access, { id: member.id })
    await removeMember(access, { id: member.id })
    await expect(acceptInvite(token, person, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
  })
})

test('a password link sets a new password, ends the sessions and changes no other rows', async () => {
  const admin = await addMember('admin')
  const member = await addMember('lead', { name: 'Lena' })
  const { token } = await createResetLink(accessOf(admin, 'admin'), { id: member.id })
  expect(await findInvite(token)).toMatchObject({ name: 'Lena' })
  await acceptInvite(token, { name: 'Mallory', password: PASSWORD }, null)
  const after = await prisma().member.findUniqueOrThrow({ where: { id: member.id } })
  expect(after).toMatchObject({ name: 'Lena', role: 'lead' })
  expect(await signInWithPassword({ email: member.email, password: PASSWORD }, null)).not.toBeNull()
})
