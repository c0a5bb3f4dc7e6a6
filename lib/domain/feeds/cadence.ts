const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Files of one report arrive together: what lies closer than this to the one before is of the same report. */
const BURST = 30 * MINUTE
/** No report goes on longer: a feed that never pauses is heard again and again. */
const LONGEST = 4 * HOUR
const REMEMBERED = 16
/** Before there are three reports nobody knows how often one comes: a weekly scan and a day's delay are not silence. */
const UNKNOWN = 8 * DAY

/** When a feed was heard: its reports by when they began, oldest first, and the last file of the newest of them. */
export interface ReportTimes {
  began: readonly Date[]
  last: Date
}

/** What is known of a feed with one more file. At most 16 reports are kept, the newest. */
export function withReport(known: ReportTimes | null, at: Date): ReportTimes {
  if (!known) return { began: [at], last: at }
  const { began, last } = known
  const newest = began.at(-1) ?? last
  const joins =
    at > last
      ? at.getTime() - last.getTime() < BURST && at.getTime() - newest.getTime() < LONGEST
      : at >= newest || began.some(start => Math.abs(at.getTime() - start.getTime()) < BURST)
  const times = joins ? began : [...began, at].toSorted((a, b) => a.getTime() - b.getTime())
  return { began: times.slice(-REMEMBERED), last: at > last ? at : last }
}

/** A gap so many times the middle one was an outage; weekends and holidays of a daily report are less. */
const OUTAGE = 4

/**
 * How far apart reports come at most, in milliseconds, outages left out, so that a weekend does not look like silence. Null for fewer
 * than three reports.
 */
function usualInterval(began: readonly Date[]): number | null {
  const gaps = began.slice(1).map((date, at) => date.getTime() - (began[at]?.getTime() ?? 0))
  if (gaps.length < 2) return null
  gaps.sort((a, b) => a - b)
  const middle = gaps[Math.floor((gaps.length - 1) / 2)] ?? 0
  return Math.max(...gaps.filter(gap => gap <= OUTAGE * middle))
}

/** From when on a feed counts as silent: one and a half times its usual interval after its last file, and a day later at least, however often it comes. */
export function silentAfter({ began, last }: ReportTimes): Date {
  const usual = usualInterval(began)
  const patience = usual === null ? UNKNOWN : Math.max(1.5 * usual, usual + DAY)
  return new Date(last.getTime() + patience)
}
