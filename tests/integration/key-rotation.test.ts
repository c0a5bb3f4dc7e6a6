import { decode, encode } from 'next-auth/jwt'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { currentMember } from '../../lib/access/access'
import { browserCookie } from '../../lib/access/session/known-browser'
import { signingBrowser } from '../../lib/access/session/session'
import { type Attempt, countAttempt, forgetAttempt, lockedAddresses } from '../../lib/access/sign-in/attempts'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { log } from '../../lib/log'
import { listMembers } from '../../lib/queries/people/members'
import { unlockMember } from '../../lib/store/people/unlock'
import { Browser, startAuthServer } from '../support/auth-server'
import { browser, signInAs, signOut } from '../support/browser'
import { startIssuer } from '../support/oidc-issuer'
import { accessOf, addMember } from '../support/people'
import { setSecrets } from '../support/secrets'
import { sessionCookieName } from '../support/session-cookie'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
log.level = 'silent'

const FIRST = 'the first secret, which a test knows'
const SECOND = 'the second secret, which a test knows'
const FOREIGN = 'a secret of somebody else'
const PASSWORD = 'correct horse battery'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, sign_in_attempt')
  setSecrets(FIRST)
  signOut()
})
afterAll(closeDatabase)

const setCookie = (value: string) => browser.cookies.set(sessionCookieName(), { value })

describe('a session', () => {
  test('continues after a rotation, and ends when its secret is removed', async () => {
    const member = await addMember('member')
    await signInAs(member)
    setSecrets(SECOND, FIRST)
    expect((await currentMember())?.id).toBe(member.id)
    setSecrets(SECOND)
    expect(await currentMember()).toBeNull()
  })

  test('of a server that has the new secret already is known to one that has it as a further one', async () => {
    const member = await addMember('member')
    setSecrets(SECOND, FIRST)
    await signInAs(member)
    setSecrets(FIRST, SECOND)
    expect((await currentMember())?.id).toBe(member.id)
  })

  test('in a cookie of another secret is invalid, also as the session that a sign-in replaces', async () => {
    const { id } = await prisma().session.create({ data: { memberId: (await addMember('admin')).id } })
    setSecrets(SECOND, FIRST)
    for (const secret of [FOREIGN, `${SECOND} `]) {
      const forged = await encode({ token: { session: id }, secret, maxAge: 1000 })
      setCookie(forged)
      expect(await currentMember()).toBeNull()
      const headers = new Headers({ cookie: `${sessionCookieName()}=${forged}` })
      expect((await signingBrowser(headers)).session).toBeNull()
    }
    setCookie(await encode({ token: { session: id }, secret: FIRST, maxAge: -100 }))
    expect(await currentMember()).toBeNull()
    setCookie(await encode({ token: { session: id }, secret: FIRST, maxAge: 1000 }))
    expect(await currentMember()).not.toBeNull()
  })
})

