import { z } from 'zod'
import { severities } from '../findings/severity'
import { environments } from '../people/team'
import { BusinessCalendar, defaultCalendar, openCalendar } from './calendar'

const Days = z.number().int().min(1).max(3650).nullable()
/** Days by severity; null is no due date. */
const DaysBySeverity = z.strictObject(
  Object.fromEntries(severities.map(severity => [severity, Days])) as Record<(typeof severities)[number], typeof Days>,
)
/** Exceptions for an environment; unset uses the default. */
const Otherwise = DaysBySeverity.partial()

/**
 * Days to fix by severity, counted from the opening of a finding. Working days are those of the calendar; with
 * `holidays` it leaves out the public holidays of Japan.
 */
export const DuePolicy = z.strictObject({
  unit: z.enum(['calendar', 'working']),
  holidays: z.boolean(),
  days: DaysBySeverity,
  environments: z.partialRecord(z.enum(environments), Otherwise).default({}),
  // Policies of earlier versions, which had no calendar, count as before.
  calendar: BusinessCalendar.default(openCalendar),
})
export type DuePolicy = z.infer<typeof DuePolicy>

export const defaultDuePolicy: DuePolicy = {
  unit: 'calendar',
  holidays: true,
  days: { critical: 3, high: 14, medium: 60, low: 120, informational: null },
  environments: {},
  calendar: defaultCalendar,
}

/** With the version that the editor saw, so that two editors do not undo each other. */
export const SaveDuePolicy = z.strictObject({ policy: DuePolicy, seen: z.string().nullable() })
export type SaveDuePolicy = z.infer<typeof SaveDuePolicy>
