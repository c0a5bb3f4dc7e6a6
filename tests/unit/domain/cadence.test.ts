import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { silentAfter, usualInterval, withReport } from '../../../lib/domain/cadence'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const start = Date.UTC(2026, 5, 1)
/** Reports at these days, in the order given. */
const heard = (...days: number[]) =>
  days.reduce<Date[]>((times, day) => withReport(times, new Date(start + day * DAY)), [])
const silentOn = (...days: number[]) => ((silentAfter(heard(...days))?.getTime() ?? Number.NaN) - start) / DAY

describe('what is remembered', () => {
  test('files of one report count once, and the newest of them stands for it', () => {
    const minutes = [0, 5, 12, 29].map(minute => minute / 1440)
    expect(heard(...minutes)).toEqual([new Date(start + 29 * 60_000)])
    expect(heard(0, 1)).toHaveLength(2)
  })

  test('does not depend on the order in which reports arrive', () => {
    expect(heard(3, 1, 2)).toEqual(heard(1, 2, 3))
  })

  test('half an hour apart are two reports', () => {
    expect(heard(0, 1 / 48)).toHaveLength(2)
    expect(heard(0, 1 / 48 - 1 / 86_400_000)).toHaveLength(1)
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

  test('never where it was never heard', () => {
    expect(silentAfter([])).toBeNull()
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
