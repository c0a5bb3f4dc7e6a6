import { beforeEach, describe, expect, test, vi } from 'vitest'
import { hashPassword, NewPassword, verifyPassword } from '../../lib/access/sign-in/password'

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
})

describe('a password', () => {
  test.each([
    'only small letters',
    '3141592653589793',
    ' spaces at both ends ',
    '合言葉は山と川と谷と森です',
    'x'.repeat(64),
    'y'.repeat(256),
  ])('may be %j', password => {
    expect(NewPassword.parse(password)).toBe(password)
  })

  test.each(['elevenchars', 'x'.repeat(257)])('may not be %j', password => {
    expect(NewPassword.safeParse(password).success).toBe(false)
  })

  test('is compared to its last character, letter by letter', async () => {
    const password = `${'a'.repeat(254)}Z `
    const hash = await hashPassword(password)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verifyPassword(hash, password)).toBe(true)
    for (const other of [password.trimEnd(), password.toLowerCase(), `${'a'.repeat(254)}Zx`, password.slice(0, 72)])
      expect(await verifyPassword(hash, other)).toBe(false)
  })

  test('is the same in both forms in which keyboards send an accent', async () => {
    expect(await verifyPassword(await hashPassword('cafe\u0301 au lait ici'), 'caf\u00e9 au lait ici')).toBe(true)
  })
})
