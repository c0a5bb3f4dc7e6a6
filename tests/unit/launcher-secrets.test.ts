import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseEnv } from '../../lib/env'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { openSecrets, pruneSecrets, rotateSecret } from '../../scripts/launch/secrets.mjs'
import { applicationEnv } from '../../scripts/launch/settings.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-secrets-'))
  vi.stubEnv('HINOMI_SECRET', '')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

const file = () => JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'))
const oldOf = (dataDir: string) => openSecrets(dataDir).oldSecrets.map(({ secret }) => secret)
const nothingBefore = async () => undefined
const settings = () => applicationEnv({ url: 'postgresql://localhost/x', dataDir: folder, port: 3000 })

describe('a rotation of the generated secret', () => {
  test('keeps the former secret and all other values', async () => {
    const { secret, ...rest } = openSecrets(folder)
    const seen: string[] = []
    await rotateSecret(folder, async (former, next) => {
      expect(file().secret).toBe(secret)
      seen.push(former, next)
    })
    const after = file()
    expect(after.secret).not.toBe(secret)
    expect(seen).toEqual([secret, after.secret])
    expect(after).toMatchObject({ ...rest, oldSecrets: [{ secret, replacedAt: expect.any(String) }] })
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  test('changes nothing if the first step fails', async () => {
    const before = openSecrets(folder)
    await expect(rotateSecret(folder, () => Promise.reject(new Error('no database')))).rejects.toThrow('no database')
    expect(openSecrets(folder)).toEqual(before)
    expect(readdirSync(folder).sort()).toEqual(['run', 'secrets.json'])
  })

  test('accepts a file from before key rotation', async () => {
    const old = { secret: 'a secret of before', databasePassword: 'a', databaseAdminPassword: 'b' }
    writeFileSync(join(folder, 'secrets.json'), JSON.stringify(old))
    expect(openSecrets(folder)).toEqual({ ...old, oldSecrets: [] })
    await rotateSecret(folder, nothingBefore)
    expect(file()).toMatchObject({ databasePassword: 'a', oldSecrets: [{ secret: old.secret }] })
  })

  test('by several processes at the same time loses no secret', async () => {
    const { secret } = openSecrets(folder)
    const address = JSON.stringify(fromRoot('scripts/launch/secrets.mjs'))
    const code = `import(${address}).then(async ({ rotateSecret }) => {
      for (let i = 0; i < 5; i++) await rotateSecret(${JSON.stringify(folder)}, async (_, next) => console.log(next))
    })`
    const runs = await Promise.all([0, 1, 2].map(() => promisify(execFile)(process.execPath, ['-e', code])))
    const made = runs.flatMap(({ stdout }) => stdout.trim().split('\n'))
    expect(made).toHaveLength(15)
    expect([file().secret, ...oldOf(folder)].sort()).toEqual([secret, ...made].sort())
    expect(oldOf(folder).at(-1)).toBe(secret)
  })
})

describe('the application', () => {
  test('runs in production mode', async () => {
    openSecrets(folder)
    expect(await settings()).toMatchObject({ NODE_ENV: 'production' })
  })

  test('gets the generated secret and the former ones', async () => {
    const { secret: first } = openSecrets(folder)
    await rotateSecret(folder, nothingBefore)
    await rotateSecret(folder, nothingBefore)
    const variables = await settings()
    const { HINOMI_SECRET, HINOMI_OLD_SECRETS } = parseEnv(variables)
    expect(HINOMI_SECRET).toBe(file().secret)
    expect(Object.values(HINOMI_OLD_SECRETS)).toEqual(oldOf(folder))
    expect(oldOf(folder)).toContain(first)
    expect(variables.HINOMI_SECRET_GENERATED).toBe('1')
  })

  test('gets no secret of the file if HINOMI_SECRET is set', async () => {
    await rotateSecret(folder, nothingBefore)
    vi.stubEnv('HINOMI_SECRET', 'a secret that the environment has now')
    vi.stubEnv('HINOMI_SECRET_GENERATED', '1')
    const variables = await settings()
    expect(parseEnv(variables)).toMatchObject({
      HINOMI_SECRET: 'a secret that the environment has now',
      HINOMI_OLD_SECRETS: {},
    })
    expect(variables.HINOMI_SECRET_GENERATED).toBe('')
  })
})

test('only secrets that are old enough and may go are removed', async () => {
  for (let i = 0; i < 3; i++) await rotateSecret(folder, nothingBefore)
  const secrets = file()
  const [recent, unused, needed] = oldOf(folder)
  secrets.oldSecrets[1].replacedAt = '2026-01-01T00:00:00Z'
  secrets.oldSecrets[2].replacedAt = '2026-01-01T00:00:00Z'
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(secrets))
  await pruneSecrets(folder, new Date('2026-01-02T00:00:00Z'), async old => {
    expect(old).toEqual([unused, needed])
    return old.filter(secret => secret !== needed)
  })
  expect(oldOf(folder)).toEqual([recent, needed])
  expect(file()).toMatchObject({ secret: secrets.secret, databasePassword: secrets.databasePassword })
})
