import { availableParallelism, networkInterfaces } from 'node:os'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseEnv } from '../../lib/env'
import en from '../../messages/en.json'
import ja from '../../messages/ja.json'
import {
  environmentOf,
  listenHost,
  nodeWarning,
  reachText,
  requireHost,
  requireProcesses,
  requireSecret,
  toolEnvironment,
  webProcesses,
  workerProcesses,
} from '../../scripts/launch/settings.mjs'

const rest = { NODE_ENV: 'test' as const, DATABASE_URL: 'postgres://localhost/x' }

beforeEach(() => {
  vi.stubEnv('HINOMI_URL', '')
  vi.stubEnv('HINOMI_HOST', '')
  vi.stubEnv('LC_ALL', 'C')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the number of processes', () => {
  test.each([
    ['', 1],
    [' 3 ', 3],
    ['64', 64],
    ['auto', Math.min(availableParallelism(), 64)],
  ])('%j is %i', (text, count) => {
    vi.stubEnv('HINOMI_WEB_PROCESSES', text)
    vi.stubEnv('HINOMI_WORKERS', text)
    expect([webProcesses(), workerProcesses()]).toEqual([count, count])
    vi.stubEnv('HINOMI_WEB_PROCESSES', undefined)
    expect(webProcesses()).toBe(1)
  })

  test.each(['0', '-1', '1.5', '65', 'many', '1e1', 'AUTO'])('is never %s', value => {
    vi.stubEnv('HINOMI_WORKERS', value)
    const said = (text: string) =>
      text.replace('{name}', 'HINOMI_WORKERS').replace('{value}', value).replace('{most}', '64')
    expect(requireProcesses).toThrow(said(en.cli.badProcesses))
    vi.stubEnv('LC_ALL', 'ja_JP.UTF-8')
    expect(requireProcesses).toThrow(said(ja.cli.badProcesses))
  })
})

describe('the address to listen on', () => {
  test.each([
    [undefined, undefined, '127.0.0.1'],
    ['', ' ', '127.0.0.1'],
    ['http://hinomi.example.com', undefined, '127.0.0.1'],
    ['https://hinomi.example.com', undefined, undefined],
    ['https://hinomi.example.com', '127.0.0.1', '127.0.0.1'],
    [undefined, '0.0.0.0', '0.0.0.0'],
    [undefined, '::', '::'],
    [undefined, 'localhost', 'localhost'],
  ])('for HINOMI_URL %j and HINOMI_HOST %j is %j', (url, host, expected) => {
    vi.stubEnv('HINOMI_URL', url)
    vi.stubEnv('HINOMI_HOST', host)
    expect(listenHost()).toBe(expected)
  })

  test.each(['http://0.0.0.0', '0.0.0.0:80', '999.1.1.1', '1.2.3', '-x', 'a b', '--port', '[::1]', '*', 'x..y'])(
    'is never %s',
    async host => {
      vi.stubEnv('HINOMI_HOST', host)
      expect(listenHost).toThrow(en.cli.badHost.replace('{host}', host))
      await expect(requireHost()).rejects.toThrow(en.cli.badHost.replace('{host}', host))
    },
  )

  test('must belong to this machine', async () => {
    // TEST-NET-3 of RFC 5737 belongs to nobody.
    vi.stubEnv('HINOMI_HOST', '203.0.113.77')
    vi.stubEnv('LC_ALL', 'ja_JP.UTF-8')
    await expect(requireHost()).rejects.toThrow(ja.cli.badHost.replace('{host}', '203.0.113.77'))
    for (const host of ['127.0.0.1', '0.0.0.0', '']) {
      vi.stubEnv('HINOMI_HOST', host)
      await expect(requireHost()).resolves.toBeUndefined()
    }
  })

  test('is explained if others cannot reach it, or reach it over plain HTTP', () => {
    expect(reachText()).toBe(en.cli.localOnly)
    const other = Object.values(networkInterfaces())
      .flat()
      .find(address => address && !address.internal)?.address
    for (const host of ['0.0.0.0', '::', ...(other ? [other] : [])]) {
      vi.stubEnv('HINOMI_HOST', host)
      expect(reachText()).toBe(en.cli.plainHttp)
    }
    vi.stubEnv('HINOMI_URL', 'https://hinomi.example.com')
    expect(reachText()).toBeNull()
  })
})

