import { describe, expect, test } from 'vitest'
import { BusinessCalendar, defaultCalendar, isWorkingDay } from '../../../lib/domain/policies/calendar'
import { dueAt } from '../../../lib/domain/policies/due'
import { DuePolicy, defaultDuePolicy } from '../../../lib/domain/policies/due-policy'

const midnight = (day: string) => new Date(`${day}T00:00:00Z`)
const works = (day: string, calendar: BusinessCalendar = defaultCalendar) => isWorkingDay(midnight(day), calendar, true)
const closing = (from: string, to: string) => BusinessCalendar.safeParse({ closed: [{ from, to }], workingDays: [] })

describe('a calendar', () => {
  test.each([
    ['2026-12-28', true, 'the Monday before New Year'],
    ['2026-12-29', false, 'the first closed day'],
    ['2027-01-01', false, 'New Year’s Day'],
    ['2028-01-03', false, 'the last closed day, of the next year'],
    ['2027-01-04', true, 'the day after'],
    ['2026-08-13', false, 'a Thursday in August'],
    ['2026-08-17', true, 'the Monday after the closed days of August'],
    ['2026-11-23', false, 'a public holiday'],
  ])('on %s works: %s (%s)', (day, expected) => {
    expect(works(day)).toBe(expected)
  })

  test('closes days of one year only in that year', () => {
    const calendar = { closed: [{ name: 'Founding day', from: '2026-10-01', to: '2026-10-01' }], workingDays: [] }
    expect([works('2026-10-01', calendar), works('2027-10-01', calendar)]).toEqual([false, true])
  })

  test('works on an extra working day, whatever else it is', () => {
    const extra = { ...defaultCalendar, workingDays: ['2026-08-13', '2026-11-23', '2026-11-28'] }
    expect(extra.workingDays.map(day => works(day, extra))).toEqual([true, true, true])
    expect(extra.workingDays.map(day => works(day))).toEqual([false, false, false])
  })

  test.each([
    ['12-29', '2027-01-03', 'closedYears'],
    ['02-30', '03-01', 'closedDay'],
    ['2026-10-02', '2026-10-01', 'closedOrder'],
    ['03-01', '04-01', 'closedLong'],
  ])('refuses %s to %s: %s', (from, to, message) => {
    expect(closing(from, to).error?.issues.map(issue => issue.message)).toContain(message)
  })

  test('always leaves working days', () => {
    const months = ['01', '03', '05', '07'].map(month => ({ from: `${month}-01`, to: `${month}-31` }))
    const refused = BusinessCalendar.safeParse({ closed: months, workingDays: [] })
    expect(refused.error?.issues[0]?.message).toBe('closedTooMany')
    expect(BusinessCalendar.safeParse({ closed: months.slice(1), workingDays: [] }).success).toBe(true)
  })
})

describe('due dates in working days', () => {
  const working: DuePolicy = { ...defaultDuePolicy, unit: 'working' }
  /** The day of June 2026 or later on which a critical finding of noon is due in Tokyo. */
  const dueDay = (opened: string, policy: DuePolicy) =>
    dueAt(
      { class: 'posture', severity: 'critical', openedAt: new Date(`${opened}T03:00:00Z`), environment: null },
      'Asia/Tokyo',
      policy,
    )
      ?.toISOString()
      .slice(0, 10)

  test('skip the closed days at New Year and in August', () => {
    expect(dueDay('2026-12-28', working)).toBe('2027-01-06')
    expect(dueDay('2026-08-10', working)).toBe('2026-08-18')
  })

  test('count extra working days', () => {
    const calendar = { ...defaultCalendar, workingDays: ['2026-12-29', '2026-12-30'] }
    expect(dueDay('2026-12-28', { ...working, calendar })).toBe('2027-01-04')
  })

  test('a policy from before there were calendars counts as it did', () => {
    const { calendar: _, ...stored } = working
    const policy = DuePolicy.parse(stored)
    expect(dueDay('2026-12-28', policy)).toBe('2026-12-31')
    expect(dueDay('2026-08-10', policy)).toBe('2026-08-14')
  })
})

test('many findings of one day cost as much as one, also where a policy closes every day for years', () => {
  const closed = Array.from({ length: 47 }, (_, n) => {
    const at = (days: number) => new Date(Date.UTC(2026, 0, 1 + n * 31 + days)).toISOString().slice(0, 10)
    return { name: '', from: at(0), to: at(30) }
  })
  const days = { ...defaultDuePolicy.days, critical: 3650 }
  const policy: DuePolicy = { ...defaultDuePolicy, unit: 'working', calendar: { closed, workingDays: [] }, days }
  const finding = {
    class: 'posture',
    severity: 'critical',
    environment: null,
    openedAt: new Date('2026-01-01'),
  } as const
  const started = performance.now()
  const dates = Array.from({ length: 2_000 }, () => dueAt(finding, 'Asia/Tokyo', policy)?.getTime())
  expect(new Set(dates).size).toBe(1)
  expect(performance.now() - started).toBeLessThan(5_000)
})
