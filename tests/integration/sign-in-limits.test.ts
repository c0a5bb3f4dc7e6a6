import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { browserCookie, type KnownBrowser, toKnownBrowser } from '../../lib/access/session/known-browser'
import { UNKNOWN_BROWSER } from '../../lib/access/session/session'
import { type Attempt, countAttempt, lockedAddresses } from '../../lib/access/sign-in/attempts'
import { lockedCodes, mayGiveCode } from '../../lib/access/sign-in/code-attempts'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { listMembers } from '../../lib/queries/people/members'
import { acceptInvite, createResetLink } from '../../lib/store/people/invites'
import { changePassword } from '../../lib/store/people/profile'
import { unlockMember } from '../../lib/store/people/unlock'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { accessOf, addMember } from '../support/people'

const PASSWORD = 'correct horse battery'
const WINDOW = 15 * 60 * 1000
const ip = '198.51.100.7'

beforeEach(async () => {
  await pool().query('TRUNCATE member, invite, sign_in_attempt, audit_throttle')
})
afterAll(closeDatabase)

async function addWithPassword() {
  return addMember('member', { passwordHash: await hashPassword(PASSWORD) })
}
const mayAttempt = async (attempt: Attempt, at?: Date) => (await countAttempt(attempt, at)) === null
const attempts = (n: number, email: (i: number) => string, from: (i: number) => string | null) =>
  Promise.all(Array.from({ length: n }, (_, i) => mayAttempt({ email: email(i), ip: from(i) })))
const allowed = (results: boolean[]) => results.filter(Boolean).length

/** Uses up what an address has over all networks, as an attacker with 20 of them does. */
async function lockEverywhere(email: string) {
  for (let i = 0; i < 20; i++)
    await attempts(
      11,
      () => email,
      () => `203.0.113.${i}`,
    )
}

function cookieOf(member: string): string {
  return /^[^=]+=([^;]+);/.exec(browserCookie(member))?.[1] ?? ''
}

function knownBrowser(member: string): KnownBrowser {
  const browser = toKnownBrowser(cookieOf(member))
  if (!browser) throw new Error('the cookie is not its own')
  return browser
}

