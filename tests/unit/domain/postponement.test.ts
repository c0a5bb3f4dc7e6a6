import { expect, test } from 'vitest'
import { neededFor } from '../../../lib/domain/policies/postponement'

const day = (n: number) => new Date(Date.UTC(2026, 0, n))
const finding = { severity: 'critical' as const, openedAt: day(1), policyDue: day(11) }

test.each([
  ['up to the policy’s date needs nothing', day(11), 'critical', 'nothing'],
  ['after it needs a reason', day(12), 'critical', 'reason'],
  ['up to twice the time needs a reason', day(21), 'high', 'reason'],
  ['after twice the time needs an exception', day(22), 'high', 'exception'],
  ['no date needs an exception', null, 'critical', 'exception'],
  ['of a medium finding needs a reason, however late', day(300), 'medium', 'reason'],
  ['no date of a low finding needs a reason', null, 'low', 'reason'],
] as const)('a due date %s', (_what, due, severity, needed) => {
  expect(neededFor(due, { ...finding, severity })).toBe(needed)
})

test('without a date by the policy every date is free', () => {
  expect(neededFor(null, { ...finding, policyDue: null })).toBe('nothing')
})
