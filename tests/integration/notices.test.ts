import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { confirmNotices } from '../../app/(console)/actions'
import { makeToken } from '../../app/(console)/settings/tokens/actions'
import { currentMember } from '../../lib/access/access'
import { browserCookie, browserCookieName, toKnownBrowser } from '../../lib/access/session/known-browser'
import { noticesReadHere } from '../../lib/access/session/notices-cookie'
import { readSessionId, UNKNOWN_BROWSER } from '../../lib/access/session/session'
import { hashPassword } from '../../lib/access/sign-in/password'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { NoticeAction } from '../../lib/domain/people/notices'
import type { Member } from '../../lib/generated/prisma/client'
import { log } from '../../lib/log'
import { listNotices, listUnreadNotices } from '../../lib/queries/people/notices'
import { createResetLink } from '../../lib/store/people/invites'
import { updateMember } from '../../lib/store/people/members'
import { changePassword } from '../../lib/store/people/profile'
import { createToken, revokeToken } from '../../lib/store/people/tokens'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { verifyByPassword } from '../../lib/store/sign-in/verify-again'
import { browser, signInAs, signOut } from '../support/browser'
import { jobAccess } from '../support/job'
import { accessOf, addMember } from '../support/people'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }))
log.level = 'silent'

const PASSWORD = 'the password of this test'
const passwordHash = await hashPassword(PASSWORD)
const HOUR_MS = 3_600_000
let member: Member
let admin: Member

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, api_token, sign_in_attempt, audit_throttle')
  signOut()
  browser.headers = new Headers()
  admin = await addMember('admin')
  member = await addMember('lead', { passwordHash, lastSignInAt: new Date() })
})
afterAll(closeDatabase)

/** A browser of its own, known for the member since so long ago, or unknown. */
function open(hours: number | null): void {
  signOut()
  if (hours === null) return
  vi.spyOn(Date, 'now').mockReturnValueOnce(Date.now() - hours * HOUR_MS)
  const value = /=([^;]+)/.exec(browserCookie(member.id))?.[1] ?? ''
  browser.cookies.set(browserCookieName(), { value })
}

const known = () => toKnownBrowser(browser.cookies.get(browserCookieName())?.value)
const signIn = (device = 'Firefox, macOS') =>
  signInWithPassword({ email: member.email, password: PASSWORD }, '192.0.2.7', {
    ...UNKNOWN_BROWSER,
    device,
    known: known(),
  })
const own = () => accessOf(member, 'lead')
const actionsOf = (rows: readonly { action: NoticeAction }[]) => rows.map(({ action }) => action)
async function news(session: string) {
  return listUnreadNotices(own(), session, await noticesReadHere(member.id))
}
const newToken = {
  name: 'deploy',
  permissions: ['findings:read' as const],
  limited: false,
  accounts: [],
  expiresAt: new Date(Date.now() + HOUR_MS),
}

describe('a sign-in', () => {
  test('on a new device is shown in every session and on the device itself, with its address', async () => {
    open(48)
    const first = await signInAs(member)
    expect(await news(first)).toEqual([])
    open(null)
    const second = await signIn()
    const told = { action: 'session.start', device: 'Firefox, macOS', ip: '192.0.2.7', by: null }
    for (const session of [first, second?.session ?? '']) expect(await news(session)).toMatchObject([told])
    expect(await listNotices(own())).toMatchObject([told])
  })

  test('in a browser that is known, or the first of all, is no news', async () => {
    open(48)
    await signIn()
    expect(await listNotices(own())).toEqual([])
    await prisma().member.update({ where: { id: member.id }, data: { lastSignInAt: null } })
    open(null)
    await signIn()
    expect(await listNotices(own())).toEqual([])
  })
})

