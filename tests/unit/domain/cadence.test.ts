import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReportTimes, silentAfter, withReport } from '../../../lib/domain/feeds/cadence'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const start = Date.UTC(2026, 5, 1)
/** The stored report times after reports on these days, in this order. */
function hearing(days: readonly number[]): ReportTimes {
  const known = days.reduce<ReportTimes | null>((so, day) => withReport(so, new Date(start + day * DAY)), null)
  if (!known) throw new Error('nothing was heard')
  return known
}
const heard = (...days: number[]) => hearing(days).began
const silentOn = (...days: number[]) => (silentAfter(hearing(days)).getTime() - start) / DAY
/** So many times, so many minutes apart, in days from a day on. */
const every = (minutes: number, times: number, from = 0) =>
  Array.from({ length: times }, (_, at) => from + (at * minutes) / 1440)
const last = (days: readonly number[]) => Math.max(...days)

describe('the list of report times', () => {
  test('files of one report count once, by the first of them; the last one is the time of the last report', () => {
    const minutes = [0, 5, 12, 41, 70].map(minute => minute / 1440)
    expect(hearing(minutes)).toEqual({ began: [new Date(start)], last: new Date(start + 70 * MINUTE) })
    expect(heard(0, 1)).toHaveLength(2)
  })

  test('does not depend on the order in which reports arrive', () => {
    expect(hearing([3, 1, 2])).toEqual(hearing([1, 2, 3]))
  })

  test('files of one report that arrive in another order are one report', () => {
    expect(heard(...[10, 0, 20].map(minute => minute / 1440))).toHaveLength(1)
    expect(heard(...[0, 1440 + 20, 1440, 5, 1440 + 10].map(minute => minute / 1440))).toHaveLength(2)
  })

  test('half an hour between files makes two reports', () => {
    expect(heard(0, 1 / 48)).toHaveLength(2)
    expect(heard(0, 1 / 48 - 1 / 86_400_000)).toHaveLength(1)
  })

  test('a report that lasts four hours is not one report', () => {
    expect(heard(...every(10, 24))).toEqual([new Date(start)])
    expect(heard(...every(10, 25))).toEqual([new Date(start), new Date(start + 4 * HOUR)])
  })

  test('is limited, and keeps the newest', () => {
    const times = heard(...Array.from({ length: 100 }, (_, day) => day))
    expect(times).toHaveLength(16)
    expect(times.at(-1)).toEqual(new Date(start + 99 * DAY))
  })
})

describe('a feed counts as silent', () => {
  test.each([
    ['after eight days where nobody knows its cadence yet', [0], 8],
    ['after eight days where there were two reports', [0, 1], 9],
    ['a day late where it comes daily', [0, 1, 2, 3, 4], 6],
    ['three and a half days late where it comes weekly', [0, 7, 14, 21], 31.5],
    ['not over a weekend where it comes on working days', [0, 1, 2, 3, 4, 7, 8, 9, 10, 11], 15.5],
  ])('%s', (_how, days, silent) => {
    expect(silentOn(...days)).toBe(silent)
  })

  test.each([
    ['every ten minutes', every(10, 100), 28],
    ['every quarter of an hour, late ones between', [...every(30, 48), ...every(30, 48, 1 / 96)], 24.5],
    ['hourly', every(60, 30), 25],
    ['daily', every(1440, 20), 48],
    ['weekly', every(7 * 1440, 10), 10.5 * 24],
    ['daily in twelve files over an hour', every(1440, 16).flatMap(day => every(5, 12, day)), 48],
    ['daily in ten files over three hours and a half', every(1440, 16).flatMap(day => every(23, 10, day)), 48],
  ])('that comes %s, so many hours after its last file', (_how, days, hours) => {
    expect((silentOn(...days) - last(days)) * 24).toBeCloseTo(hours, 5)
  })

  test('never between two files, however many minutes lie between them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 3, max: 200 }), (minutes, times) => {
        const days = every(minutes, times)
        expect(silentOn(...days) - last(days)).toBeGreaterThan(Math.max(1, minutes / 1440))
      }),
    )
  })

  test('not because of an unknown cadence if it reports continuously', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 240 }), minutes => {
        const days = every(minutes, Math.ceil(1440 / minutes) + 1)
        expect(silentOn(...days) - last(days)).toBeLessThan(2)
      }),
    )
  })

  test('no sooner than a day after its time, however often it comes', () => {
    expect(silentOn(...[0, 1, 2, 3, 4, 5].map(hour => hour / 24))).toBeCloseTo((5 + 25) / 24)
  })

  test('as before after one long outage', () => {
    const daily = Array.from({ length: 8 }, (_, day) => day)
    const after = Array.from({ length: 8 }, (_, day) => day + 40)
    expect(silentOn(...daily, ...after)).toBe(49)
  })

  test('with a gap of four times the usual, and not with a longer one', () => {
    expect(silentOn(0, 1, 2, 3, 7)).toBe(13)
    expect(silentOn(0, 1, 2, 3, 7.5)).toBe(9.5)
  })

  test('by three reports, with the shorter of two gaps as the usual one', () => {
    expect(silentOn(0, 1, 8)).toBe(10)
  })

  test('after eight days if it reported once or twice', () => {
    expect(silentOn(0)).toBe(8)
    expect(silentOn(0, 1)).toBe(9)
  })

  test('always after its last report, whatever came before', () => {
    const days = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(days, list => {
        expect(silentOn(...list)).toBeGreaterThanOrEqual(last(list) + 1)
      }),
    )
  })
})
