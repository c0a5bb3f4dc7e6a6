import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const jar = { get: vi.fn(), set: vi.fn() }
vi.mock('next/headers', () => ({ cookies: async () => jar }))

beforeEach(() => {
  vi.resetModules()
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('every cookie', () => {
  test('is bound to its host and Secure if people come by HTTPS', async () => {
    vi.stubEnv('HINOMI_URL', 'https://hinomi.example.com')
    const { sessionOptions } = await import('../../lib/access/session/session')
    const { browserCookie } = await import('../../lib/access/session/known-browser')
    const { hostCookieName } = await import('../../lib/access/session/host-cookie')
    const { preferenceCookie } = await import('../../lib/access/session/preference-cookie')
    const cookies = Object.values(sessionOptions().cookies ?? {})
    expect(cookies).toHaveLength(6)
    for (const { name, options } of [...cookies, { name: hostCookieName('x'), options: preferenceCookie() }]) {
      expect(name).toMatch(/^__Host-/)
      expect(options).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax', path: '/' })
      expect(options).not.toHaveProperty('domain')
    }
    const { keepNoticesRead } = await import('../../lib/access/session/notices-cookie')
    await keepNoticesRead('m', new Date())
    expect(jar.set).toHaveBeenCalledWith(
      expect.stringMatching(/^__Host-/),
      expect.stringContaining('m.'),
      expect.objectContaining({ secure: true, httpOnly: true, sameSite: 'lax', path: '/' }),
    )
    expect(browserCookie('m')).toMatch(/^__Host-.*; Path=\/; .*HttpOnly; SameSite=Strict; Secure$/)
  })

  test('is neither on this machine without HTTPS', async () => {
    vi.stubEnv('HINOMI_URL', '')
    const { sessionOptions } = await import('../../lib/access/session/session')
    for (const { name, options } of Object.values(sessionOptions().cookies ?? {})) {
      expect(name).toMatch(/^next-auth\./)
      expect(options).toMatchObject({ secure: false, httpOnly: true })
    }
  })
})

describe('a session cookie', () => {
  const sealed = (header: unknown) => `${Buffer.from(JSON.stringify(header)).toString('base64url')}..iv.text.tag`

  test('is opened if it names the algorithms that seal it', async () => {
    const { encode } = await import('next-auth/jwt')
    const { hasAllowedAlgorithms } = await import('../../lib/access/session/auth-cookies')
    expect(hasAllowedAlgorithms(await encode({ token: { session: 'x' }, secret: 'a secret' }))).toBe(true)
  })

  test.each([
    { alg: 'none' },
    { alg: 'dir', enc: 'A128CBC-HS256' },
    { alg: 'A256KW', enc: 'A256GCM' },
    { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', p2c: 1_000_000 },
    null,
    ['dir'],
  ])('is not looked at with %j', async header => {
    const { hasAllowedAlgorithms } = await import('../../lib/access/session/auth-cookies')
    expect(hasAllowedAlgorithms(sealed(header))).toBe(false)
    expect(hasAllowedAlgorithms('no cookie of ours')).toBe(false)
  })
})
