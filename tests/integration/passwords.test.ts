import { createHash } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { acceptInvite, createInvite, createResetLink } from '../../lib/store/people/invites'
import { changePassword } from '../../lib/store/people/profile'
import { claimSetup, ensureAdmin } from '../../lib/store/sign-in/setup'
import { accessOf, addMember } from '../support/people'

const weak = [
  ['leavemealone2026', 'passwordCommon'],
  ['Ann-Example-2026', 'passwordMatch'],
  ['zxcvbnmasdfghjkl', 'passwordPattern'],
] as const
const ann = { name: 'Ann', email: 'ann@example.com' }
const strong = 'correct horse battery'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, setting, sign_in_attempt')
})
afterAll(closeDatabase)

test.each(weak)('%s is refused at set-up', async (password, reason) => {
  const tokenHash = createHash('sha256').update('token').digest('hex')
  await prisma().setting.create({ data: { key: 'setup', value: { tokenHash } } })
  await expect(claimSetup('token', { ...ann, password }, null)).rejects.toMatchObject({ reason, field: 'password' })
  await expect(ensureAdmin(ann.email, password)).rejects.toMatchObject({ reason })
  expect(await prisma().member.count()).toBe(0)
})

test.each(weak)(
  '%s is refused with an invitation and with a password link, which stay good',
  async (password, reason) => {
    const access = accessOf(await addMember('admin'), 'admin')
    const standing = { role: 'viewer' as const, teams: ['sre' as const], limited: false, accounts: [] }
    const invite = await createInvite(access, { email: ann.email, ...standing })
    await expect(acceptInvite(invite.token, { name: ann.name, password }, null)).rejects.toMatchObject({ reason })
    await acceptInvite(invite.token, { name: ann.name, password: strong }, null)
    const reset = await createResetLink(access, { email: ann.email })
    await expect(acceptInvite(reset.token, { name: ann.name, password }, null)).rejects.toMatchObject({ reason })
    await acceptInvite(reset.token, { name: ann.name, password: strong }, null)
  },
)

test.each(weak)('%s is refused when a password is changed', async (next, reason) => {
  const member = await addMember('member', { ...ann, passwordHash: await hashPassword(strong) })
  const change = changePassword(accessOf(member, 'member'), { current: strong, next }, null)
  await expect(change).rejects.toMatchObject({ reason, field: 'next' })
})