describe('attempts', () => {
  test('are ten for an address from one network in 15 minutes, and then refused with the right password too', async () => {
    const member = await addWithPassword()
    const spelling = (i: number) => (i % 2 ? member.email : member.email.toUpperCase())
    expect(allowed(await attempts(14, spelling, () => ip))).toBe(10)
    const right = { email: member.email, password: PASSWORD }
    await expect(signInWithPassword(right, ip)).rejects.toMatchObject({ reason: 'tooManyAttempts' })
    await expect(signInWithPassword({ ...right, email: 'free@example.com' }, ip)).resolves.toBeNull()
  })

  test('of a stranger lock out nobody on other networks', async () => {
    const member = await addWithPassword()
    await attempts(
      200,
      () => member.email,
      () => ip,
    )
    expect(await signInWithPassword({ email: member.email, password: PASSWORD }, '192.0.2.9')).not.toBeNull()
  })

  test('are limited to a hundred for an address over all networks', async () => {
    const from = (i: number) => `203.0.113.${i % 30}`
    expect(allowed(await attempts(150, () => 'victim@example.com', from))).toBe(100)
  })

  test('are refused in the same way for an unknown address', async () => {
    await attempts(
      10,
      () => 'nobody@example.com',
      () => null,
    )
    await expect(signInWithPassword({ email: 'nobody@example.com', password: 'x' }, null)).rejects.toMatchObject({
      reason: 'tooManyAttempts',
    })
  })

  test('are fifty for a source, and a refused source locks no address out', async () => {
    expect(
      allowed(
        await attempts(
          60,
          i => `u${i}@example.com`,
          () => ip,
        ),
      ),
    ).toBe(50)
    await attempts(
      30,
      () => 'victim@example.com',
      () => ip,
    )
    expect(await mayAttempt({ email: 'victim@example.com', ip: '198.51.100.8' })).toBe(true)
  })

  test('are fifty for all unknown addresses together', async () => {
    const unknown = () => null
    expect(allowed(await attempts(60, i => `x${i}@example.com`, unknown))).toBe(50)
    expect(await mayAttempt({ email: 'y@example.com', ip })).toBe(true)
  })

  test('are counted for a whole IPv6 network', async () => {
    const from = (i: number) => `2001:db8::${i.toString(16)}`
    expect(allowed(await attempts(60, i => `v${i}@example.com`, from))).toBe(50)
    expect(
      allowed(
        await attempts(
          14,
          () => 'w@example.com',
          i => `2001:db8:1::${i.toString(16)}`,
        ),
      ),
    ).toBe(10)
  })

  test('are counted together by two servers', async () => {
    vi.resetModules()
    const shared = globalThis as { hinomiPool?: unknown; hinomiPrisma?: unknown }
    const mine = { ...shared }
    delete shared.hinomiPool
    delete shared.hinomiPrisma
    const second = await import('../../lib/access/sign-in/attempts')
    const { closeDatabase: closeSecond } = await import('../../lib/db')
    const theirs = Array.from({ length: 12 }, () => second.countAttempt({ email: 'both@example.com', ip: null }))
    const secondPool = shared.hinomiPool
    Object.assign(shared, { hinomiPool: mine.hinomiPool, hinomiPrisma: mine.hinomiPrisma })
    const ours = attempts(
      12,
      () => 'both@example.com',
      () => null,
    )
    const refused = (await Promise.all(theirs)).map(limit => limit === null)
    expect(allowed([...refused, ...(await ours)])).toBe(10)
    expect(secondPool).not.toBe(mine.hinomiPool)
    Object.assign(shared, { hinomiPool: secondPool })
    delete shared.hinomiPrisma
    await closeSecond()
    Object.assign(shared, { hinomiPool: mine.hinomiPool, hinomiPrisma: mine.hinomiPrisma })
  })

  test('fade with time, without a burst at the border of two windows', async () => {
    const start = Math.ceil(Date.now() / WINDOW) * WINDOW
    const at = (ms: number) => mayAttempt({ email: 'slow@example.com', ip: null }, new Date(start + ms))
    for (let i = 0; i < 10; i++) expect(await at(WINDOW - 1000)).toBe(true)
    expect(await at(WINDOW + 1000)).toBe(false)
    expect(await at(WINDOW + WINDOW / 2)).toBe(true)
  })

  test('are forgotten after a right password', async () => {
    const member = await addWithPassword()
    const wrong = { email: member.email, password: 'a wrong password' }
    for (let i = 0; i < 9; i++) await signInWithPassword(wrong, ip)
    await signInWithPassword({ ...wrong, password: PASSWORD }, ip)
    expect(await signInWithPassword(wrong, ip)).toBeNull()
  })

  test('keep no address that was typed', async () => {
    await mayAttempt({ email: 'my secret password', ip })
    const { rows } = await pool().query<{ key: string }>('SELECT key FROM sign_in_attempt ORDER BY key')
    expect(rows.map(row => row.key).join()).not.toContain('secret')
  })
})

const signingIn = (known: KnownBrowser) => ({ ...UNKNOWN_BROWSER, known })

describe('a known browser', () => {
  test('signs its member in while strangers keep the address locked, from their network too', async () => {
    const member = await addWithPassword()
    await lockEverywhere(member.email)
    const right = { email: member.email, password: PASSWORD }
    await expect(signInWithPassword(right, '192.0.2.9')).rejects.toMatchObject({ reason: 'tooManyAttempts' })
    expect(await signInWithPassword(right, '203.0.113.1', signingIn(knownBrowser(member.id)))).not.toBeNull()
  })

  test('has ten attempts, and none for another member', async () => {
    const [member, other] = [await addWithPassword(), await addWithPassword()]
    const browser = knownBrowser(member.id)
    const wrong = { email: member.email, password: 'a wrong password' }
    for (let i = 0; i < 10; i++) expect(await signInWithPassword(wrong, ip, signingIn(browser))).toBeNull()
    await expect(signInWithPassword(wrong, ip, signingIn(browser))).rejects.toMatchObject({ reason: 'tooManyAttempts' })
    await lockEverywhere(other.email)
    await expect(
      signInWithPassword({ email: other.email, password: PASSWORD }, ip, signingIn(knownBrowser(member.id))),
    ).rejects.toMatchObject({ reason: 'tooManyAttempts' })
  })

  test('has no more attempts in many browsers than strangers have', async () => {
    const member = await addWithPassword()
    const results = await Promise.all(
      Array.from({ length: 120 }, () => mayAttempt({ email: member.email, ip, browser: knownBrowser(member.id) })),
    )
    expect(allowed(results)).toBe(100)
  })

  test('is recognized by a cookie that cannot be forged', () => {
    const [a, b] = [crypto.randomUUID(), crypto.randomUUID()]
    const value = cookieOf(a)
    expect(toKnownBrowser(value)?.member).toBe(a)
    expect(browserCookie(a)).toMatch(/; HttpOnly; SameSite=Strict$/)
    for (const forged of [value.replace(a, b), `${value}x`, value.slice(0, -1), '', 'x', `${a}..`, undefined]) {
      expect(toKnownBrowser(forged)).toBeNull()
    }
  })
})

