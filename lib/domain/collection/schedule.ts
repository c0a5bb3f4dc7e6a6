import type { RoundKind } from './connection'

/** When full rounds begin, by the organization's clock. */
const FULL_HOUR = 2
const HOUR_MS = 3_600_000

/** The hour of the day in a time zone, 0 to 23. */
function hourIn(at: Date, timeZone: string): number {
  return Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(at))
}

/**
 * The latest scheduled times up to `at`: each full hour for light rounds, and the one at night for full rounds. A full
 * round that was missed is made up for within the day.
 */
export function slotsAt(at: Date, timeZone: string): Record<Exclude<RoundKind, 'single'>, Date> {
  const light = new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS)
  let full = light
  // Twice around the day, since one hour of it may be missing.
  for (let hours = 0; hours < 48 && hourIn(full, timeZone) !== FULL_HOUR; hours++)
    full = new Date(full.getTime() - HOUR_MS)
  return { full, light }
}
