import { describe, expect, test } from 'vitest'
import { beganAt, clockStart } from '../../../lib/domain/policies/clock'
import { dueAt, respondBy } from '../../../lib/domain/policies/due'
import { DuePolicy, defaultDuePolicy } from '../../../lib/domain/policies/due-policy'

const day = (n: number) => new Date(Date.UTC(2026, 5, n))
const opened = day(20)
const starts = (kind: 'posture' | 'threat' | 'vulnerability', began: Date | null) => ({
  class: kind,
  openedAt: opened,
  beganAt: began,
})

describe('the days of a finding', () => {
  test('start with the first observation, or with the first report here, as the policy says', () => {
    for (const kind of ['posture', 'vulnerability'] as const) {
      expect(clockStart(starts(kind, day(1)), 'source')).toEqual(day(1))
      expect(clockStart(starts(kind, day(1)), 'import')).toEqual(opened)
      expect(clockStart(starts(kind, null), 'source')).toEqual(opened)
    }
  })

  test('of a threat start when it was opened, since nobody could react before', () => {
    expect(clockStart(starts('threat', day(1)), 'source')).toEqual(opened)
    const threat = { ...starts('threat', day(1)), severity: 'high' as const, environment: null }
    expect(respondBy(threat)).toEqual(new Date(opened.getTime() + 3_600_000))
    expect(dueAt(threat, 'Asia/Tokyo')).toEqual(dueAt({ ...threat, beganAt: null }, 'Asia/Tokyo'))
  })

  test('are counted by the policy in force', () => {
    const finding = { ...starts('posture', day(1)), severity: 'critical' as const, environment: null }
    expect(dueAt(finding, 'UTC')).toEqual(new Date('2026-06-04T23:59:59.999Z'))
    expect(dueAt(finding, 'UTC', { ...defaultDuePolicy, clock: 'import' })).toEqual(
      new Date('2026-06-23T23:59:59.999Z'),
    )
  })
})

test('a policy of before counts from the first report here', () => {
  const { clock: _, ...before } = defaultDuePolicy
  expect(DuePolicy.parse(before).clock).toBe('import')
  expect(defaultDuePolicy.clock).toBe('source')
})

describe('a finding that is opened now began', () => {
  test.each([
    ['with its first observation', [{ firstObservedAt: day(3), absentAt: null }], day(3)],
    ['with the earliest of several', [day(9), day(3)].map(at => ({ firstObservedAt: at, absentAt: null })), day(3)],
    ['not before a report proved it absent', [{ firstObservedAt: day(3), absentAt: day(19) }], day(19)],
    ['with what a source observed after that', [{ firstObservedAt: day(19), absentAt: day(3) }], day(19)],
    ['now if no source says when', [{ firstObservedAt: null, absentAt: null }], null],
    ['now if the source says later', [{ firstObservedAt: day(25), absentAt: null }], null],
  ])('%s', (_what, observed, expected) => {
    expect(beganAt(observed, opened)).toEqual(expected)
  })
})
