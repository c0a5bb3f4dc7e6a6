import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  completenessKey,
  completenessOf,
  fromTimedBytes,
  isWide,
  pairHash,
  regionHash,
  serviceHash,
  serviceOf,
  timeOf,
  toBytes,
  toTimedBytes,
} from '../../../lib/domain/feeds/report-pairs'

const hashes = fc.uniqueArray(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 300 })
const numbers = (n: number, from = 0) => new Set(Array.from({ length: n }, (_, i) => from + i))

describe('stored hashes', () => {
  test('contain exactly the pairs that were added', () => {
    fc.assert(
      fc.property(hashes, hashes, (inside, others) => {
        const times = new Map(inside.map((hash, n) => [hash, 1_780_000_000 + n]))
        const bytes = toTimedBytes(times)
        for (const hash of [...inside, ...others]) expect(timeOf(bytes, hash)).toBe(times.get(hash) ?? null)
        expect(new Map([...fromTimedBytes(bytes)].sort())).toEqual(new Map([...times].sort()))
      }),
    )
  })

  test('drop pairs that are 400 days older than the newest', () => {
    const [day, newest] = [86_400, 1_780_000_000]
    const times = new Map([1, 399, 400, 401].map(days => [days, newest - days * day]))
    const bytes = toTimedBytes(new Map([...times, [0, newest]]))
    expect([0, 1, 399, 400, 401].map(hash => timeOf(bytes, hash) !== null)).toEqual([true, true, true, false, false])
    expect(toTimedBytes(new Map())).toHaveLength(0)
  })

  test('are equal bytes for equal sets', () => {
    fc.assert(
      fc.property(hashes, inside => {
        expect(toBytes(new Set(inside)).equals(toBytes(new Set(inside.toReversed())))).toBe(true)
      }),
    )
  })

  test('of pairs, services and Regions are distinguished', () => {
    expect(pairHash('a', 'bc')).not.toBe(pairHash('ab', 'c'))
    expect(serviceHash('us-east-1')).not.toBe(regionHash('us-east-1'))
    expect(
      new Set([pairHash('s3_a', 'us-east-1'), pairHash('s3_a', 'us-east-2'), pairHash('s3_b', 'us-east-1')]).size,
    ).toBe(3)
  })
})

describe('a report is wide', () => {
  test.each([
    [10, 9, true],
    [10, 8, false],
    [9, 9, true],
    [9, 8, false],
    [100, 90, true],
    [100, 89, false],
    [11, 10, true],
    [11, 9, false],
    [1, 1, true],
    [1, 0, false],
  ])('of %i pairs with %i of them: %s', (of, covered, wide) => {
    expect(isWide(numbers(covered), toBytes(numbers(of)))).toBe(wide)
  })

  test('by pairs of the reference, not by as many others', () => {
    expect(isWide(numbers(1000, 50_000), toBytes(numbers(10)))).toBe(false)
    expect(isWide(new Set([...numbers(9), ...numbers(500, 50_000)]), toBytes(numbers(10)))).toBe(true)
  })

  test('never, if there is no reference', () => {
    expect(isWide(numbers(1000), null)).toBe(false)
  })
})

test.each([
  ['s3_bucket_public_access', 's3'],
  ['S3.2', 's3'],
  ['EC2.19', 'ec2'],
  ['ec2_securitygroup_open', 'ec2'],
  ['IAM.3', 'iam'],
  ['our-own-rule', 'our-own-rule'],
  ['Our own rule', 'our own rule'],
  ['', ''],
])('the service of %s is %s', (control, service) => {
  expect(serviceOf(control)).toBe(service)
})

test.each([
  ['security-hub', 'Security Hub', 'pairs', null],
  ['security-hub', 'GuardDuty', 'region', 'region:us-east-1'],
  ['security-hub-v2', 'Amazon Inspector', 'region', 'region:us-east-1'],
  ['asff', 'Macie', 'region', 'region:us-east-1'],
  ['prowler', 'Prowler', 'pairs', null],
  ['guardduty', 'GuardDuty', 'region', 'region:us-east-1'],
  ['config', 'Config', 'control', 'rule@us-east-1'],
  ['trusted-advisor', 'Trusted Advisor', 'control', 'rule'],
  ['iam-credential-report', 'IAM', 'whole', null],
  ['csv', 'Inspectorate', 'pairs', null],
] as const)('reports of %s (%s) are complete by %s', (source, product, completeness, key) => {
  expect(completenessOf({ source, product })).toBe(completeness)
  expect(completenessKey({ source, product }, { control: 'rule', ownRegion: 'us-east-1' })).toBe(key)
})
