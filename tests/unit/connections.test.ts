import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseEnv } from '../../lib/env'
import en from '../../messages/en.json'
import { readSecretFiles } from '../../scripts/launch/secret-files.mjs'
import { requireSafeConnections } from '../../scripts/launch/settings.mjs'

const settings = (change: Record<string, string>) => ({
  NODE_ENV: 'test' as const,
  DATABASE_URL: 'postgres://localhost/x',
  HINOMI_SECRET: 'a secret of many different letters',
  ...change,
})

beforeEach(() => {
  vi.stubEnv('LC_ALL', 'C')
  vi.stubEnv('DATABASE_URL', '')
  vi.stubEnv('DATABASE_READ_URL', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the database', () => {
  test.each([
    'postgresql://hinomi:p@127.0.0.1:5432/hinomi',
    'postgresql://hinomi@localhost/hinomi',
    'postgresql://hinomi@[::1]/hinomi',
    'postgresql://hinomi@/hinomi?host=/var/run/postgresql',
    'postgresql://hinomi@db.example.com/hinomi?sslmode=verify-full',
    'postgresql://hinomi@db.example.com/hinomi?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem',
    'postgresql://hinomi@db/hinomi?sslmode=disable',
  ])('%s may be connected to', url => {
    vi.stubEnv('DATABASE_URL', url)
    expect(requireSafeConnections).not.toThrow()
    expect(parseEnv(settings({ DATABASE_URL: url })).DATABASE_URL).toBe(url)
  })

  test.each([
    'postgresql://hinomi:hunter2@db.example.com/hinomi',
    'postgresql://hinomi:hunter2@db.example.com/hinomi?sslmode=prefer',
    'postgresql://hinomi:hunter2@db.example.com/hinomi?sslmode=require',
    'postgresql://hinomi:hunter2@db.example.com/hinomi?sslmode=no-verify',
    'postgresql://hinomi:hunter2@localhost.example.com/hinomi',
    'postgresql://hinomi:hunter2@localhost/hinomi?host=db.example.com',
    'postgresql://hinomi:hunter2@1270.0.0.1/hinomi',
  ])('%s is refused by launcher and application, without its password', url => {
    vi.stubEnv('DATABASE_URL', url)
    expect(requireSafeConnections).toThrow(en.cli.plainDatabase)
    expect(() => parseEnv(settings({ DATABASE_URL: url }))).toThrow(
      /^(?!.*hunter2).*DATABASE_URL names another machine/,
    )
  })
})

test('DATABASE_READ_URL follows the same rule', () => {
  const plain = 'postgresql://hinomi:hunter2@standby.example.com/hinomi'
  vi.stubEnv('DATABASE_READ_URL', plain)
  expect(requireSafeConnections).toThrow(en.cli.plainReadDatabase)
  expect(() => parseEnv(settings({ DATABASE_READ_URL: plain }))).toThrow(
    /^(?!.*hunter2).*DATABASE_READ_URL names another/,
  )
  const safe = `${plain}?sslmode=verify-full`
  vi.stubEnv('DATABASE_READ_URL', safe)
  expect(requireSafeConnections).not.toThrow()
  expect(parseEnv(settings({ DATABASE_READ_URL: safe })).DATABASE_READ_URL).toBe(safe)
  expect(parseEnv(settings({})).DATABASE_READ_URL).toBeUndefined()
})

test('certificates are always checked', () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  expect(requireSafeConnections).toThrow(en.cli.uncheckedTls)
  expect(() => parseEnv(settings({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }))).toThrow('NODE_TLS_REJECT_UNAUTHORIZED')
})

test.each(['https://example.com/hinomi', 'hinomi.example.com', 'ftp://x', 'https://x?y', 'https://user@x'])(
  'HINOMI_URL may not be %s',
  url => {
    expect(() => parseEnv(settings({ HINOMI_URL: url }))).toThrow('HINOMI_URL')
  },
)

describe('a secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-secrets-'))
  const file = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  test('replaces the setting that names the file', () => {
    const names = [
      'DATABASE_URL',
      'DATABASE_READ_URL',
      'HINOMI_SECRET',
      'HINOMI_OLD_SECRET_2',
      'HINOMI_AUDIT_TOKEN',
      'HINOMI_ENTRA_CLIENT_SECRET',
    ]
    const env: NodeJS.ProcessEnv = { NODE_ENV: 'test' }
    for (const name of names) env[`${name}_FILE`] = file(name, ` value of ${name} \n`)
    readSecretFiles(env)
    expect(env).toEqual({ NODE_ENV: 'test', ...Object.fromEntries(names.map(name => [name, ` value of ${name} `])) })
  })

  test('is not combined with a setting of the same name, and must exist', () => {
    const path = file('both', 'x')
    expect(() => readSecretFiles({ NODE_ENV: 'test', HINOMI_SECRET: 'y', HINOMI_SECRET_FILE: path })).toThrow(
      'both set',
    )
    expect(() => readSecretFiles({ NODE_ENV: 'test', HINOMI_SECRET_FILE: '/nowhere/at/all' })).toThrow(
      'HINOMI_SECRET_FILE',
    )
  })

  test('is read for no other setting', () => {
    const env = { NODE_ENV: 'test' as const, HINOMI_URL_FILE: '/nowhere', PATH_FILE: '/nowhere' }
    expect(() => readSecretFiles(env)).not.toThrow()
  })
})
