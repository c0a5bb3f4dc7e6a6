import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { severities } from '../../../lib/domain/findings/severity'
import { contentHashOf, findingIdOf, sightingIdOf } from '../../../lib/domain/identity/identity'
import { findingClasses, type Outcome, results, sourceIds } from '../../../lib/domain/imports/outcome'

const text = fc.string({ minLength: 1, maxLength: 12 })
const date = fc.option(fc.date({ min: new Date('2000-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }))

/** The fields that identify a finding. */
const thing = {
  source: fc.constantFrom(...sourceIds),
  product: text,
  nativeId: text,
  class: fc.constantFrom(...findingClasses),
  accountId: fc.constantFrom('111111111111', '222222222222'),
  region: text,
  control: text,
  packageName: text,
}
/** Its other fields. */
const said = {
  result: fc.constantFrom(...results),
  severity: fc.constantFrom(...severities),
  title: text,
  description: text,
  remediationText: text,
  remediationUrl: text,
  otherResources: fc.array(fc.record({ id: text, type: text }), { maxLength: 2 }),
}
const dates = { firstObservedAt: date, updatedAt: date }
const outcome: fc.Arbitrary<Outcome> = fc.record({
  ...thing,
  ...said,
  ...dates,
  resource: fc.record({ id: text, type: text }),
})
const uuid8 = /^[0-9a-f]{12}8[0-9a-f]{3}[89ab][0-9a-f]{15}$/

const example: Outcome = {
  source: 'security-hub',
  product: 'Security Hub',
  nativeId: 'id-1',
  class: 'posture',
  accountId: '111111111111',
  region: 'us-east-1',
  control: 'S3.2',
  result: 'failed',
  severity: 'high',
  title: 'A bucket is public',
  description: '',
  remediationText: '',
  remediationUrl: '',
  resource: { id: 'arn:aws:s3:::a', type: 'AwsS3Bucket' },
  otherResources: [],
  packageName: '',
  firstObservedAt: null,
  updatedAt: null,
}

test('ids are UUIDs of version 8 without dashes', () => {
  fc.assert(
    fc.property(outcome, one => {
      expect(sightingIdOf(one)).toMatch(uuid8)
      expect(findingIdOf(one)).toMatch(uuid8)
    }),
  )
})

test('the content and time of a record never change the identity of its resource', () => {
  fc.assert(
    fc.property(outcome, fc.record({ ...said, ...dates, type: text }), (one, { type, ...other }) => {
      const again = { ...one, ...other, resource: { ...one.resource, type } }
      expect(sightingIdOf(again)).toBe(sightingIdOf(one))
      expect(findingIdOf(again)).toBe(findingIdOf(one))
    }),
  )
})

test('ids do not depend on the order in which a reader sets its fields', () => {
  fc.assert(
    fc.property(outcome, one => {
      const reversed = Object.fromEntries(Object.entries(one).reverse()) as unknown as Outcome
      expect(sightingIdOf(reversed)).toBe(sightingIdOf(one))
      expect(findingIdOf(reversed)).toBe(findingIdOf(one))
      expect(contentHashOf(reversed)).toBe(contentHashOf(one))
    }),
  )
})

describe('a sighting is another one by its', () => {
  test.each([
    ['source', { source: 'prowler' }],
    ['product', { product: 'Inspector' }],
    ['own id', { nativeId: 'id-2' }],
    ['control', { control: 'S3.3' }],
    ['region', { region: 'us-east-2' }],
    ['resource', { resource: { id: 'arn:aws:s3:::b', type: 'AwsS3Bucket' } }],
    ['package', { packageName: 'openssl 3' }],
  ] satisfies [string, Partial<Outcome>][])('%s', (_what, change) => {
    expect(sightingIdOf({ ...example, ...change })).not.toBe(sightingIdOf(example))
  })
})

describe('a finding', () => {
  const idOf = (change: Partial<Outcome>) => findingIdOf({ ...example, ...change })
  const otherResource = { resource: { id: 'arn:aws:s3:::b', type: 'AwsS3Bucket' } }
  const elsewhere = { source: 'prowler', product: 'Prowler', nativeId: 'other' } as const

  test('of posture is one for all tools that see the control fail on the resource', () => {
    expect(idOf(elsewhere)).toBe(idOf({}))
    expect(idOf({ packageName: 'x' })).toBe(idOf({}))
    for (const change of [{ control: 'S3.3' }, { region: 'us-east-2' }, otherResource]) {
      expect(idOf(change)).not.toBe(idOf({}))
    }
  })

  test('of a vulnerability is one for CVE, resource and package', () => {
    const cve = { class: 'vulnerability', control: 'CVE-2026-0001', packageName: 'openssl 3' } as const
    expect(idOf({ ...cve, ...elsewhere, region: 'us-east-2' })).toBe(idOf(cve))
    for (const change of [{ control: 'CVE-2026-0002' }, { packageName: 'openssl 4' }, otherResource]) {
      expect(idOf({ ...cve, ...change })).not.toBe(idOf(cve))
    }
  })

  test('of a threat is identified by the id from its source', () => {
    const threat = { class: 'threat', control: 'Recon:EC2/PortProbe' } as const
    expect(idOf({ ...threat, ...otherResource, control: 'Other', region: 'us-east-2' })).toBe(idOf(threat))
    expect(idOf({ ...threat, nativeId: 'id-2' })).not.toBe(idOf(threat))
  })

  test('of GuardDuty has the same identity by its ARN and by its id', () => {
    const threat = { class: 'threat', control: 'Recon:EC2/PortProbe' } as const
    const arn = 'arn:aws:guardduty:us-east-1:111111111111:detector/d1/finding/f1'
    expect(idOf({ ...threat, nativeId: arn })).toBe(idOf({ ...threat, nativeId: 'f1' }))
    expect(idOf({ ...threat, nativeId: arn })).not.toBe(idOf({ ...threat, nativeId: 'd1' }))
  })

  test('of one class is never one of another', () => {
    const ids = findingClasses.map(findingClass => idOf({ class: findingClass }))
    expect(new Set(ids).size).toBe(3)
  })

  test('does not confuse the boundaries of fields', () => {
    const short = { region: 'a', resource: { id: 'bc', type: '' } }
    const long = { region: 'ab', resource: { id: 'c', type: '' } }
    expect(idOf(short)).not.toBe(idOf(long))
    const halves = fc.tuple(text, text).map(parts => ({ ...example, product: parts[0], nativeId: parts[1] }))
    fc.assert(
      fc.property(halves, fc.nat(12), (one, at) => {
        const both = one.product + one.nativeId
        const other = { ...one, product: both.slice(0, at), nativeId: both.slice(at) }
        fc.pre(other.product !== one.product)
        expect(sightingIdOf(other)).not.toBe(sightingIdOf(one))
      }),
    )
  })
})

describe('content', () => {
  test.each([
    ['result', { result: 'passed' }],
    ['severity', { severity: 'low' }],
    ['title', { title: 'x' }],
    ['description', { description: 'x' }],
    ['remediation', { remediationText: 'x' }],
    ['link', { remediationUrl: 'https://example.com' }],
    ['type of resource', { resource: { id: example.resource.id, type: 'x' } }],
    ['other resources', { otherResources: [{ id: 'x', type: '' }] }],
    ['tags', { tags: { env: 'production' } }],
  ] satisfies [string, Partial<Outcome>][])('is another by its %s', (_what, change) => {
    expect(contentHashOf({ ...example, ...change })).not.toBe(contentHashOf(example))
  })

  test('is another by the type of another resource alone', () => {
    const of = (type: string) => contentHashOf({ ...example, otherResources: [{ id: 'x', type }] })
    expect(of('a')).not.toBe(of('b'))
  })

  test('is the same whatever the dates, and fits into 64 bits with a sign', () => {
    fc.assert(
      fc.property(outcome, fc.record(dates), (one, other) => {
        const hash = contentHashOf(one)
        expect(contentHashOf({ ...one, ...other })).toBe(hash)
        expect(BigInt.asIntN(64, hash)).toBe(hash)
      }),
    )
  })
})
