import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newApiToken, requireTokenAccess, UnauthenticatedError } from '../../lib/access/api/token'
import type { CreateToken } from '../../lib/access/member-input'
import { accountFilter } from '../../lib/access/proof'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { Prisma } from '../../lib/generated/prisma/client'
import { listOwnTokens, listTokens } from '../../lib/queries/people/tokens'
import { decideException } from '../../lib/store/exceptions/decide'
import { workableTeams } from '../../lib/store/findings/selection'
import { removeMember, updateMember } from '../../lib/store/people/members'
import { createToken, revokeOwnToken, takeOverToken } from '../../lib/store/people/tokens'
import { jobAccess } from '../support/job'
import { accessOf, addMember, adminAccess } from '../support/people'

const job = jobAccess('test')
const [one, two] = ['111111111111', '222222222222']

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, api_token, exception')
})
afterAll(closeDatabase)

function input(more: Partial<CreateToken> = {}): CreateToken {
  const expiresAt = new Date(Date.now() + 86_400_000)
  return { name: 'script', permissions: ['findings:read'], limited: false, accounts: [], expiresAt, ...more }
}
const use = (token: string, ...needed: Parameters<typeof requireTokenAccess>[1][]) =>
  requireTokenAccess(
    new Request('http://hinomi.test/api', { headers: { authorization: `Bearer ${token}` } }),
    ...needed,
  )

/** A token as an earlier version created it on the command line. */
async function ownerless(data: Partial<Prisma.ApiTokenCreateInput> = {}) {
  const { token, prefix, tokenHash } = newApiToken()
  const row = await prisma().apiToken.create({
    data: { name: 'old', prefix, tokenHash, permissions: ['findings:read'], ...data },
  })
  return { id: row.id, token }
}

describe('a token created on the command line', () => {
  test('requires an owner who is a member', async () => {
    const gone = await addMember('admin', { removedAt: new Date() })
    await expect(createToken(job, input())).rejects.toMatchObject({ reason: 'tokenOwner' })
    for (const email of ['nobody@example.com', gone.email])
      await expect(createToken(job, input(), email)).rejects.toMatchObject({ reason: 'tokenOwnerUnknown' })
    expect(await prisma().apiToken.count()).toBe(0)
  })

  test('gets no permission and no account that its owner lacks', async () => {
    const { email } = await addMember('member', { limited: true, accounts: [one] })
    const within = { limited: true, accounts: [one] }
    await expect(
      createToken(job, input({ permissions: ['imports:write', 'imports:close'], ...within }), email),
    ).rejects.toMatchObject({ reason: 'tokenOwnerPermissions', params: { permissions: 'imports:close' } })
    for (const scope of [{}, { limited: true, accounts: [one, two] }])
      await expect(createToken(job, input(scope), email)).rejects.toMatchObject({ reason: 'tokenOwnerAccounts' })
    const { token } = await createToken(job, input(within), email)
    expect(accountFilter(await use(token))).toEqual([one])
  })

  test('can be viewed and revoked only by its owner and by administrators', async () => {
    const [lead, other] = [await addMember('lead'), await addMember('lead')]
    const { id, token } = await createToken(job, input(), lead.email)
    expect(await listOwnTokens(accessOf(other, 'lead'))).toEqual([])
    await expect(revokeOwnToken(accessOf(other, 'lead'), { id })).rejects.toMatchObject({ code: 'not_found' })
    const own = accessOf(lead, 'lead')
    expect(await listOwnTokens(own)).toMatchObject([{ id, owner: { email: lead.email } }])
    await revokeOwnToken(own, { id })
    await expect(use(token)).rejects.toThrow(UnauthenticatedError)
    expect(await listOwnTokens(own)).toEqual([])
  })
})

test('an administrator creates tokens for no other member', async () => {
  const [admin, other] = [await addMember('admin'), await addMember('admin')]
  const { id } = await createToken(accessOf(admin, 'admin'), input(), other.email)
  expect(await prisma().apiToken.findUnique({ where: { id } })).toMatchObject({ createdBy: admin.id })
})

describe('a token whose owner changes', () => {
  const standing = { teams: ['sre' as const], limited: false, accounts: [] }

  test('loses the permissions that its owner loses, and gets them back with its owner', async () => {
    const lead = await addMember('lead')
    const { token } = await createToken(job, input({ permissions: ['findings:read', 'audit:read'] }), lead.email)
    await use(token, 'audit:read')
    await updateMember(await adminAccess(), { id: lead.id, role: 'viewer', ...standing })
    await expect(use(token, 'audit:read')).rejects.toMatchObject({ code: 'forbidden' })
    expect([...(await use(token)).granted]).toEqual(['findings:read'])
    await updateMember(await adminAccess(), { id: lead.id, role: 'lead', ...standing })
    await use(token, 'audit:read')
  })

  test('sees only the accounts that its owner sees', async () => {
    const lead = await addMember('lead')
    const all = await createToken(job, input(), lead.email)
    const some = await createToken(job, input({ limited: true, accounts: [one] }), lead.email)
    await updateMember(await adminAccess(), {
      id: lead.id,
      role: 'lead',
      teams: ['sre'],
      limited: true,
      accounts: [two],
    })
    expect(accountFilter(await use(all.token))).toEqual([two])
    expect(accountFilter(await use(some.token))).toEqual([])
  })

  test('changes findings of its owner’s teams only', async () => {
    const member = await addMember('member', { teams: ['sre'] })
    const { token } = await createToken(job, input({ permissions: ['findings:read', 'findings:triage'] }), member.email)
    expect(workableTeams(await use(token))).toEqual(['sre'])
    const lead = await addMember('lead', { teams: ['sre'] })
    const wide = await createToken(job, input({ permissions: ['findings:read', 'findings:triage'] }), lead.email)
    expect(workableTeams(await use(wide.token))).toBeNull()
  })

  test('stops working once its owner is removed, even if it was not revoked', async () => {
    const lead = await addMember('lead')
    const { id, token } = await createToken(job, input(), lead.email)
    await removeMember(await adminAccess(), { id: lead.id })
    await expect(use(token)).rejects.toThrow(UnauthenticatedError)
    await prisma().apiToken.update({ where: { id }, data: { revokedAt: null, refusedAt: null } })
    await expect(use(token)).rejects.toThrow(UnauthenticatedError)
    expect(await prisma().apiToken.findUnique({ where: { id } })).toMatchObject({ refusedReason: 'owner' })
  })

  test('keeps its permissions while the team or name of its owner changes', async () => {
    const lead = await addMember('lead')
    const { token } = await createToken(job, input({ permissions: ['audit:read'] }), lead.email)
    await updateMember(await adminAccess(), { id: lead.id, role: 'lead', ...standing, teams: ['csirt'] })
    await use(token, 'audit:read')
  })
})

