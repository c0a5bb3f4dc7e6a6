import { decode } from 'next-auth/jwt'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { log } from '../../lib/log'
import { Browser, startAuthServer } from '../support/auth-server'
import { type Issuer, startIssuer } from '../support/oidc-issuer'
import { addMember } from '../support/people'

const SESSION = 'next-auth.session-token'
let issuer: Issuer
let server: Awaited<ReturnType<typeof startAuthServer>>

beforeAll(async () => {
  log.level = 'silent'
  issuer = await startIssuer()
  process.env.HINOMI_OIDC_ISSUER = issuer.url
  process.env.HINOMI_OIDC_CLIENT_ID = 'hinomi'
  process.env.HINOMI_OIDC_CLIENT_SECRET = 'client secret'
  server = await startAuthServer()
  process.env.NEXTAUTH_URL = server.url
})
beforeEach(async () => {
  await pool().query('TRUNCATE member, invite, sign_in_attempt')
  Object.assign(issuer, { claims: {}, forge: false, unsigned: false, metadata: {}, nonce: null })
})
afterAll(async () => {
  await Promise.all([issuer.close(), server.close(), closeDatabase()])
})

const claimsIn = (browser: Browser) =>
  decode({ token: browser.cookies.get(SESSION) ?? '', secret: env().HINOMI_SECRET })

/** From the button to the address with the code. */
async function authorize(browser: Browser, callbackUrl = '/findings'): Promise<string> {
  const { url } = (await (await browser.post('/api/auth/signin/oidc', { callbackUrl })).json()) as { url: string }
  const back = (await fetch(url, { redirect: 'manual' })).headers.get('location')
  if (!back) throw new Error('the issuer did not send anybody back')
  return back
}

async function signIn(browser: Browser, callbackUrl?: string): Promise<string | null> {
  return (await browser.get(await authorize(browser, callbackUrl))).headers.get('location')
}

describe('signing in by OpenID Connect', () => {
  test('admits a member with a verified address, with PKCE, state and nonce', async () => {
    const member = await addMember('member', { email: 'ann@example.com' })
    issuer.claims = { email: 'Ann@example.com', email_verified: true }
    const browser = new Browser(server.url)
    expect(await signIn(browser)).toBe(`${server.url}/findings`)
    const { session: id } = z.object({ session: z.uuid() }).parse(await claimsIn(browser))
    expect(await prisma().session.findUnique({ where: { id } })).toMatchObject({ memberId: member.id, endedAt: null })
    expect(issuer.asked.get('code_challenge_method')).toBe('S256')
    for (const check of ['code_challenge', 'state', 'nonce']) expect(issuer.asked.get(check)).toBeTruthy()
    const session = await (await browser.get('/api/auth/session')).json()
    expect(Object.keys(session)).toEqual(['expires'])
  })

  test('refuses a stranger and an unverified address', async () => {
    await addMember('admin', { email: 'ann@example.com' })
    for (const claims of [
      { email: 'stranger@example.com', email_verified: true },
      { email: 'ann@example.com', email_verified: false },
      { email: 'ann@example.com' },
      {},
    ]) {
      issuer.claims = claims
      const browser = new Browser(server.url)
      expect(await signIn(browser)).toContain('/sign-in?error=NotInvited')
      expect(browser.cookies.get(SESSION)).toBeUndefined()
    }
    expect(await prisma().member.count()).toBe(1)
  })

  test.each([
    ['signed by another key', () => Object.assign(issuer, { forge: true })],
    ['without a signature', () => Object.assign(issuer, { unsigned: true })],
    ['with another nonce', () => Object.assign(issuer, { nonce: 'another' })],
    ['for another client', () => Object.assign(issuer.claims, { aud: 'another' })],
    ['of another issuer', () => Object.assign(issuer.claims, { iss: 'https://evil.example' })],
    ['that has expired', () => Object.assign(issuer.claims, { exp: 1 })],
  ])('refuses an id token %s', async (_what, spoil) => {
    await addMember('admin', { email: 'ann@example.com' })
    issuer.claims = { email: 'ann@example.com', email_verified: true }
    spoil()
    const browser = new Browser(server.url)
    expect(await signIn(browser)).toContain('error=OAuthCallback')
    expect(browser.cookies.get(SESSION)).toBeUndefined()
  })

  test.each([
    ['that name another issuer', { issuer: 'https://evil.example' }],
    ['without a place for keys', { jwks_uri: undefined }],
  ])('asks nobody by metadata %s', async (_what, metadata) => {
    Object.assign(issuer, { metadata, asked: new URLSearchParams() })
    const answer = await new Browser(server.url).post('/api/auth/signin/oidc', { callbackUrl: '/' })
    expect(await answer.text()).toContain('error=OAuthSignin')
    expect([...issuer.asked]).toEqual([])
  })

  test('needs no provider for a sign-in by password', async () => {
    issuer.metadata = { issuer: 'https://evil.example' }
    const member = await addMember('member', { passwordHash: await hashPassword('a long password') })
    const browser = new Browser(server.url)
    await browser.post('/api/auth/callback/credentials', { email: member.email, password: 'a long password' })
    expect(browser.cookies.get(SESSION)).toBeTruthy()
  })

  test('refuses a code in a browser that did not request it', async () => {
    await addMember('admin', { email: 'ann@example.com' })
    issuer.claims = { email: 'ann@example.com', email_verified: true }
    const back = await authorize(new Browser(server.url))
    const victim = new Browser(server.url)
    await authorize(victim)
    for (const browser of [victim, new Browser(server.url)]) {
      expect((await browser.get(back)).headers.get('location')).toContain('error=OAuthCallback')
      expect(browser.cookies.get(SESSION)).toBeUndefined()
    }
  })

  test('refuses another account on the address of a bound member, with the reason', async () => {
    const member = await addMember('admin', { email: 'ann@example.com' })
    issuer.claims = { email: 'ann@example.com', email_verified: true }
    expect(await signIn(new Browser(server.url))).toBe(`${server.url}/findings`)
    issuer.claims = { ...issuer.claims, sub: 'subject-2' }
    const browser = new Browser(server.url)
    expect(await signIn(browser)).toContain('/sign-in?error=otherIdentity')
    expect(browser.cookies.get(SESSION)).toBeUndefined()
    expect(await prisma().member.findUnique({ where: { id: member.id } })).toMatchObject({ subject: 'subject-1' })
    issuer.claims = { email: 'renamed@example.com', email_verified: true }
    expect(await signIn(new Browser(server.url))).toBe(`${server.url}/findings`)
  })

  test('leads back to this site only', async () => {
    await addMember('admin', { email: 'ann@example.com' })
    issuer.claims = { email: 'ann@example.com', email_verified: true }
    expect(await signIn(new Browser(server.url), 'https://evil.example/')).toBe(server.url)
  })
})

