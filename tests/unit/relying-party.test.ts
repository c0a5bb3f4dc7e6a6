import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** The relying party of a request with this Host header, in a process with these settings. */
async function partyOf(host: string | null, settings: Record<string, string> = {}) {
  vi.resetModules()
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
  vi.stubEnv('HINOMI_URL', '')
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  const { relyingPartyAt } = await import('../../lib/access/sign-in/relying-party')
  return relyingPartyAt(host)
}

test('it is the host of HINOMI_URL, whatever the Host header is', async () => {
  const settings = { HINOMI_URL: 'https://hinomi.example.com/' }
  for (const host of ['evil.example', 'localhost:3000', null]) {
    expect(await partyOf(host, settings)).toEqual({ id: 'hinomi.example.com', origin: 'https://hinomi.example.com' })
  }
  const port = await partyOf('evil.example', { HINOMI_URL: 'https://hinomi.example.com:8443' })
  expect(port).toEqual({ id: 'hinomi.example.com', origin: 'https://hinomi.example.com:8443' })
})

test('without HINOMI_URL only localhost is one', async () => {
  expect(await partyOf('localhost:3000')).toEqual({ id: 'localhost', origin: 'http://localhost:3000' })
  for (const host of ['127.0.0.1:3000', '[::1]:3000', '192.0.2.7']) expect(await partyOf(host)).toBe('ipAddress')
  for (const host of ['evil.example', 'localhost.evil.example', 'x@y:z', '', null]) {
    expect(await partyOf(host), String(host)).toBe('noAddress')
  }
})

test('an IP address, plain http and single sign-on only allow none', async () => {
  expect(await partyOf('localhost', { HINOMI_URL: 'https://192.0.2.7' })).toBe('ipAddress')
  expect(await partyOf('localhost', { HINOMI_URL: 'https://[2001:db8::1]' })).toBe('ipAddress')
  expect(await partyOf('localhost', { HINOMI_URL: 'http://hinomi.example.com' })).toBe('insecure')
  expect(await partyOf('localhost', { HINOMI_URL: 'http://localhost:3000' })).toMatchObject({ id: 'localhost' })
  const provider = {
    HINOMI_OIDC_ISSUER: 'https://idp.example.com',
    HINOMI_OIDC_CLIENT_ID: 'x',
    HINOMI_OIDC_CLIENT_SECRET: 'y',
  }
  const settings = { HINOMI_URL: 'https://hinomi.example.com', HINOMI_PASSWORDS: 'off', ...provider }
  expect(await partyOf('localhost', settings)).toBe('passwordsOff')
})