describe('the secret', () => {
  test.each([
    'a'.repeat(64),
    'abcabcabcabcabcabc',
    '1234567123456712345671234567',
    'short',
    'abcdefghabcdefghabcdefghabcdefg',
  ])('%s is refused at the start by launcher and application', secret => {
    vi.stubEnv('HINOMI_SECRET', secret)
    expect(requireSecret).toThrow(en.cli.badSecret)
    expect(() => parseEnv({ ...rest, HINOMI_SECRET: secret })).toThrow(/HINOMI_SECRET/)
    try {
      parseEnv({ ...rest, HINOMI_SECRET: secret })
    } catch (error) {
      expect(String(error)).not.toContain(secret)
    }
  })

  test.each(['HINOMI_OLD_SECRET', 'HINOMI_OLD_SECRET_2'])('%s is also refused if it is weak', name => {
    vi.stubEnv('HINOMI_SECRET', 'abcdefgh'.repeat(4))
    vi.stubEnv(name, 'abcabcabcabcabcabc')
    expect(requireSecret).toThrow(en.cli.badOldSecret.replace('{name}', name))
    vi.stubEnv('LC_ALL', 'ja_JP.UTF-8')
    expect(requireSecret).toThrow(ja.cli.badOldSecret.replace('{name}', name))
    for (const secret of ['', 'abcdefghabcdefgh']) {
      vi.stubEnv(name, secret)
      expect(requireSecret).not.toThrow()
    }
  })

  test('with eight different characters is taken', () => {
    const secret = 'abcdefgh'.repeat(4)
    vi.stubEnv('HINOMI_SECRET', secret)
    expect(requireSecret).not.toThrow()
    expect(parseEnv({ ...rest, HINOMI_SECRET: secret }).HINOMI_SECRET).toBe(secret)
  })

  test('of before may be shorter, as an old one', () => {
    const old = 'abcdefghabcdefgh'
    vi.stubEnv('HINOMI_SECRET', 'abcdefgh'.repeat(4))
    vi.stubEnv('HINOMI_OLD_SECRET', old)
    expect(requireSecret).not.toThrow()
    const env = parseEnv({ ...rest, HINOMI_SECRET: 'abcdefgh'.repeat(4), HINOMI_OLD_SECRET: old })
    expect(env.HINOMI_OLD_SECRETS).toEqual({ HINOMI_OLD_SECRET: old })
  })

  test('is generated if none is set', () => {
    vi.stubEnv('HINOMI_SECRET', '')
    expect(requireSecret).not.toThrow()
  })
})

test.each([
  ['v20.20.2', en.cli.oldNode.replace('{version}', 'v20.20.2')],
  ['v23.1.0', en.cli.oldNode.replace('{version}', 'v23.1.0')],
  ['v22.12.0', null],
  ['v24.0.0', null],
])('Node.js %s is answered with %j', (version, warning) => {
  expect(nodeWarning(version)).toBe(warning)
})

describe('the environment of a program', () => {
  const all = {
    NODE_ENV: 'test' as const,
    PATH: '/bin',
    DATABASE_URL: 'postgres://localhost/x',
    DATABASE_READ_URL: 'postgres://localhost/y',
    HINOMI_SECRET: 'a secret that only the tests know',
    HINOMI_OLD_SECRET: 'an older secret of the tests only',
    HINOMI_URL: 'https://hinomi.example.com',
    HINOMI_ADMIN_EMAIL: 'admin@example.com',
    HINOMI_ADMIN_PASSWORD: 'secret of the administrator',
    HINOMI_PASSWORDS: 'off',
    HINOMI_OIDC_ISSUER: 'https://issuer.example.com',
    HINOMI_OIDC_CLIENT_ID: 'id',
    HINOMI_OIDC_CLIENT_SECRET: 'secret of OIDC',
    HINOMI_GOOGLE_CLIENT_SECRET: 'secret of Google',
    HINOMI_ENTRA_CLIENT_SECRET: 'secret of Entra',
    HINOMI_AUDIT_URL: 'https://siem.example.com/',
    HINOMI_AUDIT_TOKEN: 'secret of the receiver',
    NEXTAUTH_SECRET: 'a secret that only the tests know',
    NEXTAUTH_URL: 'https://hinomi.example.com',
  }
  const secretsIn = (env: NodeJS.ProcessEnv) =>
    Object.values(env)
      .filter(value => value?.startsWith('secret of '))
      .sort()

  test('has the secrets of that program and no others', () => {
    expect(secretsIn(environmentOf('web', all))).toEqual(['secret of Entra', 'secret of Google', 'secret of OIDC'])
    expect(secretsIn(environmentOf('worker', all))).toEqual(['secret of the receiver'])
    expect(environmentOf('worker', all)).not.toHaveProperty('NEXTAUTH_SECRET')
    expect(environmentOf('worker', all)).not.toHaveProperty('DATABASE_READ_URL')
    expect(environmentOf('web', all)).toMatchObject({ DATABASE_READ_URL: all.DATABASE_READ_URL })
  })

  test('never contains the password of the first administrator, even from .env', () => {
    for (const program of ['web', 'worker'] as const)
      expect(environmentOf(program, all)).toMatchObject({ HINOMI_ADMIN_PASSWORD: '', PATH: '/bin' })
    expect(environmentOf('web', all)).toMatchObject({ HINOMI_AUDIT_TOKEN: '' })
  })

  test('is accepted by the application', () => {
    expect(parseEnv(environmentOf('web', all))).toMatchObject({ HINOMI_PASSWORDS: 'off' })
    expect(parseEnv(environmentOf('worker', all))).toMatchObject({ HINOMI_AUDIT_TOKEN: 'secret of the receiver' })
  })

  test('of programs that build and install has no setting at all', () => {
    vi.stubEnv('HINOMI_OIDC_CLIENT_SECRET', 'secret of OIDC')
    vi.stubEnv('DATABASE_URL', 'secret of the database')
    expect(secretsIn(toolEnvironment())).toEqual([])
    expect(toolEnvironment().PATH).toBe(process.env.PATH)
  })
})
