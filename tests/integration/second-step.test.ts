import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { cancel, confirmEnrolment, finish, giveCode } from '../../app/(auth)/sign-in/actions'
import { makeCodes } from '../../app/(console)/settings/profile/two-step-actions'
import { GET as listFindings } from '../../app/api/v1/findings/route'
import { currentMember, requireAccess } from '../../lib/access/access'
import { browserCookieName } from '../../lib/access/session/known-browser'
import { sendSessionCookie } from '../../lib/access/session/session'
import { mayGiveCode } from '../../lib/access/sign-in/code-attempts'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { Member } from '../../lib/generated/prisma/client'
import { log } from '../../lib/log'
import { listMembers } from '../../lib/queries/people/members'
import { listOwnSessions } from '../../lib/queries/sign-in/sessions'
import { acceptInvite, createResetLink } from '../../lib/store/people/invites'
import { unlockMember } from '../../lib/store/people/unlock'
import { endStaleSessions } from '../../lib/store/sign-in/sessions'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { Browser, startAuthServer } from '../support/auth-server'
import { codeOf, wrongCodeOf } from '../support/authenticator-app'
import { browser, signOut } from '../support/browser'
import { addApp, addPasskey } from '../support/codes'
import { jobAccess } from '../support/job'
import { accessOf, addMember } from '../support/people'
import { sessionCookieName } from '../support/session-cookie'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }))
log.level = 'silent'

const PASSWORD = 'the password of this test'
const passwordHash = await hashPassword(PASSWORD)
let member: Member
let secret: string

beforeEach(async () => {
  await pool().query(
    'TRUNCATE member, session, invite, passkey, recovery_code, setting, sign_in_attempt, audit_throttle',
  )
  signOut()
  browser.headers = new Headers({ 'sec-fetch-site': 'same-origin' })
  member = await addMember('admin', { passwordHash })
  secret = await addApp(member)
})
afterAll(closeDatabase)

/** Signs in with the password in a browser of its own. Gives the session, whose cookie the browser then has. */
async function withPassword(who = member): Promise<string> {
  signOut()
  const signedIn = await signInWithPassword({ email: who.email, password: PASSWORD }, '192.0.2.1')
  if (!signedIn) throw new Error('the password was wrong')
  await sendSessionCookie(signedIn.session)
  return signedIn.session
}
const stageOf = async (id: string) => (await prisma().session.findUniqueOrThrow({ where: { id } })).stage
const actions = async () =>
  (await prisma().auditEntry.findMany({ where: { target: `member:${member.id}` }, orderBy: { id: 'asc' } })).map(
    ({ action, detail }) => ({ action, ...(detail as object) }),
  )
const named = async (action: string) => (await actions()).filter(entry => entry.action === action)
const wrong = { ok: false, code: 'invalid', field: 'code' }

describe('the right password alone', () => {
  test('opens no page, no action and no API, is in no list of sessions and is not called a sign-in', async () => {
    const session = await withPassword()
    expect(await stageOf(session)).toBe('second-factor')
    expect(await currentMember()).toBeNull()
    await expect(requireAccess()).rejects.toMatchObject({ digest: expect.stringContaining('/sign-in') })
    await expect(makeCodes({})).rejects.toMatchObject({ digest: expect.stringContaining('/sign-in') })
    const cookie = `${sessionCookieName()}=${browser.cookies.get(sessionCookieName())?.value}`
    const request = new Request('http://localhost/api/v1/findings', {
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    })
    expect((await listFindings(request, { params: Promise.resolve({}) })).status).toBe(401)
    expect(await listOwnSessions(accessOf(member, 'admin'), session)).toEqual([])
    expect(await actions()).toEqual([{ action: 'session.pending', by: 'password', session, stage: 'second-factor' }])
    expect((await prisma().member.findUniqueOrThrow({ where: { id: member.id } })).lastSignInAt).toBeNull()
  })

  test('grants no access if the second factor is a passkey', async () => {
    const other = await addMember('lead', { passwordHash })
    await addPasskey(other)
    expect(await stageOf(await withPassword(other))).toBe('second-factor')
    expect(await currentMember()).toBeNull()
  })

  test('sets up no factor and does not finish an enrollment', async () => {
    const session = await withPassword()
    expect(await confirmEnrolment({ offer: 'x', code: codeOf(secret) })).toMatchObject({ ok: false, code: 'conflict' })
    expect(await finish({})).toMatchObject({ ok: false, code: 'conflict' })
    expect(await stageOf(session)).toBe('second-factor')
  })

  test('does not make the browser known, over HTTP', async () => {
    const server = await startAuthServer()
    process.env.NEXTAUTH_URL = server.url
    const theirs = new Browser(server.url)
    await theirs.post('/api/auth/callback/credentials', { email: member.email, password: PASSWORD })
    expect([...theirs.cookies.keys()]).toContain(sessionCookieName())
    expect([...theirs.cookies.keys()]).not.toContain(browserCookieName())
    await server.close()
  })

  test('is invalid after 10 minutes, and its end is in the audit log', async () => {
    const session = await withPassword()
    await pool().query("UPDATE session SET created_at = now() - interval '10 minutes 1 second'")
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: false, code: 'conflict' })
    await endStaleSessions(jobAccess('end-sessions'))
    expect(await named('session.end')).toEqual([{ action: 'session.end', why: 'expired', session }])
  })

  test('is invalid after a cancellation', async () => {
    const session = await withPassword()
    const cookie = browser.cookies.get(sessionCookieName())?.value ?? ''
    await cancel()
    browser.cookies.set(sessionCookieName(), { value: cookie })
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: false, code: 'conflict' })
    expect(await named('session.end')).toEqual([{ action: 'session.end', why: 'cancelled', session }])
  })

  test('is invalid after the use of a password link, which skips no second factor', async () => {
    await withPassword()
    const admin = await addMember('admin')
    const { token } = await createResetLink(accessOf(admin, 'admin'), { id: member.id })
    await acceptInvite(token, { name: 'x', password: PASSWORD }, null)
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: false, code: 'conflict' })
    expect(await stageOf(await withPassword())).toBe('second-factor')
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: true })
  })
})

