import { createHash } from 'node:crypto'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { accept, claim, openInvite, openSetup } from '../../app/(auth)/actions'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { createInvite, revokeInvite } from '../../lib/store/people/invites'
import { browser } from '../support/browser'
import { accessOf, addMember } from '../support/people'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => {} }))

const password = 'four unrelated words here'
const person = { name: 'New', password }

beforeEach(async () => {
  await pool().query('TRUNCATE member, invite, setting, sign_in_attempt, audit_throttle')
  browser.headers = new Headers()
})
afterAll(closeDatabase)

/** What work adds to the audit log. */
async function entriesOf(work: () => Promise<unknown>) {
  const last = await prisma().auditEntry.findFirst({ orderBy: { id: 'desc' } })
  await work()
  return prisma().auditEntry.findMany({
    where: { id: { gt: last?.id ?? 0 } },
    orderBy: { id: 'asc' },
    select: { action: true, actorKind: true, actorId: true, target: true, detail: true },
  })
}

async function invited() {
  const admin = accessOf(await addMember('admin'), 'admin')
  const email = 'new@example.com'
  const invite = await createInvite(admin, { email, role: 'member', teams: ['sre'], limited: false, accounts: [] })
  return { admin, invite, email }
}

const anonymous = { actorKind: 'anonymous', actorId: '' }

test('a token that does not exist is recorded once for many attempts, without its value', async () => {
  const token = 'guessed-token-of-a-stranger'
  const rows = await entriesOf(async () => {
    for (let i = 0; i < 5; i++) expect(await openInvite({ token })).toEqual({ ok: true, data: null })
    expect(await accept({ token, ...person })).toMatchObject({ ok: false, code: 'conflict' })
  })
  expect(rows).toEqual([{ action: 'invite.refused', ...anonymous, target: '', detail: { reason: 'unknown' } }])
  const { rows: counted } = await pool().query('SELECT waiting, entry::text FROM audit_throttle')
  expect(counted).toMatchObject([{ waiting: 5 }])
  expect(JSON.stringify(counted)).not.toContain(token)
})

test.each([
  {
    reason: 'accepted',
    spend: async ({ invite }: Awaited<ReturnType<typeof invited>>) => {
      expect(await accept({ token: invite.token, ...person })).toMatchObject({ ok: true })
    },
  },
  {
    reason: 'revoked',
    spend: ({ admin, invite }: Awaited<ReturnType<typeof invited>>) => revokeInvite(admin, { id: invite.id }),
  },
  {
    reason: 'expired',
    spend: ({ invite }: Awaited<ReturnType<typeof invited>>) =>
      prisma().invite.update({ where: { id: invite.id }, data: { expiresAt: new Date(0) } }),
  },
  {
    reason: 'creator',
    spend: ({ admin }: Awaited<ReturnType<typeof invited>>) =>
      prisma().member.update({ where: { id: admin.actor.id }, data: { role: 'viewer' } }),
  },
])('an invitation that is spent ($reason) is recorded with its address', async ({ reason, spend }) => {
  const made = await invited()
  await spend(made)
  const { id, token } = made.invite
  const refused = { action: 'invite.refused', ...anonymous, target: `invite:${id}` }
  const rows = await entriesOf(() => accept({ token, ...person }))
  expect(rows).toEqual([{ ...refused, detail: { reason, email: made.email } }])
  expect(await openInvite({ token })).toEqual({ ok: true, data: null })
})

test('a good link leaves no such entry', async () => {
  const { invite } = await invited()
  const rows = await entriesOf(async () => {
    expect(await openInvite({ token: invite.token })).toMatchObject({ ok: true, data: { email: 'new@example.com' } })
    await accept({ token: invite.token, ...person })
  })
  expect(rows.map(row => row.action)).toEqual(['member.join'])
})

test('a set-up link that does not work is recorded', async () => {
  const tokenHash = createHash('sha256').update('right').digest('hex')
  await prisma().setting.create({ data: { key: 'setup', value: { tokenHash } } })
  const admin = { name: 'Ann', email: 'ann@example.com', password }
  const wrong = await entriesOf(async () => {
    expect(await openSetup({ token: 'wrong' })).toEqual({ ok: true, data: 'wrong' })
    expect(await claim({ token: 'wrong', ...admin })).toMatchObject({ ok: false })
  })
  expect(wrong).toEqual([{ action: 'setup.refused', ...anonymous, target: '', detail: { reason: 'unknown' } }])
  expect(await openSetup({ token: 'right' })).toEqual({ ok: true, data: 'open' })
  expect(await claim({ token: 'right', ...admin })).toMatchObject({ ok: true })
  await pool().query('TRUNCATE audit_throttle')
  const late = await entriesOf(() => claim({ token: 'right', ...admin }))
  expect(late).toEqual([{ action: 'setup.refused', ...anonymous, target: '', detail: { reason: 'done' } }])
})