describe('signing in', () => {
  const session = (client: Browser) => client.cookies.get(sessionCookieName()) ?? ''

  test('makes a cookie of the newest secret', async () => {
    const { email } = await addMember('member', { passwordHash: await hashPassword(PASSWORD) })
    const server = await startAuthServer()
    process.env.NEXTAUTH_URL = server.url
    try {
      const client = new Browser(server.url)
      setSecrets(SECOND, FIRST)
      await client.post('/api/auth/callback/credentials', { email, password: PASSWORD })
      expect(await decode({ token: session(client), secret: SECOND })).toMatchObject({ session: expect.any(String) })
      await expect(decode({ token: session(client), secret: FIRST })).rejects.toThrow('decryption')
    } finally {
      await server.close()
    }
  })

  test('at a provider that began before a rotation must begin again', async () => {
    await addMember('member', { email: 'ann@example.com' })
    const issuer = await startIssuer()
    issuer.claims = { email: 'ann@example.com', email_verified: true }
    const settings = { HINOMI_OIDC_CLIENT_ID: 'hinomi', HINOMI_OIDC_CLIENT_SECRET: 'client secret' }
    Object.assign(env(), { HINOMI_OIDC_ISSUER: issuer.url, ...settings })
    const server = await startAuthServer()
    process.env.NEXTAUTH_URL = server.url
    const client = new Browser(server.url)
    /** From the button to the address with the code. */
    const authorize = async () => {
      const begun = await client.post('/api/auth/signin/oidc', { callbackUrl: '/findings' })
      const { url } = (await begun.json()) as { url: string }
      return (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''
    }
    try {
      const before = await authorize()
      setSecrets(SECOND, FIRST)
      expect((await client.get(before)).headers.get('location')).toContain('error=OAuthCallback')
      expect(session(client)).toBe('')
      expect((await client.get(await authorize())).headers.get('location')).toBe(`${server.url}/findings`)
      expect(session(client)).not.toBe('')
    } finally {
      await Promise.all([issuer.close(), server.close()])
    }
  })
})

test('a known browser keeps its own attempts after a rotation, until the former secret is removed', async () => {
  const member = await addMember('member')
  const headers = new Headers({ cookie: browserCookie(member.id).split(';')[0] ?? '' })
  setSecrets(SECOND, FIRST)
  expect((await signingBrowser(headers)).known?.member).toBe(member.id)
  setSecrets(SECOND)
  expect((await signingBrowser(headers)).known).toBeNull()
})

describe('attempts to sign in', () => {
  const victim: Attempt = { email: 'victim@example.com', ip: '198.51.100.7' }
  const at = new Date('2026-03-01T00:01:00Z')
  const tries = async (n: number, attempt: (i: number) => Attempt, time = at) => {
    let allowed = 0
    for (let i = 0; i < n; i++) if ((await countAttempt(attempt(i), time)) === null) allowed += 1
    return allowed
  }

  test('are not reset by a rotation, neither for a network nor over all networks', async () => {
    expect(await tries(6, () => victim)).toBe(6)
    setSecrets(SECOND, FIRST)
    expect(await tries(6, () => victim)).toBe(4)
    const from = (i: number): Attempt => ({ ...victim, ip: `203.0.113.${i % 30}` })
    expect(await tries(60, from)).toBe(60)
    setSecrets('the third secret of a test', SECOND, FIRST)
    expect(await tries(60, from)).toBe(100 - 60 - 10)
  })

  test('of the previous window count under a former secret too', async () => {
    expect(await tries(10, () => victim)).toBe(10)
    setSecrets(SECOND, FIRST)
    const soon = new Date(at.getTime() + 15 * 60 * 1000)
    expect(await tries(3, () => victim, soon)).toBe(0)
    const later = new Date(at.getTime() + 30 * 60 * 1000)
    expect(await tries(3, () => victim, later)).toBe(3)
  })

  test('are counted together by servers in the middle of a rotation', async () => {
    let allowed = 0
    for (let i = 0; i < 20; i++) {
      if (i % 2) setSecrets(FIRST, SECOND)
      else setSecrets(SECOND, FIRST)
      allowed += await tries(1, () => victim)
    }
    expect(allowed).toBe(10)
  })

  test('are forgotten under every secret after a right password', async () => {
    await tries(9, () => victim)
    setSecrets(SECOND, FIRST)
    await tries(1, () => victim)
    await forgetAttempt(victim, at)
    expect(await tries(12, () => victim)).toBe(10)
  })

  test('that lock an address are shown and unlocked under every secret', async () => {
    const member = await addMember('member')
    const other = await addMember('member')
    const access = accessOf(await addMember('admin'), 'admin')
    const now = new Date()
    const from = (email: string) => (i: number) => ({ email, ip: `203.0.113.${i % 30}` })
    await tries(50, from(member.email), now)
    await tries(5, () => ({ ...victim, email: other.email }), now)
    setSecrets(SECOND, FIRST)
    await tries(50, from(member.email), now)
    await tries(5, () => ({ ...victim, email: other.email }), now)
    expect(await lockedAddresses([member.email, other.email], now)).toEqual(
      new Map([
        [member.email, 'everywhere'],
        [other.email, 'networks'],
      ]),
    )
    await unlockMember(access, { id: member.id })
    expect((await listMembers(access)).find(({ id }) => id === member.id)?.locked).toBeNull()
    expect(await countAttempt({ ...victim, email: member.email }, now)).toBeNull()
  })
})
