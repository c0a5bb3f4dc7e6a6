const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Files of one report arrive together: what comes so soon after the first of them belongs to it. */
const ONE_REPORT = 3 * HOUR
const REMEMBERED = 16
/** Before there are three reports nobody knows how often one comes: a weekly scan and a day's delay are not silence. */
const UNKNOWN = 8 * DAY

/**
 * The times at which a feed was heard, oldest first, with one more; of the files of one report the first counts, so that what comes every
 * ten minutes does not count as one report for ever. At most 16 are kept, the newest.
 */
export function withReport(heard: readonly Date[], at: Date): Date[] {
  const times = [...heard.map(date => date.getTime()), at.getTime()].sort((a, b) => a - b)
  const apart: number[] = []
  for (const time of times) {
    const last = apart.at(-1)
    if (last === undefined || time - last >= ONE_REPORT) apart.push(time)
  }
  return apart.slice(-REMEMBERED).map(time => new Date(time))
}

/** A gap so many times the middle one was an outage; weekends and holidays of a daily report are less. */
const OUTAGE = 4

/**
 * How far apart reports come at most, in milliseconds, outages left out, so that a weekend does not look like silence. Null for fewer
 * than three reports.
 */
export function usualInterval(heard: readonly Date[]): number | null {
  const gaps = heard.slice(1).map((date, at) => date.getTime() - (heard[at]?.getTime() ?? 0))
  if (gaps.length < 2) return null
  gaps.sort((a, b) => a - b)
  const middle = gaps[Math.floor((gaps.length - 1) / 2)] ?? 0
  return Math.max(...gaps.filter(gap => gap <= OUTAGE * middle))
}

/** From when on a feed counts as silent: one and a half times its usual interval after `last`, when it was last heard, and a day later at least. */
export function silentAfter(heard: readonly Date[], last: Date): Date {
  const usual = usualInterval(heard)
  const patience = usual === null ? UNKNOWN : Math.max(1.5 * usual, usual + DAY)
  return new Date(last.getTime() + patience)
}
