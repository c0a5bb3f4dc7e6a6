import holidays from '@holiday-jp/holiday_jp'
import { z } from 'zod'
import { recentDay } from '../text/century'
import { plainText } from '../text/plain-text'

const YEARLY =
  /^(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))$/

/** A day of every year as MM-DD, or of one year as YYYY-MM-DD. */
const CalendarDay = z.union([recentDay, z.string().regex(YEARLY)], 'closedDay')

/** See isContradiction in lib/domain/api/query.ts. */
const contradiction = { params: { contradiction: true } }

/** A closed period, both days included. With days of every year it may cross New Year. */
const ClosedPeriod = z
  .strictObject({ name: plainText(60).default(''), from: CalendarDay, to: CalendarDay })
  .refine(({ from, to }) => from.length === to.length, { error: 'closedYears', path: ['to'], ...contradiction })
  .refine(period => lengthOf(period) >= 1, { error: 'closedOrder', path: ['to'], ...contradiction })
  .refine(period => lengthOf(period) <= 31, { error: 'closedLong', path: ['to'], ...contradiction })
export type ClosedPeriod = z.infer<typeof ClosedPeriod>

const DAY = 86_400_000

/** The number of days of a period. */
function lengthOf({ from, to }: { from: string; to: string }): number {
  const yearly = from.length === 5
  // A leap year, which has every day.
  const at = (day: string) => Date.parse(`${yearly ? `2024-${day}` : day}T00:00:00Z`)
  const days = (at(to) - at(from)) / DAY + 1
  return yearly && days < 1 ? days + 366 : days
}

/** Days of every year that may be closed together, so that working days remain. */
const MAX_CLOSED = 100

/** When the organization works, beside Saturdays, Sundays and public holidays. */
export const BusinessCalendar = z.strictObject({
  closed: z
    .array(ClosedPeriod)
    .max(50)
    .refine(
      periods =>
        periods.filter(({ from }) => from.length === 5).reduce((sum, period) => sum + lengthOf(period), 0) <=
        MAX_CLOSED,
      { error: 'closedTooMany', ...contradiction },
    ),
  /** Working days, whatever else is said of them. */
  workingDays: z.array(recentDay).max(100),
})
export type BusinessCalendar = z.infer<typeof BusinessCalendar>

/** No closed periods: what policies counted by before they had a calendar. */
export const openCalendar: BusinessCalendar = { closed: [], workingDays: [] }

/**
 * Closed days of the offices of Japan around New Year (https://laws.e-gov.go.jp/law/363AC0000000091), and the usual
 * ones of companies in August.
 */
export const defaultCalendar: BusinessCalendar = {
  closed: [
    { name: '', from: '12-29', to: '01-03' },
    { name: '', from: '08-13', to: '08-15' },
  ],
  workingDays: [],
}

/**
 * Whether the organization works on a day of the calendar, given as its midnight in UTC. Holidays:
 * https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html
 */
export function isWorkingDay(day: Date, { closed, workingDays }: BusinessCalendar, withHolidays: boolean): boolean {
  const text = day.toISOString().slice(0, 10)
  if (workingDays.includes(text)) return true
  const weekday = day.getUTCDay()
  if (weekday === 0 || weekday === 6) return false
  if (withHolidays && Object.hasOwn(holidays.holidays, text)) return false
  return !closed.some(period => contains(period, text))
}

function contains({ from, to }: ClosedPeriod, text: string): boolean {
  const day = from.length === 5 ? text.slice(5) : text
  return from <= to ? from <= day && day <= to : from <= day || day <= to
}
