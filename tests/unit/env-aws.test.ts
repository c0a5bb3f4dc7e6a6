import { describe, expect, test } from 'vitest'
import { awsEnv, parseEnv } from '../../lib/env'

const needed = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgresql://localhost/x',
  HINOMI_SECRET: 'abcdefgh'.repeat(4),
} as const

describe('where AWS is', () => {
  test.each<[string, Record<string, string>, string | null]>([
    ['AWS', {}, null],
    ['an emulator of Hinomi', { HINOMI_AWS_ENDPOINT: 'http://127.0.0.1:5000' }, 'http://127.0.0.1:5000'],
    ['an emulator of the SDK', { AWS_ENDPOINT_URL: 'https://aws.test' }, 'https://aws.test'],
    ['ours before that of the SDK', { HINOMI_AWS_ENDPOINT: 'http://a', AWS_ENDPOINT_URL: 'http://b' }, 'http://a'],
    ['an empty setting', { HINOMI_AWS_ENDPOINT: '' }, null],
  ])('%s', (_what, variables, endpoint) => {
    expect(awsEnv({ NODE_ENV: 'test', ...variables }).endpoint).toBe(endpoint)
  })

  test('a wrong address is named, here and at the start of the server', () => {
    const wrong = { ...needed, HINOMI_AWS_ENDPOINT: 'localhost:5000' }
    expect(() => awsEnv(wrong)).toThrow('HINOMI_AWS_ENDPOINT must begin with https:// or http://')
    expect(() => parseEnv(wrong)).toThrow('HINOMI_AWS_ENDPOINT must begin with https:// or http://')
    expect(parseEnv(needed).HINOMI_AWS_ENDPOINT).toBeUndefined()
  })

  test('roles are assumed in the Region of the environment', () => {
    expect(awsEnv({ NODE_ENV: 'test' }).region).toBeNull()
    expect(awsEnv({ NODE_ENV: 'test', AWS_DEFAULT_REGION: 'eu-west-1' }).region).toBe('eu-west-1')
    expect(awsEnv({ NODE_ENV: 'test', AWS_REGION: 'ap-northeast-1', AWS_DEFAULT_REGION: 'eu-west-1' }).region).toBe(
      'ap-northeast-1',
    )
  })
})