describe('a code of the authenticator app', () => {
  test('completes the sign-in with a new session, and the old one is dead', async () => {
    const pending = await withPassword()
    const before = browser.cookies.get(sessionCookieName())?.value ?? ''
    expect(await giveCode({ code: codeOf(secret) })).toEqual({ ok: true, data: undefined })
    const signedIn = await currentMember()
    expect(signedIn).toMatchObject({ id: member.id, isRecent: true })
    expect(signedIn?.session).not.toBe(pending)
    expect(browser.cookies.has(browserCookieName())).toBe(true)
    const start = { action: 'session.start', by: 'password+totp', session: signedIn?.session, pending }
    expect(await named('session.start')).toMatchObject([start])
    expect((await prisma().member.findUniqueOrThrow({ where: { id: member.id } })).lastSignInAt).not.toBeNull()
    browser.cookies.set(sessionCookieName(), { value: before })
    expect(await currentMember()).toBeNull()
    expect(await giveCode({ code: codeOf(secret, 1) })).toMatchObject({ ok: false, code: 'conflict' })
  })

  test('is good once, and so is every older one', async () => {
    const code = codeOf(secret)
    await withPassword()
    expect(await giveCode({ code: ` ${code.slice(0, 3)} ${code.slice(3)} ` })).toMatchObject({ ok: true })
    await withPassword()
    expect(await giveCode({ code })).toMatchObject(wrong)
    expect(await giveCode({ code: codeOf(secret, -1) })).toMatchObject(wrong)
    expect(await currentMember()).toBeNull()
  })

  test('is good once of many at the same time, in as many sign-ins', async () => {
    const code = codeOf(secret)
    const sessions = await Promise.all(
      Array.from({ length: 5 }, () => signInWithPassword({ email: member.email, password: PASSWORD }, '192.0.2.1')),
    )
    const results = []
    for (const signedIn of sessions) {
      await sendSessionCookie(signedIn?.session ?? '')
      // The action reads the cookie before anything else, so that the next one can be set.
      results.push(giveCode({ code }))
      await Promise.resolve()
    }
    expect((await Promise.all(results)).filter(({ ok }) => ok)).toHaveLength(1)
    expect(await named('session.start')).toHaveLength(1)
  })

  test('completes one sign-in once, whatever comes at the same time', async () => {
    await withPassword()
    const results = await Promise.all([giveCode({ code: codeOf(secret) }), giveCode({ code: codeOf(secret, 1) })])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await prisma().session.count({ where: { memberId: member.id, endedAt: null } })).toBe(1)
  })

  test('of two steps ago or two ahead, of another member or of no form at all is wrong', async () => {
    const others = await addApp(await addMember('admin'))
    await withPassword()
    for (const code of [codeOf(secret, -3), codeOf(secret, 3), codeOf(others), '', '12345', '1'.repeat(100)]) {
      expect(await giveCode({ code })).toMatchObject(wrong)
    }
    expect(
      await giveCode({ code: codeOf(secret).replace(/\d/g, digit => String.fromCharCode(0xff10 + Number(digit))) }),
    ).toMatchObject({ ok: true })
  })

  test('of another member is refused, even if their sealed secret was copied into the row', async () => {
    const other = await addMember('admin')
    const others = await addApp(other)
    await pool().query('UPDATE member SET totp_secret = (SELECT totp_secret FROM member WHERE id = $1) WHERE id = $2', [
      other.id,
      member.id,
    ])
    await withPassword()
    expect(await giveCode({ code: codeOf(others) })).toMatchObject(wrong)
  })
})

