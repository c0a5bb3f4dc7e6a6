import { expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { cut } from '../../../lib/sources/values/text'
import { example, now, outcomeOf, rejectOf } from './support'

const control = example('asff/security-hub-control.json')
const named = (id: string) => ({ ...control, Compliance: { Status: 'FAILED', SecurityControlId: id } })

test('a text is cut at a number of bytes, between characters', () => {
  expect(cut('火の見', 9)).toBe('火の見')
  expect(cut('火の見', 8)).toBe('火の')
  expect(cut('a🏯', 4)).toBe('a')
  expect(cut('a🏯', 5)).toBe('a🏯')
})

test('a title is truncated if its bytes exceed an index row', () => {
  expect(outcomeOf({ ...control, Title: '鬼'.repeat(900) }).title).toBe('鬼'.repeat(666))
  expect(outcomeOf({ ...control, Title: 'x'.repeat(900) }).title).toBe('x'.repeat(900))
})

test('a control is limited in bytes, because it is part of index rows', () => {
  expect(outcomeOf(named('鬼'.repeat(170))).control).toBe('鬼'.repeat(170))
  expect(rejectOf(named('鬼'.repeat(171)))).toEqual({
    code: 'bad_field',
    params: { field: 'control' },
    accountId: '012345678901',
  })
})

test.each([
  ['Id', { Id: '鬼'.repeat(683) }],
  ['Resources.Id', { Resources: [{ Id: '鬼'.repeat(683) }] }],
  ['Resources.Id', { Resources: [{ Id: '\0'.repeat(683) }] }],
  ['region', { Region: `us${'-east'.repeat(20)}`, Resources: [{ Id: 'a' }] }],
])('a %s that exceeds an index row is refused', (field, change) => {
  expect(rejectOf({ ...control, ...change })).toMatchObject({ code: 'bad_field', params: { field } })
})

test('a former Region that exceeds an index row is left out', () => {
  const long = `us${'-east'.repeat(20)}`
  const Resources = [{ Id: 'arn:aws:s3:eu-west-1:012345678901:bucket', Type: 'AwsS3Bucket' }]
  expect(outcomeOf({ ...control, Region: 'us-east-1', Resources })).toMatchObject({ former: { region: 'us-east-1' } })
  expect(outcomeOf({ ...control, Region: long, Resources }).former?.region).toBeUndefined()
})

test('a resource with a blank name is ignored', () => {
  expect(rejectOf({ ...control, Resources: [{ Id: ' ' }] })).toMatchObject({
    code: 'missing_field',
    params: { field: 'resource' },
  })
  expect(outcomeOf({ ...control, Resources: [{ Id: 'a' }, { Id: '\u3000' }] }).resource.id).toBe('a')
})

test('of the other resources of a finding a hundred are kept', () => {
  const Resources = Array.from({ length: 400 }, (_, n) => ({ Id: `r${n}`, Type: 'Other' }))
  const outcomes = outcomesOf({ ...control, Resources, Vulnerabilities: [{ Id: 'CVE-2025-0001' }] }, { now })
  expect(new Set(outcomes.map(({ otherResources }) => otherResources.length))).toEqual(new Set([100]))
})

test('a posture record with an implausible number of resources is refused', () => {
  const Resources = Array.from({ length: 1001 }, (_, n) => ({ Id: `r${n}`, Type: 'Other' }))
  expect(outcomesOf({ ...control, Resources: Resources.slice(1) }, { now })).toHaveLength(1000)
  expect(rejectOf({ ...control, Resources })).toMatchObject({ code: 'bad_field', params: { field: 'Resources' } })
})