describe('a collector token', () => {
  const collector = input({ name: 'collector', permissions: ['imports:write', 'imports:close'] })
  const leave = { teams: ['sre' as const], limited: false, accounts: [] }

  test.each(['removed', 'viewer'] as const)('passes to the administrator by whom its owner becomes: %s', async next => {
    const [root, owner] = [await addMember('admin'), await addMember('admin')]
    const { id, token } = await createToken(accessOf(owner, 'admin'), collector)
    const access = accessOf(root, 'admin')
    if (next === 'removed') await removeMember(access, { id: owner.id })
    else await updateMember(access, { id: owner.id, role: next, ...leave })
    await use(token, 'imports:close')
    expect(await prisma().apiToken.findUnique({ where: { id } })).toMatchObject({ createdBy: root.id })
    const [entry] = await prisma().auditEntry.findMany({ where: { action: 'token.transfer', target: `token:${id}` } })
    expect(entry).toMatchObject({ actorId: root.id, detail: { owner: root.email } })
  })

  test('stays with an owner who can still send its reports', async () => {
    const [root, owner] = [await addMember('admin'), await addMember('admin')]
    const { id } = await createToken(accessOf(owner, 'admin'), collector)
    await updateMember(accessOf(root, 'admin'), { id: owner.id, role: 'lead', ...leave })
    expect(await prisma().apiToken.findUnique({ where: { id } })).toMatchObject({ createdBy: owner.id })
  })

  test('passes to another administrator if an administrator is demoted or a job removes one', async () => {
    const [first, second, third] = [await addMember('admin'), await addMember('admin'), await addMember('admin')]
    const { id, token } = await createToken(accessOf(second, 'admin'), collector)
    await updateMember(accessOf(second, 'admin'), { id: second.id, role: 'viewer', ...leave })
    expect(await prisma().apiToken.findUnique({ where: { id } })).toMatchObject({ createdBy: first.id })
    await removeMember(job, { id: first.id })
    expect(await prisma().apiToken.findUnique({ where: { id } })).toMatchObject({ createdBy: third.id })
    await use(token, 'imports:close')
  })
})

describe('a token without an owner', () => {
  test('keeps working, ends, and is listed as such', async () => {
    const { id, token } = await ownerless()
    await use(token, 'findings:read')
    const [row] = await listTokens(await adminAccess())
    expect(row).toMatchObject({ id, owner: null, state: 'active' })
    const days = ((row?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(90)
  })

  test('is taken over by an administrator, without its permissions for exceptions', async () => {
    const { id, token } = await ownerless({
      permissions: ['findings:read', 'exceptions:request', 'exceptions:approve'],
    })
    const admin = await addMember('admin', { name: 'Ann' })
    const access = accessOf(admin, 'admin')
    await takeOverToken(access, { id })
    expect([...(await use(token)).granted]).toEqual(['findings:read'])
    expect(await listTokens(access)).toMatchObject([{ id, owner: { name: 'Ann', email: admin.email } }])
    const taken = await prisma().auditEntry.findFirst({ where: { action: 'token.transfer', target: `token:${id}` } })
    expect(taken).toMatchObject({ actorId: admin.id, detail: { permissions: ['findings:read'] } })
  })

  test('is not taken over while a request of it is open, which its holder could then approve', async () => {
    const { id } = await ownerless({ permissions: ['exceptions:request'] })
    const asked = await prisma().exception.create({
      data: {
        kind: 'accepted',
        reason: 'why',
        requestedBy: id,
        requestedName: 'old',
        requestedAt: new Date(),
        expiresAt: new Date(Date.now() + 86_400_000),
        match: { accounts: [one], environments: [], control: 'S3.1', resource: null, tag: null },
        condition: { tag: null, severityAtMost: null },
      },
    })
    const access = await adminAccess()
    await expect(takeOverToken(access, { id })).rejects.toMatchObject({ code: 'conflict', reason: 'tokenRequests' })
    await decideException(access, { id: asked.id, approve: false, note: 'Seen' })
    await takeOverToken(access, { id })
  })

  test('is the only kind that can be taken over', async () => {
    const [owner, admin] = [await addMember('admin'), await adminAccess()]
    const { id } = await createToken(accessOf(owner, 'admin'), input())
    await expect(takeOverToken(admin, { id })).rejects.toMatchObject({ reason: 'tokenHasOwner' })
    const revoked = await ownerless({ revokedAt: new Date() })
    await expect(takeOverToken(admin, { id: revoked.id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(takeOverToken(job, { id })).rejects.toMatchObject({ code: 'forbidden' })
  })
})
