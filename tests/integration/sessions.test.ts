import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { signOut } from '../../app/(console)/actions'
import { endSession, endSessions, savePassword } from '../../app/(console)/settings/profile/actions'
import { currentMember, requireAccess } from '../../lib/access/access'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { log } from '../../lib/log'
import { listOwnSessions } from '../../lib/queries/sign-in/sessions'
import { acceptInvite, createResetLink } from '../../lib/store/people/invites'
import { removeMember } from '../../lib/store/people/members'
import { dropEndedSessions, endMemberSessions, endStaleSessions } from '../../lib/store/sign-in/sessions'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { Browser, startAuthServer } from '../support/auth-server'
import { browser, signOut as forgetCookies, signInAs } from '../support/browser'
import { jobAccess } from '../support/job'
import { accessOf, addMember } from '../support/people'
import { sessionCookieName } from '../support/session-cookie'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }))
log.level = 'silent'

const PASSWORD = 'the old password of a test'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, sign_in_attempt')
  forgetCookies()
  browser.headers = new Headers()
})
afterAll(closeDatabase)

const cookie = () => browser.cookies.get(sessionCookieName())?.value ?? ''
const replay = (value: string) => browser.cookies.set(sessionCookieName(), { value })
const age = (id: string, column: 'created_at' | 'last_used_at', minutes: number) =>
  pool().query(`UPDATE session SET ${column} = now() - make_interval(mins => $2) WHERE id = $1`, [id, minutes])
async function lastEnd() {
  const entry = await prisma().auditEntry.findFirst({ where: { action: 'session.end' }, orderBy: { id: 'desc' } })
  return entry && { actorId: entry.actorId, target: entry.target, detail: entry.detail }
}

describe('a copied cookie is worthless', () => {
  test('after signing out', async () => {
    const member = await addMember('admin')
    const session = await signInAs(member)
    const copied = cookie()
    await signOut()
    expect(cookie()).toBe('')
    replay(copied)
    expect(await currentMember()).toBeNull()
    await expect(requireAccess('findings:read')).rejects.toMatchObject({ digest: expect.stringContaining('/sign-in') })
    const target = `member:${member.id}`
    expect(await lastEnd()).toEqual({ actorId: member.id, target, detail: { why: 'sign-out', session } })
  })

  test('after a removal and a password link', async () => {
    const admin = await addMember('admin')
    const [removed, reset] = [await addMember('lead'), await addMember('lead')]
    await signInAs(removed)
    await removeMember(accessOf(admin, 'admin'), { id: removed.id })
    expect(await currentMember()).toBeNull()
    expect(await lastEnd()).toMatchObject({ actorId: admin.id, detail: { why: 'removed' } })
    await signInAs(reset)
    const { token } = await createResetLink(accessOf(admin, 'admin'), { id: reset.id })
    expect(await currentMember()).not.toBeNull()
    await acceptInvite(token, { name: 'x', password: 'a new password by link' }, null)
    expect(await currentMember()).toBeNull()
    expect(await lastEnd()).toMatchObject({ detail: { why: 'reset' } })
  })

  test('after 12 hours, however often it was used, and after two hours without use', async () => {
    const member = await addMember('member')
    for (const [column, minutes, signedIn] of [
      ['created_at', 12 * 60 - 1, true],
      ['created_at', 12 * 60 + 1, false],
      ['last_used_at', 119, true],
      ['last_used_at', 121, false],
    ] as const) {
      await age(await signInAs(member), column, minutes)
      expect((await currentMember()) !== null).toBe(signedIn)
    }
    await endStaleSessions(jobAccess('end-sessions'))
    const ends = await prisma().auditEntry.findMany({
      where: { action: 'session.end', target: `member:${member.id}` },
      orderBy: { id: 'asc' },
    })
    expect(ends.map(({ detail }) => (detail as { why: string }).why)).toEqual(['expired', 'idle'])
    expect(env().HINOMI_SESSION_IDLE_MINUTES).toBe(120)
  })

  test('after a new sign-in in the same browser, over HTTP', async () => {
    const member = await addMember('lead', { passwordHash: await hashPassword(PASSWORD) })
    const server = await startAuthServer()
    process.env.NEXTAUTH_URL = server.url
    const theirs = new Browser(server.url)
    const enter = () => theirs.post('/api/auth/callback/credentials', { email: member.email, password: PASSWORD })
    await enter()
    const first = theirs.cookies.get(sessionCookieName()) ?? ''
    replay(first)
    expect(await currentMember()).toMatchObject({ id: member.id })
    await enter()
    replay(first)
    expect(await currentMember()).toBeNull()
    expect(await lastEnd()).toMatchObject({ detail: { why: 'new-sign-in' } })
    replay(theirs.cookies.get(sessionCookieName()) ?? '')
    expect(await currentMember()).toMatchObject({ id: member.id })
    await server.close()
  })
})