describe('the time of the last authentication at the provider', () => {
  /** How many seconds ago the session that the browser gets was verified. */
  async function verifiedAgo(claims: object): Promise<number> {
    issuer.claims = { email: 'ann@example.com', email_verified: true, ...claims }
    const browser = new Browser(server.url)
    await signIn(browser)
    const { session } = z.object({ session: z.uuid() }).parse(await claimsIn(browser))
    const { rows } = await pool().query<{ ago: number }>(
      'SELECT extract(epoch FROM now() - verified_at)::float8 AS ago FROM session WHERE id = $1',
      [session],
    )
    return rows[0]?.ago ?? Number.NaN
  }
  const seconds = (ago: number) => Math.floor(Date.now() / 1000) - ago

  test('is the confirmation time of its session, and now at the latest', async () => {
    await addMember('admin', { email: 'ann@example.com' })
    for (const [claims, from, to] of [
      [{}, 0, 60],
      [{ auth_time: seconds(3600) }, 3600, 3660],
      [{ auth_time: String(seconds(3600)) }, 3600, 3660],
      [{ auth_time: seconds(-86_400) }, 0, 60],
      [{ auth_time: 'just now' }, 1e9, 1e10],
      [{ auth_time: 1e300 }, 1e9, 1e10],
    ] as const) {
      const ago = await verifiedAgo(claims)
      expect([claims, ago >= from && ago <= to]).toEqual([claims, true])
    }
  })

  test('the provider is asked to authenticate again', async () => {
    const browser = new Browser(server.url)
    const { url } = (await (
      await browser.post('/api/auth/signin/oidc?prompt=login&max_age=0', { callbackUrl: '/settings/tokens' })
    ).json()) as { url: string }
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ prompt: 'login', max_age: '0' })
  })
})

describe('signing in by password, over HTTP', () => {
  const post = (browser: Browser, email: string, password: string) =>
    browser.post('/api/auth/callback/credentials', { email, password })

  test('sets a cookie that contains only the session id', async () => {
    const member = await addMember('lead', { passwordHash: await hashPassword('correct horse battery') })
    const browser = new Browser(server.url)
    const response = await post(browser, member.email, 'correct horse battery')
    expect(response.status).toBe(200)
    const line = response.headers.getSetCookie().find(cookie => cookie.startsWith(SESSION))
    expect(line).toMatch(/HttpOnly/i)
    expect(line).toMatch(/SameSite=Lax/i)
    const claims = await claimsIn(browser)
    expect(Object.keys(claims ?? {}).sort()).toEqual(['exp', 'iat', 'jti', 'session'])
    expect((claims?.exp as number) - (claims?.iat as number)).toBeLessThanOrEqual(12 * 60 * 60)
  })

  test('answers a wrong password and an unknown address alike', async () => {
    const member = await addMember('lead', { passwordHash: await hashPassword('correct horse battery') })
    const answers = []
    for (const email of [member.email, 'nobody@example.com']) {
      const response = await post(new Browser(server.url), email, 'wrong')
      answers.push([response.status, await response.text()])
    }
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toEqual([401, expect.stringContaining('CredentialsSignin')])
  })

  test('needs the CSRF token', async () => {
    const member = await addMember('lead', { passwordHash: await hashPassword('correct horse battery') })
    const body = new URLSearchParams({ email: member.email, password: 'correct horse battery', csrfToken: 'x' })
    const response = await fetch(`${server.url}/api/auth/callback/credentials`, {
      method: 'POST',
      body,
      redirect: 'manual',
    })
    expect(response.headers.getSetCookie().some(cookie => cookie.startsWith(SESSION))).toBe(false)
  })
})