test('changes by others are shown to a member, with the actor and without the address', async () => {
  const session = await signInAs(member)
  const access = accessOf(admin, 'admin')
  await updateMember(access, { id: member.id, role: 'viewer', teams: ['sre'], limited: false, accounts: [] })
  await createResetLink(access, { id: member.id })
  const told = await news(session)
  expect(told).toMatchObject([
    { action: 'member.reset', by: admin.name, ip: null, role: null },
    { action: 'member.update', by: admin.name, ip: null, role: { before: 'lead', after: 'viewer' } },
  ])
  expect(await listNotices(access)).toEqual([])
})

test('tokens of the member are shown, whoever revokes them, and no tokens of others', async () => {
  const boss = await addMember('admin')
  const { id } = await createToken(accessOf(admin, 'admin'), newToken)
  await revokeToken(accessOf(boss, 'admin'), { id })
  expect(await listNotices(accessOf(boss, 'admin'))).toEqual([])
  expect(await listNotices(accessOf(admin, 'admin'))).toMatchObject([
    { action: 'token.revoke', name: 'deploy', by: boss.name },
    { action: 'token.create', name: 'deploy', by: null, isOwn: true },
  ])
})

describe('an action of the member', () => {
  const NEXT = 'another password of this test'
  const started = async () => (await signIn())?.session ?? ''
  const createIn = (session: string) => createToken(accessOf(member, 'lead', session), newToken)
  /** What `run` does, as if it had happened so many hours ago. */
  async function ago<T>(hours: number, run: () => Promise<T>): Promise<T> {
    const past = new Date(Date.now() - hours * HOUR_MS)
    setClock(() => past)
    const done = await run().finally(() => setClock(() => new Date()))
    await pool().query('UPDATE session SET created_at = $1, verified_at = $1', [past])
    return done
  }
  async function verifyIn(session: string): Promise<string> {
    await verifyByPassword(accessOf(member, 'lead', session), { password: PASSWORD }, session)
    return (await readSessionId()) ?? ''
  }

  test('is no notice in the session that did it, but in others and at the next sign-in', async () => {
    open(48)
    const other = await started()
    const session = await started()
    await changePassword(accessOf(member, 'lead', session), { current: PASSWORD, next: NEXT }, null)
    expect(await news(session)).toEqual([])
    expect(actionsOf(await news(other))).toEqual(['profile.password'])
    expect(actionsOf(await news(await signInAs(member)))).toEqual(['profile.password'])
  })

  test('is a notice in a session that began just before, if an intruder did it in another', async () => {
    open(48)
    const victim = await started()
    open(null)
    const intruder = await started()
    await createIn(intruder)
    expect(actionsOf(await news(victim))).toEqual(['token.create', 'session.start'])
    expect(actionsOf(await news(intruder))).toEqual(['session.start'])
  })

  test('is still a notice after its reader confirms their identity again', async () => {
    open(48)
    const victim = await ago(2, started)
    const intruder = await started()
    await createIn(intruder)
    expect(actionsOf(await news(victim))).toEqual(['token.create'])
    expect(actionsOf(await news(await verifyIn(victim)))).toEqual(['token.create'])
  })

  test('is still no notice in its session after a confirmation and with a new id', async () => {
    open(48)
    const first = await ago(1, async () => {
      const session = await started()
      await createIn(session)
      return session
    })
    const second = await verifyIn(first)
    await createIn(second)
    expect(second).not.toBe(first)
    expect(await news(second)).toEqual([])
  })

  test('is a notice in its own session if the last confirmation was more than 15 minutes ago', async () => {
    open(48)
    const { session, id } = await ago(1, async () => {
      const begun = await started()
      return { session: begun, ...(await createIn(begun)) }
    })
    await revokeToken(accessOf(member, 'lead', session), { id })
    expect(actionsOf(await news(session))).toEqual(['token.revoke'])
    expect(actionsOf(await news(await verifyIn(session)))).toEqual(['token.revoke'])
  })

  test('in a request records the session in the audit log', async () => {
    const session = await signInAs(await prisma().member.update({ where: { id: member.id }, data: { role: 'admin' } }))
    expect(await makeToken({ ...newToken, expiresAt: newToken.expiresAt.toISOString() })).toMatchObject({ ok: true })
    const entry = await prisma().auditEntry.findFirst({ where: { actorId: member.id, action: 'token.create' } })
    expect(entry?.detail).toMatchObject({ session, name: 'deploy' })
  })
})

