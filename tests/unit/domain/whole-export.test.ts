import { expect, test } from 'vitest'
import { everyFinding, FindingFilter, isWhole } from '@/lib/domain/findings/filter'
import { environments } from '@/lib/domain/people/team'

const whole: Partial<FindingFilter>[] = [
  {},
  { status: ['new', 'resolved'] },
  { sort: 'oldest', change: 'created' },
  { environment: [...environments], severity: ['critical', 'high', 'medium', 'low', 'informational'] },
  { text: '', overdue: false, owner: [] },
]
const narrow: Partial<FindingFilter>[] = [
  { team: ['sre'] },
  { account: ['111122223333'] },
  { severity: ['critical'] },
  { source: ['prowler'] },
  { owner: ['me'] },
  { control: ['S3.1'] },
  { framework: ['fsbp'] },
  { category: ['exposure'] },
  { tag: ['Team=billing'] },
  { package: ['openssl'] },
  { resource: ['arn:aws:s3:::payroll'] },
  { resourceType: ['AwsS3Bucket'] },
  { overdue: true },
  { class: ['threat'] },
  { exploit: true },
  { kev: true },
  { epss: 1 },
  { fix: true },
  { observedFrom: '2026-11-01' },
  { observedTo: '2026-11-01' },
  { lastObservedFrom: '2026-11-01' },
  { lastObservedTo: '2026-11-01' },
  { unconfirmed: true },
  { import: 7 },
  { changeset: '11111111-1111-4111-8111-111111111111' },
  { leftBy: '11111111-1111-4111-8111-111111111111' },
  { exception: 7 },
  { text: 'bucket' },
]

test.each(whole)('%j exports everything', filter => {
  expect(isWhole({ ...everyFinding, ...filter })).toBe(true)
})

test.each(narrow)('%j is a part', filter => {
  expect(isWhole({ ...everyFinding, ...filter })).toBe(false)
})

test('every field of the filter is tried', () => {
  const tried = new Set([...whole, ...narrow].flatMap(Object.keys))
  expect(Object.keys(FindingFilter.shape).filter(name => !tried.has(name))).toEqual([])
})