describe('a locked address', () => {
  test('is free again once its member has set a new password by a link', async () => {
    const admin = accessOf(await addMember('admin'), 'admin')
    const member = await addWithPassword()
    await lockEverywhere(member.email)
    await attempts(
      11,
      () => member.email,
      () => ip,
    )
    const { token } = await createResetLink(admin, { id: member.id })
    const next = 'another horse battery'
    await acceptInvite(token, { name: 'x', password: next }, ip)
    expect(await signInWithPassword({ email: member.email, password: next }, ip)).not.toBeNull()
  })

  test('does not prevent its signed-in member from changing the password', async () => {
    const member = await addWithPassword()
    await lockEverywhere(member.email)
    const change = { current: PASSWORD, next: 'another horse battery' }
    await expect(changePassword(accessOf(member, 'member'), change, null)).resolves.toBeUndefined()
  })

  test('is shown to administrators, is in the audit log once, and can be unlocked', async () => {
    const admin = await addMember('admin')
    const access = accessOf(admin, 'admin')
    const [member, other] = [await addWithPassword(), await addWithPassword()]
    await lockEverywhere(member.email)
    await attempts(
      10,
      () => other.email,
      () => ip,
    )
    const wrong = { email: member.email, password: 'x' }
    for (const from of ['192.0.2.1', '192.0.2.2']) {
      await expect(signInWithPassword(wrong, from)).rejects.toMatchObject({ reason: 'tooManyAttempts' })
    }
    const lockOf = async (id: string) => (await listMembers(access)).find(row => row.id === id)?.locked
    expect(await lockOf(member.id)).toBe('everywhere')
    expect(await lockOf(other.id)).toBe('networks')
    expect(await lockOf(admin.id)).toBeNull()
    const target = `member:${member.id}`
    expect(await prisma().auditEntry.findMany({ where: { action: 'session.locked', target } })).toHaveLength(1)
    await unlockMember(access, { id: member.id })
    expect(await lockOf(member.id)).toBeNull()
    expect(await signInWithPassword({ ...wrong, password: PASSWORD }, '192.0.2.1')).not.toBeNull()
    expect(await prisma().auditEntry.findMany({ where: { action: 'member.unlock' } })).toMatchObject([
      { target, actorId: admin.id, detail: { email: member.email } },
    ])
    await expect(unlockMember(access, { id: crypto.randomUUID() })).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is unlocked automatically', async () => {
    await lockEverywhere('victim@example.com')
    const later = new Date(Date.now() + 2 * WINDOW)
    expect(await lockedAddresses(['victim@example.com'])).toEqual(new Map([['victim@example.com', 'everywhere']]))
    expect(await lockedAddresses(['victim@example.com'], later)).toEqual(new Map())
  })
})

test('a lock of codes is shown also at the border of two windows', async () => {
  const { id } = await addMember('member')
  const border = new Date((Math.floor(Date.now() / WINDOW) + 1) * WINDOW)
  const before = new Date(border.getTime() - 1000)
  for (let i = 0; i < 11; i++) await mayGiveCode('totp', id, false, before)
  const after = new Date(border.getTime() + 1000)
  expect(await lockedCodes([id], after)).toEqual(new Set([id]))
  expect(await mayGiveCode('totp', id, false, after)).toBe(false)
  expect(await lockedCodes([id], new Date(border.getTime() + 2 * WINDOW))).toEqual(new Set())
})
