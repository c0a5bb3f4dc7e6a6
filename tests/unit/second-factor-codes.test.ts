import { beforeEach, describe, expect, test, vi } from 'vitest'

const START = Date.UTC(2026, 0, 1)
const STEP_MS = 30_000

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
})

describe('a code of an authenticator app', () => {
  test('is valid for its step of 30 seconds and the adjacent ones, for clocks that differ', async () => {
    const { Secret, TOTP } = await import('otpauth')
    const { offerTotp, totpStep } = await import('../../lib/access/sign-in/totp')
    const { secret } = offerTotp({ id: 'm', email: 'ann@example.com' }, 's')
    const code = new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
      timestamp: START,
    })
    for (const steps of [-1, 0, 1]) expect(totpStep(secret, code, START + steps * STEP_MS)).toBe(START / STEP_MS)
    for (const steps of [-3, -2, 2, 3, 100]) expect(totpStep(secret, code, START + steps * STEP_MS)).toBeNull()
  })

  test('comes from a seed of 160 random bits, which another member or session cannot use', async () => {
    const { offerTotp, openOffer } = await import('../../lib/access/sign-in/totp')
    const offers = Array.from({ length: 100 }, () => offerTotp({ id: 'm', email: 'ann@example.com' }, 's'))
    for (const { secret } of offers) expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(new Set(offers.map(({ secret }) => secret)).size).toBe(100)
    const [first] = offers
    expect(openOffer('m', 's', first?.offer ?? '')).toBe(first?.secret)
    expect(openOffer('other', 's', first?.offer ?? '')).toBeNull()
    expect(openOffer('m', 'other', first?.offer ?? '')).toBeNull()
  })
})

describe('a recovery code', () => {
  test('has 120 random bits, and is stored as a hash that is the member’s alone', async () => {
    const { hashRecoveryCode, newRecoveryCode } = await import('../../lib/access/sign-in/recovery-code')
    const { readCode } = await import('../../lib/domain/sign-in/second-factor')
    const codes = Array.from({ length: 200 }, newRecoveryCode)
    expect(new Set(codes).size).toBe(200)
    // Every letter of the alphabet can be in every position: five bits each.
    const letters = codes.map(code => code.replaceAll('-', ''))
    for (let at = 0; at < 24; at++) expect(new Set(letters.map(code => code[at])).size).toBeGreaterThan(20)
    for (const code of letters) {
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{24}$/)
      expect(readCode(code.toLowerCase())).toEqual({ kind: 'recovery', code })
    }
    const [code = ''] = letters
    expect(hashRecoveryCode('m', code)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashRecoveryCode('m', code)).not.toBe(hashRecoveryCode('other', code))
  })
})
