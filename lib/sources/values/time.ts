import { RejectedRecord } from '../../domain/imports/reject'
import { instantOf } from '../../domain/policies/due'
import { shown } from './text'

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?)?\s*(Z|z|UTC|[+-]\d{2}:?\d{2})?$/
/** Epoch seconds or milliseconds as text: Prowler's CSV with `--unix-timestamp`. */
const EPOCH = /^\d{9,13}(\.\d+)?$/
const EARLIEST = Date.UTC(2000, 0, 1)
/** Epoch numbers below this are seconds (they would be 1973 in milliseconds), above it milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000

/**
 * An instant as reports write it: ISO 8601 with a zone, any fraction, and a space for the T; or epoch seconds or
 * milliseconds. Null if there is none, and for a time without a zone, which is no instant (see readUpdated). A time
 * after `now` becomes `now`, the same object: the clock of its tool is ahead. Throws bad_date for anything else, and
 * before 2000.
 */
export function readTime(value: unknown, field: string, now: Date, accountId: string | null): Date | null {
  const read = parse(value, field, accountId)
  return read?.zoned ? notAfter(new Date(read.time), now) : null
}

/** A value of a report with the name of its field. */
type Candidate = readonly [field: string, value: unknown]

/**
 * When a record was updated: the first value that is an instant. If there is none, `localTime` is the first without a
 * zone, read in the organization's zone: it may be shown, but never decides which record is older.
 */
export function readUpdated(
  candidates: readonly Candidate[],
  { now, timeZone = 'UTC' }: { now: Date; timeZone?: string },
  accountId: string | null,
): { updatedAt: Date | null; localTime?: Date | null } {
  let local: string | null = null
  for (const [field, value] of candidates) {
    const read = parse(value, field, accountId)
    if (read?.zoned) return { updatedAt: notAfter(new Date(read.time), now) }
    if (read) local ??= new Date(read.time).toISOString().slice(0, 19)
  }
  return local === null ? { updatedAt: null } : { updatedAt: null, localTime: instantOf(local, timeZone) }
}

/** The same for a time that is only shown, such as the first observation of a problem. */
export function readShown(
  candidates: readonly Candidate[],
  context: { now: Date; timeZone?: string },
  accountId: string | null,
): Date | null {
  const { updatedAt, localTime } = readUpdated(candidates, context, accountId)
  return updatedAt ?? localTime ?? null
}

function notAfter(time: Date, now: Date): Date {
  return time.getTime() > now.getTime() ? now : time
}

/** The instant of a report's text in milliseconds since 1970, in the formats of readTime; null for any other text. */
export function instantIn(text: string): number | null {
  const read = EPOCH.test(text) ? { time: epoch(Number(text)), zoned: true } : iso(text)
  return read?.zoned && read.time >= EARLIEST && read.time <= LATEST ? read.time : null
}

/** Milliseconds since 1970, of a time without a zone as if it were UTC. */
function parse(value: unknown, field: string, accountId: string | null): { time: number; zoned: boolean } | null {
  if (value === undefined || value === null || value === '') return null
  const read =
    typeof value === 'number'
      ? { time: epoch(value), zoned: true }
      : typeof value === 'string'
        ? EPOCH.test(value)
          ? { time: epoch(Number(value)), zoned: true }
          : iso(value)
        : null
  // Also false for NaN, and for values beyond the range of Date.
  if (read && read.time >= EARLIEST && read.time <= LATEST) return read
  throw new RejectedRecord('bad_date', { field, value: shown(value) }, accountId)
}

/** The last instant that ISO 8601 writes with four digits for the year. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

function epoch(value: number): number {
  return value < FIRST_MILLISECONDS ? value * 1000 : value
}

function iso(value: string): { time: number; zoned: boolean } | null {
  // By far the most common form, which Date.parse reads.
  if (value.length <= 24 && value.endsWith('Z') && value[10] === 'T' && value[4] === '-')
    return { time: exact(value, Date.parse(value)), zoned: true }
  const match = ISO.exec(value)
  if (!match) return null
  const [, day = '', clock, fraction = '', zone] = match
  if (clock === undefined)
    return zone === undefined ? { time: exact(day, Date.parse(`${day}T00:00:00Z`)), zoned: false } : null
  const offset =
    zone === undefined || /^(z|utc)$/i.test(zone)
      ? 'Z'
      : zone.includes(':')
        ? zone
        : `${zone.slice(0, 3)}:${zone.slice(3)}`
  return {
    time: exact(day, Date.parse(`${day}T${clock}${fraction.slice(0, 4)}${offset}`)),
    zoned: zone !== undefined,
  }
}

/** Date.parse reads February 30 as March 1; such a date is invalid. */
function exact(text: string, time: number): number {
  const day = Number(text.slice(8, 10))
  if (day <= 28) return time
  const month = Number(text.slice(5, 7))
  return day <= new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate() ? time : Number.NaN
}