describe('confirming', () => {
  const latest = async (session: string) => ({ at: (await news(session))[0]?.at ?? new Date(0) })

  test('in a browser that has long been known counts everywhere', async () => {
    open(null)
    await signIn()
    open(48)
    const session = await signInAs(member)
    expect(await confirmNotices(await latest(session))).toMatchObject({ ok: true })
    expect(await news(session)).toEqual([])
    open(24)
    expect(await news(await signInAs(member))).toEqual([])
    expect(actionsOf(await listNotices(own()))).toEqual(['session.start'])
  })

  test.each([
    ['a new browser', 0],
    ['a browser that nobody knows', null],
  ])('in %s counts for it alone: an intruder cannot silence the alarm', async (_name, hours) => {
    open(null)
    await signIn()
    open(hours)
    const intruder = await signInAs(member)
    expect(await confirmNotices(await latest(intruder))).toMatchObject({ ok: true })
    expect(await news(intruder)).toEqual([])
    // Not even with a time that has yet to come.
    expect(await confirmNotices({ at: new Date(Date.now() + 1000 * HOUR_MS) })).toMatchObject({ ok: true })
    open(48)
    expect(actionsOf(await news(await signInAs(member)))).toEqual(['session.start'])
  })

  test('covers the listed notices, not later ones', async () => {
    open(48)
    const session = await signInAs(member)
    await confirmNotices({ at: new Date(Date.now() + 1000 * HOUR_MS) })
    await createResetLink(accessOf(admin, 'admin'), { id: member.id })
    expect(actionsOf(await news(session))).toEqual(['member.reset'])
  })

  test('in a new browser counts for it alone however much happens before', async () => {
    open(null)
    await signIn()
    open(0)
    const intruder = await signInAs(member)
    for (let i = 0; i < 101; i++) await createResetLink(accessOf(admin, 'admin'), { id: member.id })
    expect(await confirmNotices(await latest(intruder))).toMatchObject({ ok: true })
    open(48)
    expect(await news(await signInAs(member))).toHaveLength(100)
  })

  test("counts for one's own account alone", async () => {
    await createResetLink(accessOf(admin, 'admin'), { id: member.id })
    const session = await signInAs(member)
    const { id } = (await currentMember()) ?? { id: '' }
    expect(id).toBe(member.id)
    await signInAs(admin)
    await confirmNotices({ at: new Date() })
    expect(await news(session)).toHaveLength(1)
  })
})

test('an old notice, and other entries, are not listed; the index serves the list', async () => {
  const { actor } = jobAccess('sign-in')
  await pool().query(
    `INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, target)
     SELECT now() - i * interval '1 minute', $1, $2, $3, CASE WHEN i % 2 = 0 THEN 'session.refused' ELSE 'session.end' END, $4
     FROM generate_series(1, 20000) AS i`,
    [actor.kind, actor.id, actor.name, `member:${member.id}`],
  )
  await pool().query(
    `INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, target)
     VALUES (now() - interval '91 days', 'member', $1, 'x', 'profile.password', $2)`,
    [member.id, `member:${member.id}`],
  )
  await pool().query('ANALYZE audit_entry')
  expect(await listNotices(own())).toEqual([])
  const { rows } = await pool().query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT id FROM audit_entry WHERE target = ANY(array(SELECT 'member:' || $1::text))
       AND action = ANY(ARRAY['session.start', 'profile.password']) ORDER BY id DESC LIMIT 100`,
    [member.id],
  )
  expect(rows.map(row => row['QUERY PLAN']).join('\n')).toContain('audit_entry_target_action_id_idx')
})
