import { RejectedRecord } from '../domain/reject'
import { shown } from './text'

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?)?\s*(Z|z|UTC|[+-]\d{2}:?\d{2})?$/
const EARLIEST = Date.UTC(2000, 0, 1)
const DAY = 86_400_000
/** Epoch numbers below are seconds (they would be 1973 in milliseconds), above milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000

/**
 * A time as reports write it: ISO 8601 with any fraction, a zone or none (then UTC), a space for the T; or epoch seconds
 * or milliseconds. Null where there is none. Throws bad_date for anything else, before 2000, or over a day after `now`.
 */
export function readTime(value: unknown, field: string, now: Date, accountId: string | null): Date | null {
  if (value === undefined || value === null || value === '') return null
  const time = typeof value === 'number' ? epoch(value) : typeof value === 'string' ? iso(value) : Number.NaN
  // Also false for NaN.
  if (time >= EARLIEST && time <= now.getTime() + DAY) return new Date(time)
  throw new RejectedRecord('bad_date', { field, value: shown(value) }, accountId)
}

function epoch(value: number): number {
  return value < FIRST_MILLISECONDS ? value * 1000 : value
}

function iso(value: string): number {
  // The usual form by far, which Date.parse takes as it is.
  if (value.length <= 24 && value.endsWith('Z') && value[10] === 'T' && value[4] === '-')
    return exact(value, Date.parse(value))
  const match = ISO.exec(value)
  if (!match) return Number.NaN
  const [, day = '', clock, fraction = '', zone] = match
  if (clock === undefined) return zone === undefined ? exact(day, Date.parse(`${day}T00:00:00Z`)) : Number.NaN
  const offset =
    zone === undefined || /^(z|utc)$/i.test(zone)
      ? 'Z'
      : zone.includes(':')
        ? zone
        : `${zone.slice(0, 3)}:${zone.slice(3)}`
  return exact(day, Date.parse(`${day}T${clock}${fraction.slice(0, 4)}${offset}`))
}

/** Date.parse takes February 30 for March 1; such a date is a broken one. */
function exact(text: string, time: number): number {
  const day = Number(text.slice(8, 10))
  if (day <= 28) return time
  const month = Number(text.slice(5, 7))
  return day <= new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate() ? time : Number.NaN
}
