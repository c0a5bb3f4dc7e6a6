import { beforeEach, describe, expect, test, vi } from 'vitest'

const OLD = 'the secret of before, of long ago'
const NEW = 'the secret of today, made anew!!!'

/** lib/access/seal/seal.ts in a process with these secrets. */
async function sealWith(secret: string, old?: string) {
  vi.resetModules()
  vi.stubEnv('HINOMI_SECRET', secret)
  vi.stubEnv('HINOMI_OLD_SECRET', old)
  return import('../../lib/access/seal/seal')
}

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/x')
})

describe('a stored secret', () => {
  test('is sealed differently each time, and opens for its purpose only', async () => {
    const { openSealed, sealText } = await sealWith(NEW)
    const sealed = sealText('totp:ann', 'hunter2')
    expect(sealed).not.toBe(sealText('totp:ann', 'hunter2'))
    expect(sealed).not.toContain('hunter2')
    expect(openSealed('totp:ann', sealed)).toBe('hunter2')
    expect(openSealed('totp:ben', sealed)).toBeNull()
  })

  test('does not open if any part of it was changed', async () => {
    const { openSealed, sealText } = await sealWith(NEW)
    const sealed = sealText('totp:ann', 'hunter2')
    for (let at = 0; at < sealed.length - 1; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
      expect(openSealed('totp:ann', changed), `at ${at}`).toBeNull()
    }
  })

  test('of an old key opens while that key is there, and new ones are sealed by the newest', async () => {
    const before = await sealWith(OLD)
    const sealed = before.sealText('totp:ann', 'hunter2')
    const during = await sealWith(NEW, OLD)
    expect(during.openSealed('totp:ann', sealed)).toBe('hunter2')
    const again = during.sealText('totp:ann', 'hunter2')
    expect(during.sealedBy(again)).not.toBe(during.sealedBy(sealed))
    const after = await sealWith(NEW)
    expect(after.openSealed('totp:ann', sealed)).toBeNull()
    expect(after.openSealed('totp:ann', again)).toBe('hunter2')
  })
})
