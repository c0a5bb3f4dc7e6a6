import 'server-only'
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { CellCalls } from '../collector'
import { pagesOf } from '../paging'

/** Days that are read; CloudWatch keeps hourly values for 455 days. */
const DAYS = 30
const DAY_SECONDS = 86_400
/** The most of one call. */
const QUERIES = 500

/** The last whole days in UTC, oldest first, such as `2026-11-26`. */
export function daysBefore(now: Date): string[] {
  const today = Math.floor(now.getTime() / 1000 / DAY_SECONDS)
  return Array.from({ length: DAYS }, (_, at) => dayOf(new Date((today - DAYS + at) * DAY_SECONDS * 1000)))
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

export interface MetricWanted {
  readonly namespace: string
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly statistic: 'Sum' | 'Minimum'
}

/** Values per day of many metrics, in the order in which they are named; null for a day without a value. */
export async function dailyValues(calls: CellCalls, wanted: readonly MetricWanted[]): Promise<(number | null)[][]> {
  const found: (number | null)[][] = []
  for (let at = 0; at < wanted.length; at += QUERIES) {
    const part = wanted.slice(at, at + QUERIES)
    const series = await seriesOf(calls, part.map(queryOf))
    found.push(...part.map((_, n) => series.get(keyOf(`m${n}`, `m${n}`)) ?? daysBefore(calls.now()).map(() => null)))
  }
  return found
}

function queryOf({ namespace, metric, dimensions, statistic }: MetricWanted, at: number): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions }
  return { Id: `m${at}`, Label: `m${at}`, MetricStat: { Metric, Period: DAY_SECONDS, Stat: statistic } }
}

/** Metrics of one kind with exactly these dimensions. */
export interface MetricSearch {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly dimensions: readonly string[]
  readonly statistic: 'Sum' | 'SampleCount'
}

export interface FoundMetric {
  readonly search: string
  /** The values of the dimensions. */
  readonly of: readonly string[]
  readonly days: (number | null)[]
}

const SEPARATOR = ' | '

/**
 * The metrics that searches find, with their values per day. CloudWatch finds metrics that had a value within two
 * weeks, and at most 500 for each search
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html).
 */
export async function searchDaily(calls: CellCalls, searches: readonly MetricSearch[]): Promise<FoundMetric[]> {
  const queries = searches.map(({ id, namespace, metric, dimensions, statistic }) => {
    const schema = [namespace, ...dimensions].join(',')
    const Expression = `SEARCH('{${schema}} MetricName="${metric}"', '${statistic}', ${DAY_SECONDS})`
    return { Id: id, Expression, Label: dimensions.map(name => `\${PROP('Dim.${name}')}`).join(SEPARATOR) }
  })
  const series = await seriesOf(calls, queries)
  return [...series].map(([key, days]) => {
    const [search = '', label = ''] = key.split('\n')
    return { search, of: label.split(SEPARATOR), days }
  })
}

function keyOf(id: string, label: string): string {
  return `${id}\n${label}`
}

/** Values per day by query and label. One metric may be spread over several answers. */
async function seriesOf(calls: CellCalls, queries: MetricDataQuery[]): Promise<Map<string, (number | null)[]>> {
  const series = new Map<string, (number | null)[]>()
  if (queries.length === 0) return series
  const days = daysBefore(calls.now())
  const at = new Map(days.map((day, n) => [day, n]))
  const EndTime = new Date(calls.now())
  EndTime.setUTCHours(0, 0, 0, 0)
  const StartTime = new Date(EndTime.getTime() - DAYS * DAY_SECONDS * 1000)
  const input = { MetricDataQueries: queries, StartTime, EndTime, ScanBy: 'TimestampAscending' as const }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: { NextToken?: string | undefined }) => NextToken,
  }
  for await (const { answer } of pagesOf(calls, 'cloudwatch:GetMetricData', input, paging)) {
    for (const { Id = '', Label = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
      const key = keyOf(Id, Label)
      const values = series.get(key) ?? days.map(() => null)
      for (const [n, time] of Timestamps.entries()) {
        const day = at.get(dayOf(time))
        if (day !== undefined) values[day] = Values[n] ?? null
      }
      series.set(key, values)
    }
  }
  return series
}
