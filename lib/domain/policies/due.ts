import type { Severity } from '../findings/severity'
import type { Environment } from '../people/team'
import { isWorkingDay } from './calendar'
import { clockStart, type Starts } from './clock'
import { type DuePolicy, defaultDuePolicy } from './due-policy'

/** What the dates of a finding depend on. */
export interface Dated extends Starts {
  severity: Severity
  environment: Environment | null
}

/**
 * When a finding is due: the end of the day, in the organization's zone, the policy's number of days after the
 * start of its clock. The days of threats are working days. Null if the policy sets no date.
 */
export function dueAt(finding: Dated, timeZone: string, policy: DuePolicy = defaultDuePolicy): Date | null {
  const days = daysFor(finding, policy)
  if (days === null) return null
  const start = clockStart(finding, policy.clock)
  if (policy.unit === 'calendar' && finding.class !== 'threat') return endOfDay(start, timeZone, days)
  return endOfDay(start, timeZone, calendarDays(dayOf(start, timeZone), days, policy))
}

function daysFor({ class: kind, severity, environment }: Dated, policy: DuePolicy): number | null {
  const own = kind === 'threat' ? policy.threats : kind === 'vulnerability' ? policy.vulnerabilities : null
  for (const { environments, days } of own ? [own, policy] : [policy]) {
    const exception = environment === null ? undefined : environments[environment]?.[severity]
    const limit = exception === undefined ? days[severity] : exception
    if (limit !== undefined) return limit
  }
  return null
}

const HOUR = 3_600_000

/** By when somebody responds to a threat: hours of the clock after it was opened. Null for other classes. */
export function respondBy(
  { class: kind, severity, openedAt, environment }: Dated,
  { threats }: DuePolicy = defaultDuePolicy,
): Date | null {
  if (kind !== 'threat') return null
  const exception = environment === null ? undefined : threats.respondEnvironments[environment]?.[severity]
  const hours = exception === undefined ? threats.respondHours[severity] : exception
  return hours === null ? null : new Date(openedAt.getTime() + hours * HOUR)
}

const DAY = 86_400_000

/** Numbers of calendar days that were counted before, by policy: an import has many findings of one day. */
const counted = new WeakMap<DuePolicy, Map<string, number>>()

/** The number of calendar days that contain so many working days after `day` (YYYY-MM-DD). */
function calendarDays(day: string, workingDays: number, policy: DuePolicy): number {
  const known = counted.get(policy) ?? new Map<string, number>()
  counted.set(policy, known)
  const key = `${day} ${workingDays}`
  const days = known.get(key) ?? countDays(day, workingDays, policy)
  known.set(key, days)
  return days
}

function countDays(day: string, workingDays: number, { calendar, holidays }: DuePolicy): number {
  const start = Date.parse(`${day}T00:00:00Z`)
  let [remaining, days] = [workingDays, 0]
  while (remaining > 0) {
    days++
    if (isWorkingDay(new Date(start + days * DAY), calendar, holidays)) remaining--
  }
  return days
}

/**
 * The end of the newest day after which so many working days are over. Like a due date, a day is over at its end, and the day
 * of the event itself does not count.
 */
export function workingDaysBefore(
  now: Date,
  workingDays: number,
  timeZone: string,
  { calendar, holidays }: Pick<DuePolicy, 'calendar' | 'holidays'>,
): Date {
  const today = Date.parse(`${dayOf(now, timeZone)}T00:00:00Z`)
  let [remaining, days] = [workingDays, 0]
  while (remaining > 0) {
    days++
    if (isWorkingDay(new Date(today - days * DAY), calendar, holidays)) remaining--
  }
  return endOfDay(now, timeZone, -days - 1)
}

/** The number of calendar days in `timeZone` between two instants; negative if `to` is earlier. */
export function daysBetween(from: Date, to: Date, timeZone: string): number {
  return (Date.parse(dayOf(to, timeZone)) - Date.parse(dayOf(from, timeZone))) / DAY
}

/** The last millisecond of the day of `instant` in `timeZone`, or of the day `daysLater` calendar days later. */
export function endOfDay(instant: Date, timeZone: string, daysLater = 0): Date {
  const [year, month, day] = dayOf(instant, timeZone).split('-').map(Number)
  const nextMidnight = Date.UTC(year ?? 1970, (month ?? 1) - 1, (day ?? 1) + daysLater + 1)
  const offset = offsetAt(new Date(nextMidnight), timeZone)
  const guess = nextMidnight - offset
  // On other days clocks change, some of them at midnight itself, which then does not exist.
  const start = offsetAt(new Date(guess), timeZone) === offset ? guess : firstAt(nextMidnight, timeZone)
  return new Date(start - 1)
}

/**
 * The instant that a wall clock in `timeZone` shows as `local` (YYYY-MM-DDTHH:MM, seconds optional). If clocks are set
 * forward over it, the instant equally far after the gap; if they are set back, the first of the two. Null for anything
 * else.
 */
export function instantOf(local: string, timeZone: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)) return null
  const wall = Date.parse(`${local}Z`)
  if (Number.isNaN(wall)) return null
  return new Date(firstAt(wall, timeZone))
}

/** When a wall clock first shows a time, given as if it were UTC; in a gap the instant equally far after it. */
function firstAt(wall: number, timeZone: string): number {
  const offsets = [offsetAt(new Date(wall - DAY), timeZone), offsetAt(new Date(wall + DAY), timeZone)]
  const matching = offsets.map(offset => wall - offset).filter(at => at + offsetAt(new Date(at), timeZone) === wall)
  return matching.length > 0 ? Math.min(...matching) : wall - (offsets[0] ?? 0)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format
}

function partsOf(instant: Date, timeZone: string): Record<string, string> {
  return Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(part => [part.type, part.value]),
  )
}

/** The day of `instant` in `timeZone`, as YYYY-MM-DD. */
export function dayOf(instant: Date, timeZone: string): string {
  const parts = partsOf(instant, timeZone)
  return `${parts.year}-${parts.month}-${parts.day}`
}

/** Milliseconds that `timeZone` is ahead of UTC at `instant`. */
function offsetAt(instant: Date, timeZone: string): number {
  const parts = partsOf(instant, timeZone)
  const wall = Date.UTC(
    Number(parts.year),
    Number(parts.month) - 1,
    Number(parts.day),
    Number(parts.hour),
    Number(parts.minute),
    Number(parts.second),
  )
  return wall - Math.floor(instant.getTime() / 1000) * 1000
}
