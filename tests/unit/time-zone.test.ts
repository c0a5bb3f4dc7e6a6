import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseEnv } from '../../lib/env'
import en from '../../messages/en.json'
import ja from '../../messages/ja.json'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { nodeWarning, requireTimeZone } from '../../scripts/launch/settings.mjs'

const rest = {
  NODE_ENV: 'test' as const,
  DATABASE_URL: 'postgres://localhost/x',
  HINOMI_SECRET: 'a secret that only the tests know',
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe.each(['Asia/Tokyo', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT-9', ' Asia/Tokyo '])(
  'the time zone "%s"',
  name => {
    test('is accepted by the application and by the launcher', () => {
      expect(parseEnv({ ...rest, HINOMI_TIME_ZONE: name }).HINOMI_TIME_ZONE).toBe(name.trim())
      vi.stubEnv('HINOMI_TIME_ZONE', name)
      expect(requireTimeZone).not.toThrow()
    })
  },
)

test.each([undefined, '', ' '])('the default (%j) is that of Tokyo', name => {
  expect(parseEnv({ ...rest, HINOMI_TIME_ZONE: name }).HINOMI_TIME_ZONE).toBe('Asia/Tokyo')
  vi.stubEnv('HINOMI_TIME_ZONE', name)
  expect(requireTimeZone).not.toThrow()
})

describe.each(['Tokyo', 'Asia/Edo', '+09:00', '-03:00', 'Asia/Tokyo; x', '東京'])('the time zone "%s"', name => {
  test('is refused by the application, with the reason', () => {
    expect(() => parseEnv({ ...rest, HINOMI_TIME_ZONE: name })).toThrow(/HINOMI_TIME_ZONE is no time zone.*Asia\/Tokyo/)
  })

  test.each([
    ['ja_JP.UTF-8', ja],
    ['en_US.UTF-8', en],
  ])('is refused by the launcher in the language of %s', (lang, messages) => {
    vi.stubEnv('HINOMI_TIME_ZONE', name)
    vi.stubEnv('LC_ALL', lang)
    expect(requireTimeZone).toThrow(messages.cli.badTimeZone.replace('{name}', name))
  })
})

test.each(['scripts/start.mjs', 'scripts/hinomi.mjs'])('%s ends with that sentence alone', script => {
  const env = { ...process.env, HINOMI_TIME_ZONE: 'Tokyo', LC_ALL: 'C' }
  const { status, stderr } = spawnSync(process.execPath, [fromRoot(script)], { env, encoding: 'utf8' })
  const warning = script.endsWith('start.mjs') ? nodeWarning(process.version) : null
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `${warning ? `hinomi │ ${warning}\n` : ''}hinomi │ Error: ${en.cli.badTimeZone.replace('{name}', 'Tokyo')}\n`,
  })
})

test('several wrong settings are named without their values', () => {
  const wrong = { NODE_ENV: 'test' as const, HINOMI_SECRET: 'short', HINOMI_TIME_ZONE: 'Tokyo' }
  expect(() => parseEnv(wrong)).toThrow(
    'Settings are missing or wrong: DATABASE_URL, HINOMI_SECRET must have at least 32 characters, 8 of them different, ',
  )
})
