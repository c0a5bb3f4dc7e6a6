import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { silentAfter, usualInterval, withReport } from '../../../lib/domain/cadence'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const start = Date.UTC(2026, 5, 1)
/** Reports at these days, in the order given. */
const heard = (...days: number[]) =>
  days.reduce<Date[]>((times, day) => withReport(times, new Date(start + day * DAY)), [])
const silentOn = (...days: number[]) =>
  (silentAfter(heard(...days), new Date(start + Math.max(...days) * DAY)).getTime() - start) / DAY

describe('what is remembered', () => {
  test('files of one report count once, and the first of them stands for it', () => {
    const minutes = [0, 5, 12, 29].map(minute => minute / 1440)
    expect(heard(...minutes)).toEqual([new Date(start)])
    expect(heard(...minutes.toReversed())).toEqual([new Date(start)])
    expect(heard(0, 1)).toHaveLength(2)
  })

  test('does not depend on the order in which reports arrive', () => {
    expect(heard(3, 1, 2)).toEqual(heard(1, 2, 3))
  })

  test('three hours apart are two reports', () => {
    expect(heard(0, 1 / 8)).toHaveLength(2)
    expect(heard(0, 1 / 8 - 1 / 86_400_000)).toHaveLength(1)
  })

  test('is bounded, and the newest stay', () => {
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

  test('no sooner than a day after its time, however often it comes', () => {
    expect(silentOn(...Array.from({ length: 12 }, (_, hour) => hour / 24))).toBeCloseTo((11 + 27) / 24)
  })

  test('a day and a bit after its last report where it comes every ten minutes', () => {
    expect(silentOn(...Array.from({ length: 200 }, (_, n) => n / 144))).toBeCloseTo((199 / 6 + 27) / 24)
  })

  test('no sooner where the files of a daily report take an hour and a half to arrive', () => {
    const files = [0, 1, 2, 3].flatMap(day => [0, 30, 60, 90].map(minute => day + minute / 1440))
    expect(silentOn(...files)).toBeCloseTo(3 + 1.5 / 24 + 2)
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

  test('of unknown cadence where it was heard once or never', () => {
    expect(usualInterval([])).toBeNull()
    expect(usualInterval([new Date()])).toBeNull()
  })

  test('always after its last report, whatever came before', () => {
    const days = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(days, list => {
        const last = Math.max(...list)
        expect(silentOn(...list)).toBeGreaterThanOrEqual(last + 1)
      }),
    )
  })
})
