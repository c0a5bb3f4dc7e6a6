import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Severity } from '../../../lib/domain/findings/severity'
import { severities } from '../../../lib/domain/findings/severity'
import type { Environment } from '../../../lib/domain/people/team'
import { dayOf, dueAt, endOfDay, instantOf, workingDaysBefore } from '../../../lib/domain/policies/due'

const tokyo = 'Asia/Tokyo'
const newYork = 'America/New_York'
// Clocks of the third and fourth change at midnight, of the fifth by half an hour; the sixth is off by three quarters of one.
const zones = [
  tokyo,
  newYork,
  'Africa/Cairo',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
  'UTC',
]
/** When a misconfiguration is due by the default policy. */
const due = (severity: Severity, openedAt: Date, environment: Environment | null, zone: string) =>
  dueAt({ class: 'posture', severity, openedAt, environment }, zone)
const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })

describe('the policy', () => {
  test.each([
    ['critical', '2026-06-04T14:59:59.999Z'],
    ['high', '2026-06-15T14:59:59.999Z'],
    ['medium', '2026-07-31T14:59:59.999Z'],
    ['low', '2026-09-29T14:59:59.999Z'],
  ] as const)('gives %s its days, to the end of the day in Tokyo', (severity, expected) => {
    expect(due(severity, new Date('2026-06-01T03:00:00Z'), null, tokyo)).toEqual(new Date(expected))
  })

  test('sets no date for informational', () => {
    expect(due('informational', new Date('2026-06-01T03:00:00Z'), 'production', tokyo)).toBeNull()
  })

  test('counts from the day in the zone, not that of UTC', () => {
    // 00:30 of June 2 in Tokyo.
    expect(due('critical', new Date('2026-06-01T15:30:00Z'), null, tokyo)).toEqual(new Date('2026-06-05T14:59:59.999Z'))
  })

  test.each([
    ['an hour is lost', '2026-03-07T23:30:00-05:00', '2026-03-10T23:59:59.999-04:00'],
    ['an hour is gained', '2026-10-31T00:15:00-04:00', '2026-11-03T23:59:59.999-05:00'],
  ])('counts calendar days if %s on the way', (_what, opened, expected) => {
    expect(due('critical', new Date(opened), null, newYork)).toEqual(new Date(expected))
  })

  test('is never later for the more severe', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), (opened, zone) => {
        const dates = severities.flatMap(severity => due(severity, opened, null, zone)?.getTime() ?? [])
        expect(dates).toEqual(dates.toSorted((a, b) => a - b))
        expect(dates).toHaveLength(4)
      }),
    )
  })

  test('lands on the day that lies its days ahead in the calendar', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), (opened, zone) => {
        const found = due('high', opened, null, zone)
        const expected = new Date(`${dayOf(opened, zone)}T00:00:00Z`)
        expected.setUTCDate(expected.getUTCDate() + 14)
        expect(found && dayOf(found, zone)).toBe(expected.toISOString().slice(0, 10))
      }),
    )
  })
})

describe('the end of a day', () => {
  test('is its last millisecond in every zone, even if clocks change', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), (at, zone) => {
        const end = endOfDay(at, zone)
        expect(end >= at).toBe(true)
        expect(dayOf(end, zone)).toBe(dayOf(at, zone))
        expect(dayOf(new Date(end.getTime() + 1), zone) > dayOf(at, zone)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['of 23 hours', newYork, '2026-03-08T12:00:00Z', '2026-03-09T03:59:59.999Z'],
    ['of 25 hours', newYork, '2026-11-01T12:00:00Z', '2026-11-02T04:59:59.999Z'],
    ['whose midnight does not exist', 'Africa/Cairo', '2026-04-23T12:00:00Z', '2026-04-23T21:59:59.999Z'],
    ['without midnight behind UTC', 'America/Santiago', '2026-09-05T12:00:00Z', '2026-09-06T03:59:59.999Z'],
    ['with two midnights', 'America/Havana', '2026-10-31T12:00:00Z', '2026-11-01T03:59:59.999Z'],
    ['before one that a zone left out', 'Pacific/Apia', '2011-12-29T12:00:00Z', '2011-12-30T09:59:59.999Z'],
  ])('%s', (_what, zone, at, end) => {
    expect(endOfDay(new Date(at), zone)).toEqual(new Date(end))
  })
})

test('the day is that of the zone', () => {
  const at = new Date('2026-12-31T15:00:00Z')
  expect(dayOf(at, tokyo)).toBe('2027-01-01')
  expect(dayOf(at, newYork)).toBe('2026-12-31')
})

describe('the instant of a wall clock', () => {
  test.each([
    ['2026-11-23T09:30', 'Asia/Tokyo', '2026-11-23T00:30:00.000Z'],
    ['2026-11-23T09:30:15', 'UTC', '2026-11-23T09:30:15.000Z'],
    ['2026-07-01T12:00', 'America/New_York', '2026-07-01T16:00:00.000Z'],
    // Clocks go from 02:00 to 03:00: half past two is as far behind the gap.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    // Clocks go from 03:00 back to 02:00: half past two comes twice.
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(instantOf(local, zone)?.toISOString()).toBe(instant)
  })

  test.each(['', '2026-11-23', '2026-11-23T25:00', '23.11.2026 09:30'])('"%s" is none', text => {
    expect(instantOf(text, 'Asia/Tokyo')).toBeNull()
  })
})

describe('the end of the day after which so many working days are over', () => {
  const policy = { holidays: true, calendar: { closed: [{ name: '', from: '08-13', to: '08-14' }], workingDays: [] } }
  test.each([
    ['2026-06-09T00:00', 5, '2026-06-01', 'an ordinary week'],
    ['2026-06-08T23:59', 5, '2026-05-31', 'the fifth day is not over'],
    ['2026-06-13T00:00', 5, '2026-06-07', 'over a weekend'],
    ['2026-05-11T00:00', 5, '2026-04-27', 'Golden Week'],
    ['2026-08-20T00:00', 5, '2026-08-09', 'days on which the organization is closed'],
  ])('%s: %i working days after %s: %s', (now, days, day) => {
    const at = instantOf(now, tokyo) ?? new Date(Number.NaN)
    expect(workingDaysBefore(at, days, tokyo, policy)).toEqual(new Date(`${day}T14:59:59.999Z`))
  })
})