describe('wrong codes', () => {
  const guess = async (times: number) => {
    const results = []
    for (let i = 0; i < times; i++) results.push(await giveCode({ code: wrongCodeOf(secret) }))
    return results.map(result => (result.ok ? 'ok' : result.code))
  }

  test('are limited to ten in 15 minutes over all networks, and then the right one is refused too', async () => {
    await withPassword()
    expect(new Set(await guess(10))).toEqual(new Set(['invalid']))
    browser.headers = new Headers({ 'x-forwarded-for': '203.0.113.9' })
    await withPassword()
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await named('session.locked')).toMatchObject([{ email: member.email, by: 'totp' }])
    expect(await named('session.refused')).toMatchObject([{ by: 'totp', reason: 'wrong' }])
  })

  test('of a stranger block neither the browsers of the member nor the recovery codes', async () => {
    await withPassword()
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: true })
    const known = browser.cookies.get(browserCookieName())
    await pool().query('UPDATE member SET totp_last_step = NULL')
    await withPassword()
    await guess(11)
    await withPassword()
    expect(await mayGiveCode('recovery', member.id, false)).toBe(true)
    browser.headers = new Headers({ cookie: `${browserCookieName()}=${known?.value}` })
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: true })
  })

  test('show an administrator that the member is locked out, and the administrator can unlock', async () => {
    await withPassword()
    await guess(11)
    const admin = accessOf(await addMember('admin'), 'admin')
    const lockOf = async () => (await listMembers(admin)).find(({ id }) => id === member.id)?.locked
    expect(await lockOf()).toBe('codes')
    await unlockMember(admin, { id: member.id })
    expect(await lockOf()).toBeNull()
    expect(await giveCode({ code: codeOf(secret) })).toMatchObject({ ok: true })
  })

  test('are tried thirty times a day', async () => {
    const day = Date.UTC(2026, 5, 1)
    let tried = 0
    for (let minute = 0; minute < 24 * 60; minute += 16) {
      for (let i = 0; i < 2; i++)
        if (await mayGiveCode('totp', member.id, false, new Date(day + minute * 60_000))) tried++
    }
    expect(tried).toBe(30)
    expect(await mayGiveCode('totp', member.id, false, new Date(day + 25 * 3_600_000))).toBe(true)
  })
})

describe('a recovery code', () => {
  async function codes(): Promise<string[]> {
    await withPassword()
    await giveCode({ code: codeOf(secret) })
    const made = await makeCodes({})
    if (!made.ok) throw new Error(made.message)
    return made.data.codes
  }

  test('completes a sign-in once, in any notation, and the audit log contains the number of remaining codes', async () => {
    const [first = '', second = ''] = await codes()
    await withPassword()
    expect(await giveCode({ code: first.toLowerCase().replaceAll('-', ' ') })).toMatchObject({ ok: true })
    expect(await named('session.start')).toMatchObject([{ by: 'password+totp' }, { by: 'password+recovery' }])
    expect(await named('factor.code-used')).toMatchObject([{ action: 'factor.code-used', left: 9 }])
    await withPassword()
    expect(await giveCode({ code: first })).toMatchObject(wrong)
    expect(await giveCode({ code: second })).toMatchObject({ ok: true })
  })

  test('is good once of several at the same time, and a sign-in that expired uses none up', async () => {
    const [code = ''] = await codes()
    const pending = await withPassword()
    await pool().query("UPDATE session SET created_at = now() - interval '11 minutes' WHERE id = $1", [pending])
    expect(await giveCode({ code })).toMatchObject({ ok: false, code: 'conflict' })
    await withPassword()
    const results = await Promise.all([giveCode({ code }), giveCode({ code }), giveCode({ code })])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('is none of an older set and none of another member', async () => {
    const [older = ''] = await codes()
    const remade = await makeCodes({})
    expect(remade.ok && remade.data.codes).toHaveLength(10)
    const [newer = ''] = remade.ok ? remade.data.codes : []
    await withPassword()
    expect(await giveCode({ code: older })).toMatchObject(wrong)
    const other = await addMember('lead', { passwordHash })
    await addApp(other)
    await withPassword(other)
    expect(await giveCode({ code: newer })).toMatchObject(wrong)
  })
})
