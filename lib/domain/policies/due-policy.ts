import { z } from 'zod'
import { severities } from '../findings/severity'
import { environments } from '../people/team'
import { BusinessCalendar, defaultCalendar, openCalendar } from './calendar'
import { Clock } from './clock'
import { defaultExploited, ExploitedPolicy } from './exploited'

const Days = z.number().int().min(1).max(3650).nullable()
const Hours = z.number().int().min(1).max(720).nullable()

/** A limit for each severity; null is no date. */
function bySeverity<L extends z.ZodType>(limit: L) {
  return z.strictObject(
    Object.fromEntries(severities.map(severity => [severity, limit])) as Record<(typeof severities)[number], L>,
  )
}

const DaysBySeverity = bySeverity(Days)
/** Exceptions for an environment; unset uses the default. */
const environmentsOf = <L extends z.ZodType>(limits: L) => z.partialRecord(z.enum(environments), limits).default({})
const Otherwise = DaysBySeverity.partial()

/** Deadlines of threats: clock hours to respond and working days to close, by severity and environment. */
const ThreatDeadlines = z.strictObject({
  respondHours: bySeverity(Hours),
  respondEnvironments: environmentsOf(bySeverity(Hours).partial()),
  days: DaysBySeverity,
  environments: environmentsOf(Otherwise),
})

/** Days for vulnerabilities; unset uses those of the other findings. */
const VulnerabilityDeadlines = z.strictObject({ days: Otherwise, environments: environmentsOf(Otherwise) })

/** Somebody reacts to an active threat within an hour, to a minor one within a day. */
const defaultThreats: z.infer<typeof ThreatDeadlines> = {
  respondHours: { critical: 1, high: 1, medium: 24, low: 24, informational: 24 },
  respondEnvironments: {},
  days: { critical: 1, high: 1, medium: 5, low: 10, informational: null },
  environments: {},
}
const defaultVulnerabilities: z.infer<typeof VulnerabilityDeadlines> = { days: {}, environments: {} }

/**
 * Deadlines by class, severity and environment, counted from the start of its clock. Working days are those of the
 * calendar; with `holidays` it leaves out the public holidays of Japan.
 */
export const DuePolicy = z.strictObject({
  unit: z.enum(['calendar', 'working']),
  holidays: z.boolean(),
  days: DaysBySeverity,
  environments: environmentsOf(Otherwise),
  // Policies of earlier versions, which had no clock and no calendar, count as before.
  clock: Clock.default('import'),
  calendar: BusinessCalendar.default(openCalendar),
  threats: ThreatDeadlines.default(defaultThreats),
  vulnerabilities: VulnerabilityDeadlines.default(defaultVulnerabilities),
  exploited: ExploitedPolicy.default(defaultExploited),
})
export type DuePolicy = z.infer<typeof DuePolicy>

export const defaultDuePolicy: DuePolicy = {
  unit: 'calendar',
  holidays: true,
  clock: 'source',
  days: { critical: 3, high: 14, medium: 60, low: 120, informational: null },
  environments: {},
  calendar: defaultCalendar,
  threats: defaultThreats,
  vulnerabilities: defaultVulnerabilities,
  exploited: defaultExploited,
}

/** With the version that the editor saw, so that two editors do not undo each other. */
export const SaveDuePolicy = z.strictObject({ policy: DuePolicy, seen: z.string().nullable() })
export type SaveDuePolicy = z.infer<typeof SaveDuePolicy>
