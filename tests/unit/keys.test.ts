import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { deriveKey, keyId, keyOf, keys, newestKey } from '../../lib/access/seal/keys'
import { openSealed, sealedBy, sealText } from '../../lib/access/seal/seal'
import { sealedColumns } from '../../lib/access/seal/sealed-columns'
import { browserCookie, toKnownBrowser } from '../../lib/access/session/known-browser'
import { parseEnv } from '../../lib/env'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { setSecrets } from '../support/secrets'

const FIRST = 'the first secret, which a test knows'
const SECOND = 'the second secret, which a test knows'
const THIRD = 'the third secret, which a test knows'
const base = { NODE_ENV: 'test', DATABASE_URL: 'postgres://localhost/x', HINOMI_SECRET: FIRST } as const

beforeAll(() => {
  vi.stubEnv('DATABASE_URL', base.DATABASE_URL)
  vi.stubEnv('HINOMI_SECRET', FIRST)
})
beforeEach(() => setSecrets(FIRST))
afterAll(() => vi.unstubAllEnvs())

describe('the settings', () => {
  test('contain every former secret, without empty ones and paths of files', () => {
    const { HINOMI_OLD_SECRETS } = parseEnv({
      ...base,
      HINOMI_OLD_SECRET: SECOND,
      HINOMI_OLD_SECRET_2: THIRD,
      HINOMI_OLD_SECRET_3: '',
      HINOMI_OLD_SECRETLY: 'no secret',
      HINOMI_OLD_SECRET_FILE: '/run/credentials/hinomi/old-secret',
      HINOMI_OLD_SECRET_2_FILE: '/run/credentials/hinomi/old-secret-2',
    })
    expect(HINOMI_OLD_SECRETS).toEqual({ HINOMI_OLD_SECRET: SECOND, HINOMI_OLD_SECRET_2: THIRD })
  })

  test.each(['short', 'a'.repeat(64)])('refuse the former secret %s with its name and without its value', secret => {
    const parse = () => parseEnv({ ...base, HINOMI_OLD_SECRET_2: secret })
    expect(parse).toThrow('Settings are missing or wrong: HINOMI_OLD_SECRET_2 must have at least 16 characters')
    expect(parse).not.toThrow(secret)
  })

  test('cannot bring in former secrets as a value', () => {
    expect(parseEnv({ ...base, HINOMI_OLD_SECRETS: SECOND }).HINOMI_OLD_SECRETS).toEqual({})
  })
})

describe('keys', () => {
  test('begin with the newest, and a secret that is set twice counts once', () => {
    setSecrets(SECOND, FIRST, SECOND, FIRST)
    expect(keys().map(({ secret, setting }) => [setting, secret])).toEqual([
      ['HINOMI_SECRET', SECOND],
      ['HINOMI_OLD_SECRET_1', FIRST],
    ])
    expect(newestKey()).toEqual(keys()[0])
    expect(keyOf(keyId(FIRST))?.secret).toBe(FIRST)
    expect(keyOf(keyId(THIRD))).toBeUndefined()
  })

  test('are different for every purpose and every secret', () => {
    const purposes = ['stored secrets', 'known browsers', 'sign-in attempts'] as const
    setSecrets(FIRST, SECOND)
    const derived = keys().flatMap(key => purposes.map(purpose => deriveKey(key, purpose).toString('hex')))
    expect(new Set(derived).size).toBe(6)
    expect(derived.every(hex => /^[0-9a-f]{64}$/.test(hex))).toBe(true)
  })
})

describe('a sealed value', () => {
  test('is opened by its purpose alone', () => {
    const value = sealText('totp:a', 'text 火')
    expect(openSealed('totp:a', value)).toBe('text 火')
    expect(openSealed('totp:b', value)).toBeNull()
    expect(openSealed('other:a', value)).toBeNull()
  })

  test('never looks the same twice', () => {
    expect(sealText('totp:a', 'text')).not.toBe(sealText('totp:a', 'text'))
  })

  test('is not opened with any of its bits changed', () => {
    const value = sealText('totp:a', 'text')
    const [version = '', id = '', ...parts] = value.split('.')
    for (const [part, text] of parts.entries()) {
      for (let bit = 0; bit < Buffer.from(text, 'base64url').length * 8; bit++) {
        const bytes = Buffer.from(text, 'base64url')
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        const changed = parts.with(part, bytes.toString('base64url'))
        expect(openSealed('totp:a', [version, id, ...changed].join('.'))).toBeNull()
      }
    }
  })

  test.each(['', 's1', 's1.00000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA', 'JBSWY3DPEHPK3PXP'])(
    'that is %j is none',
    value => {
      expect(openSealed('totp:a', value)).toBeNull()
    },
  )

  test('is sealed by the newest key, and opened by a former one until it is removed', () => {
    const before = sealText('totp:a', 'before')
    setSecrets(SECOND, FIRST)
    const after = sealText('totp:a', 'after')
    expect([sealedBy(before), sealedBy(after)]).toEqual([keyId(FIRST), keyId(SECOND)])
    expect([openSealed('totp:a', before), openSealed('totp:a', after)]).toEqual(['before', 'after'])
    setSecrets(SECOND)
    expect([openSealed('totp:a', before), openSealed('totp:a', after)]).toEqual([null, 'after'])
  })

  test('is not opened under the name of another key', () => {
    setSecrets(SECOND, FIRST)
    const renamed = sealText('totp:a', 'text').replace(keyId(SECOND), keyId(FIRST))
    expect(openSealed('totp:a', renamed)).toBeNull()
  })
})

describe('the cookie of a known browser', () => {
  const MEMBER = '11111111-2222-4333-8444-555555555555'
  const cookie = () => /^[^=]+=([^;]+);/.exec(browserCookie(MEMBER))?.[1] ?? ''

  test('is recognized after a rotation, and not after the former secret is removed', () => {
    const before = cookie()
    setSecrets(SECOND, FIRST)
    expect(toKnownBrowser(before)?.member).toBe(MEMBER)
    const after = cookie()
    setSecrets(SECOND)
    expect(toKnownBrowser(before)).toBeNull()
    expect(toKnownBrowser(after)?.member).toBe(MEMBER)
  })

  test('of a version before key rotation is known', () => {
    // HMAC-SHA256 of "known browser", the member and the id under the secret itself, computed by openssl.
    const made = `${MEMBER}.AAAAAAAAAAAAAAAAAAAAAA.XX-CB4h93Me83If864aOjzCFPVbE54mzj1Q0oF9_byI`
    expect(toKnownBrowser(made)).toEqual({ member: MEMBER, id: 'AAAAAAAAAAAAAAAAAAAAAA' })
    setSecrets(SECOND, FIRST)
    expect(toKnownBrowser(made)?.member).toBe(MEMBER)
    setSecrets(SECOND)
    expect(toKnownBrowser(made)).toBeNull()
  })

  test('of another secret is not known', () => {
    setSecrets(THIRD)
    const foreign = cookie()
    setSecrets(SECOND, FIRST)
    expect(toKnownBrowser(foreign)).toBeNull()
  })
})

test('every column that the schema calls sealed is sealed again when the secret is replaced', () => {
  const schema = readFileSync(fromRoot('prisma/schema.prisma'), 'utf8')
  const named = [...schema.matchAll(/\/\/\/ Sealed .*\n.*@map\("(\w+)"\)/g)].map(([, column]) => column)
  expect(named.length).toBeGreaterThan(0)
  expect(sealedColumns.map(({ column }) => column).sort()).toEqual(named.sort())
})
