/** Requests per day of something with a name, one for each day of the chart. */
export interface RequestSeries {
  name: string
  values: readonly number[]
}

/** A chart has at most six series; the last one joins all others. */
const MOST = 6

/** The series that a chart shows: those with requests, the largest first, the smallest as one. */
export function shownSeries(all: readonly RequestSeries[], others: string): RequestSeries[] {
  const sum = ({ values }: RequestSeries) => values.reduce((total, value) => total + value, 0)
  const sorted = all.filter(one => sum(one) > 0).toSorted((a, b) => sum(b) - sum(a))
  if (sorted.length <= MOST) return sorted
  const rest = sorted.slice(MOST - 1)
  const values = (rest[0]?.values ?? []).map((_, day) => rest.reduce((total, one) => total + (one.values[day] ?? 0), 0))
  return [...sorted.slice(0, MOST - 1), { name: others, values }]
}
