import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  accountOf,
  feedKey,
  feedOf,
  feedPartKey,
  findingKey,
  instanceOf,
  machineImageKey,
  type RowKey,
  sightingKey,
  splitKey,
} from '../../../lib/domain/identity/keys'

const account = '012345678901'
const id = '0123456789abcdef0123456789abcdef'
const feed = { accountId: account, source: 'prowler', product: 'a/b' } as const

describe('a row key', () => {
  test.each([
    ['finding', findingKey(account, id)],
    ['sighting', sightingKey(account, id)],
    ['split', splitKey(account, id)],
    ['machine image', machineImageKey(account, 'i-0a')],
    ['feed', feedKey(feed)],
    ['part of a feed', feedPartKey(feed, 'S3.1')],
  ])('of a %s names its account', (_table, key) => {
    expect(accountOf(key)).toBe(account)
  })

  test('differs for rows of two accounts with the same id', () => {
    expect(findingKey(account, id)).not.toBe(findingKey('112345678901', id))
  })

  test('of one table is not a key of another, and a string is none', () => {
    const findings = new Set<RowKey<'finding'>>()
    expectTypeOf(findings.has).toBeCallableWith(findingKey(account, id))
    // @ts-expect-error A sighting is not a finding.
    findings.has(sightingKey(account, id))
    // @ts-expect-error Only findingKey makes such a key.
    findings.has(`${account}/${id}`)
  })
})

describe('a parsed key', () => {
  test('contains the instance of a machine image', () => {
    expect(instanceOf(machineImageKey(account, 'i-0a'))).toBe('i-0a')
  })

  test('contains the feed, even if the name of its product has a slash', () => {
    expect(feedOf(feedKey(feed))).toEqual(feed)
  })

  test('contains no feed if the source is unknown', () => {
    expect(() => feedOf(`${account}/nothing/` as RowKey<'feed'>)).toThrow('unknown source')
  })
})

test('the parts of a feed are not confused with those of a feed whose name has the same ending', () => {
  expect(feedPartKey({ ...feed, product: 'a' }, 'b')).not.toBe(feedPartKey({ ...feed, product: 'ab' }, ''))
})
