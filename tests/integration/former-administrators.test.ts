import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { requireTokenAccess, UnauthenticatedError } from '../../lib/access/api/token'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { TokenPermission } from '../../lib/domain/people/role'
import { findInvite, listInvites } from '../../lib/queries/people/invites'
import { listMembers } from '../../lib/queries/people/members'
import { acceptInvite, acceptInviteByEmail, createInvite, createResetLink } from '../../lib/store/people/invites'
import { removeMember, updateMember } from '../../lib/store/people/members'
import { createToken } from '../../lib/store/people/tokens'
import { accessOf, addMember } from '../support/people'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, api_token')
})
afterAll(closeDatabase)

const person = { name: 'Mallory', password: 'a password for the attack' }
const backdoor = { email: 'backdoor@example.com', role: 'admin', teams: ['sre'], limited: false, accounts: [] } as const

async function attack() {
  const [root, mallory] = [await addMember('admin'), await addMember('admin')]
  const access = accessOf(mallory, 'admin')
  const invite = await createInvite(access, { ...backdoor, teams: ['sre'], accounts: [] })
  const reset = await createResetLink(access, { id: root.id })
  return { root, mallory, access, links: [invite.token, reset.token] }
}

const ways = [
  ['removed', (root, id) => removeMember(accessOf(root, 'admin'), { id })],
  [
    'demoted',
    (root, id) =>
      updateMember(accessOf(root, 'admin'), { id, role: 'lead', teams: ['sre'], limited: false, accounts: [] }),
  ],
] as const satisfies [string, (root: Awaited<ReturnType<typeof addMember>>, id: string) => Promise<unknown>][]

describe.each(ways)('an administrator who was %s', (_how, end) => {
  test('cannot return with a link created before', async () => {
    const { root, mallory, links } = await attack()
    await end(root, mallory.id)
    for (const link of links) {
      expect(await findInvite(link)).toBeNull()
      await expect(acceptInvite(link, person, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
    }
    expect(await acceptInviteByEmail({ email: backdoor.email, name: 'x' }, 'oidc', null)).toBeNull()
    expect(await listInvites(accessOf(root, 'admin'))).toEqual([])
    const revoked = await prisma().auditEntry.count({ where: { action: 'invite.revoke', actorId: root.id } })
    expect(revoked).toBe(2)
  })

  test('does not come back by a link that was not revoked', async () => {
    const { root, mallory, links } = await attack()
    await end(root, mallory.id)
    await prisma().invite.updateMany({ data: { revokedAt: null } })
    for (const link of links) {
      expect(await findInvite(link)).toBeNull()
      await expect(acceptInvite(link, person, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
    }
    expect(await acceptInviteByEmail({ email: backdoor.email, name: 'x' }, 'oidc', null)).toBeNull()
    expect(await prisma().member.count()).toBe(2)
  })

  test('wins no race: a link is used before the end, or not at all', async () => {
    for (let round = 0; round < 4; round++) {
      await pool().query('TRUNCATE member, session, invite')
      const { root, mallory, access, links } = await attack()
      const [accepted] = await Promise.allSettled([acceptInvite(links[0] ?? '', person, null), end(root, mallory.id)])
      const joined = await prisma().member.findFirst({ where: { email: backdoor.email } })
      expect(joined !== null).toBe(accepted.status === 'fulfilled')
      // A request that proved its access before the end may still create a link, which opens nothing.
      const late = await createInvite(access, { ...backdoor, email: 'late@example.com', teams: ['sre'], accounts: [] })
      await expect(acceptInvite(late.token, person, null)).rejects.toMatchObject({ reason: 'linkInvalid' })
    }
  })

  test('keeps no token but those of collectors', async () => {
    const { root, mallory, access } = await attack()
    const make = async (name: string, permissions: TokenPermission[]) =>
      (
        await createToken(access, {
          name,
          permissions,
          limited: false,
          accounts: [],
          expiresAt: new Date(Date.now() + 86_400_000),
        })
      ).token
    const personal = await make('laptop', ['findings:read', 'imports:write'])
    const confirming = await make('closer', ['imports:write', 'imports:confirm'])
    const collector = await make('collector', ['imports:write', 'imports:read'])
    const row = (await listMembers(accessOf(root, 'admin'))).find(({ id }) => id === mallory.id)
    expect(row?.tokens).toEqual([
      { name: 'closer', isCollector: false },
      { name: 'collector', isCollector: true },
      { name: 'laptop', isCollector: false },
    ])
    await end(root, mallory.id)
    const use = (token: string) =>
      requireTokenAccess(new Request('http://hinomi.test', { headers: { authorization: `Bearer ${token}` } }))
    await expect(use(personal)).rejects.toThrow(UnauthenticatedError)
    await expect(use(confirming)).rejects.toThrow(UnauthenticatedError)
    expect((await use(collector)).actor.name).toBe('collector')
  })
})