test('a new password ends the other sessions and keeps the own one', async () => {
  const member = await addMember('member', { passwordHash: await hashPassword(PASSWORD) })
  await signInAs(member)
  const other = cookie()
  await signInAs(member)
  const own = cookie()
  expect(await savePassword({ current: PASSWORD, next: 'the new password of a test' })).toMatchObject({ ok: true })
  expect(cookie()).toBe(own)
  expect(await currentMember()).not.toBeNull()
  replay(other)
  expect(await currentMember()).toBeNull()
})

test('a sign-in during a password change or a removal of the member creates no session', async () => {
  const admin = await addMember('admin')
  const member = await addMember('member', { passwordHash: await hashPassword(PASSWORD) })
  for (let round = 0; round < 4; round++) {
    const given = { email: member.email, password: PASSWORD }
    const [signedIn] = await Promise.all([
      signInWithPassword(given, null),
      round < 3
        ? pool().query('UPDATE member SET password_hash = NULL WHERE id = $1', [member.id])
        : removeMember(accessOf(admin, 'admin'), { id: member.id }),
    ])
    expect(signedIn).toBeNull()
    await prisma().member.update({ where: { id: member.id }, data: { passwordHash: member.passwordHash } })
  }
})

describe('the list of sessions', () => {
  test('shows the member’s active ones and their last use', async () => {
    const member = await addMember('member')
    await signInAs(await addMember('member'))
    await age(await signInAs(member), 'last_used_at', 500)
    const other = await signInAs(member)
    const own = await signInAs(member)
    await age(own, 'last_used_at', 5)
    const rows = await listOwnSessions(accessOf(member, 'member'), own)
    expect(rows.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [own, true],
      [other, false],
    ])
  })

  test('notes the last use once a minute', async () => {
    const own = await signInAs(await addMember('member'))
    const used = async () => (await prisma().session.findUniqueOrThrow({ where: { id: own } })).lastUsedAt.getTime()
    await age(own, 'last_used_at', 5)
    const before = await used()
    await currentMember()
    const noted = await used()
    expect(noted).toBeGreaterThan(before)
    await currentMember()
    expect(await used()).toBe(noted)
  })

  test('ends one or all others, never those of another member', async () => {
    const member = await addMember('member')
    const foreign = await signInAs(await addMember('member'))
    const [one, two] = [await signInAs(member), await signInAs(member)]
    await signInAs(member)
    expect(await endSession({ id: foreign })).toMatchObject({ ok: false, code: 'not_found' })
    expect(await endSession({ id: one })).toMatchObject({ ok: true })
    expect(await endSession({ id: one })).toMatchObject({ ok: false, code: 'not_found' })
    expect(await endSessions({})).toMatchObject({ ok: true })
    const open = await prisma().session.findMany({ where: { endedAt: null }, select: { id: true } })
    const ids = open.map(({ id }) => id)
    expect(ids).toContain(foreign)
    expect(ids).not.toContain(two)
    expect(ids).toHaveLength(2)
    expect(await currentMember()).not.toBeNull()
  })
})

test('an administrator ends all sessions of a member', async () => {
  const admin = await addMember('admin')
  const member = await addMember('lead')
  await signInAs(member)
  await signInAs(member)
  expect(await endMemberSessions(accessOf(admin, 'admin'), { id: member.id })).toEqual({ ended: 2 })
  expect(await currentMember()).toBeNull()
  const target = `member:${member.id}`
  expect(await lastEnd()).toMatchObject({ actorId: admin.id, target, detail: { why: 'admin' } })
})

test('sessions that ended long ago are dropped', async () => {
  const member = await addMember('member')
  const gone = await signInAs(member)
  const alive = await signInAs(member)
  await pool().query(`UPDATE session SET ended_at = now() - interval '10 days' WHERE id = $1`, [gone])
  await dropEndedSessions(jobAccess('retention'), new Date(Date.now() - 5 * 86_400_000))
  expect(await prisma().session.findMany({ select: { id: true } })).toEqual([{ id: alive }])
})
