import { describe, expect, test } from 'vitest'
import { parseEnv } from '../../lib/env'

const base = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/x',
  HINOMI_SECRET: 'a secret of many different letters',
} as const
const oidc = {
  HINOMI_OIDC_ISSUER: 'https://issuer.example',
  HINOMI_OIDC_CLIENT_ID: 'id',
  HINOMI_OIDC_CLIENT_SECRET: 'secret',
}

describe('HINOMI_OIDC_ISSUER', () => {
  test.each(['https://issuer.example', 'https://issuer.example/realms/x', 'http://127.0.0.1:9', 'http://[::1]:9', ''])(
    'may be %s',
    issuer => {
      expect(() => parseEnv({ ...base, HINOMI_OIDC_ISSUER: issuer })).not.toThrow()
    },
  )

  test.each([
    'http://issuer.example',
    'http://127.0.0.1.evil.example',
    'http://localhost@evil.example',
    'ftp://issuer.example',
    'issuer.example',
  ])('may not be %s', issuer => {
    expect(() => parseEnv({ ...base, HINOMI_OIDC_ISSUER: issuer })).toThrow('HINOMI_OIDC_ISSUER must begin with https')
  })
})

describe('HINOMI_PASSWORDS=off', () => {
  const off = { ...base, HINOMI_PASSWORDS: 'off' }

  test('is accepted together with a provider', () => {
    expect(parseEnv({ ...off, ...oidc }).HINOMI_PASSWORDS).toBe('off')
  })

  test.each([
    ['none', {}],
    ['one without its secret', { ...oidc, HINOMI_OIDC_CLIENT_SECRET: ' ' }],
    [
      'Entra with a shared endpoint',
      { HINOMI_ENTRA_TENANT_ID: 'common', HINOMI_ENTRA_CLIENT_ID: 'id', HINOMI_ENTRA_CLIENT_SECRET: 's' },
    ],
  ])('is refused if the provider is %s: nobody could sign in', (_what, provider) => {
    expect(() => parseEnv({ ...off, ...provider })).toThrow('HINOMI_PASSWORDS')
  })
})
