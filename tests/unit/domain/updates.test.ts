import { describe, expect, test } from 'vitest'
import { clustersCommand } from '@/lib/domain/vulnerabilities/running-image'
import { type OpenVulnerability, updateFor } from '@/lib/domain/vulnerabilities/updates'
import { compareVersions, highestVersion } from '@/lib/domain/vulnerabilities/versions'

describe('versions', () => {
  test.each([
    ['3.0.9', '3.0.13'],
    ['1.1.1k-7.el8', '1.1.1k-12.el8_9'],
    ['9:1.0', '10:0.1'],
    ['2.0', '1:1.0'],
    ['1.0~rc1', '1.0'],
    ['1.0', '1.0.1'],
    ['1.0a', '1.0.1'],
    ['2.17.0', '2.17.1-1'],
    ['1.0.9007199254740993', '1.0.9007199254740994'],
  ])('%s is before %s', (a, b) => {
    expect(compareVersions(a, b)).toBeLessThan(0)
    expect(compareVersions(b, a)).toBeGreaterThan(0)
    expect(compareVersions(a, a)).toBe(0)
  })

  test('have a highest one', () => {
    expect(highestVersion(['3.0.9', '3.0.13', '3.0.2'])).toBe('3.0.13')
    expect(highestVersion([])).toBeNull()
  })
})

describe('the update for a vulnerability', () => {
  const one = (id: string, severity: OpenVulnerability['severity'], ...packages: [string, string | null][]) => ({
    id,
    severity,
    packages: packages.map(([name, fixed]) => ({ name, fixed })),
  })
  const all = [
    one('a', 'high', ['openssl', '3.0.9'], ['libssl3', '3.0.9']),
    one('b', 'critical', ['openssl', '3.0.13']),
    one('c', 'low', ['libssl3', '3.0.2']),
    one('d', 'high', ['zlib', '1.3']),
    one('e', 'high', ['openssl', null]),
    one('f', 'high', ['openssl', '3.0.9'], ['zlib', '1.3']),
    one('g', 'high'),
  ]

  test('closes the others whose packages it contains, with the version that all need', () => {
    expect(updateFor('a', all)).toEqual({
      packages: ['libssl3', 'openssl'],
      version: '3.0.13',
      others: { critical: 1, low: 1 },
      closes: 2,
    })
    expect(updateFor('d', all)).toMatchObject({ packages: ['zlib'], version: '1.3', closes: 0 })
  })

  test('has no version for packages that have versions of their own', () => {
    expect(updateFor('f', all)).toMatchObject({ packages: ['openssl', 'zlib'], version: null, closes: 2 })
  })

  test('is unknown without a fixed version', () => {
    expect(updateFor('e', all)).toBeNull()
    expect(updateFor('g', all)).toBeNull()
    expect(updateFor('x', all)).toBeNull()
  })
})

test('the clusters of a container image can be listed', () => {
  const resourceId = `arn:aws:ecr:eu-west-1:111122223333:repository/team/shop/sha256:${'a'.repeat(64)}`
  expect(clustersCommand({ resourceId, region: 'eu-west-1' })?.text).toBe(
    `aws inspector2 get-clusters-for-image --filter resourceId=${resourceId} --region eu-west-1`,
  )
  expect(clustersCommand({ resourceId: 'i-0123456789abcdef0', region: 'eu-west-1' })).toBeNull()
})
