const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Files of one report arrive together: a file within this time after the previous one is of the same report. */
const BURST = 30 * MINUTE
/** Longest report, so that a feed without pauses still has several reports. */
const LONGEST = 4 * HOUR
const REMEMBERED = 16
/** Patience before there are three reports: a weekly scan that is a day late is not silent. */
const UNKNOWN = 8 * DAY

/** Times of a feed's reports: when each began, oldest first, and the last file of the newest one. */
export interface ReportTimes {
  began: readonly Date[]
  last: Date
}

/** The times after one more file. At most the newest 16 reports are kept. */
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

/** A gap of more than this many medians was an outage; weekends and holidays of a daily report are shorter. */
const OUTAGE = 4

/**
 * The longest usual gap between reports in milliseconds, without outages, so that a weekend is not silence. Null for
 * fewer than three reports.
 */
export function usualInterval(began: readonly Date[]): number | null {
  const gaps = began.slice(1).map((date, at) => date.getTime() - (began[at]?.getTime() ?? 0))
  if (gaps.length < 2) return null
  gaps.sort((a, b) => a - b)
  const middle = gaps[Math.floor((gaps.length - 1) / 2)] ?? 0
  return Math.max(...gaps.filter(gap => gap <= OUTAGE * middle))
}

/**
 * When a feed starts to count as silent: one and a half usual intervals after its last file, and at least one interval
 * and a day.
 */
export function silentAfter({ began, last }: ReportTimes): Date {
  const usual = usualInterval(began)
  const patience = usual === null ? UNKNOWN : Math.max(1.5 * usual, usual + DAY)
  return new Date(last.getTime() + patience)
}
