import type * as CloudWatch from '@aws-sdk/client-cloudwatch'
import type { Dimension, Metric, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { MetricPoints } from '../state/records'
import { AwsError } from '../wire/aws-error'
import { type Call, FORWARD, type Handlers, pageOf } from './handler'

const PAGE = 500

/** Metrics that tests put in; moto's where there are none. */
export const cloudwatch: Handlers<typeof CloudWatch, 'ListMetrics' | 'GetMetricData'> = {
  ListMetrics({ Namespace, MetricName, Dimensions = [], NextToken }, call) {
    const own = call.store.list('cloudwatch.metric', call)
    if (own.length === 0) return FORWARD
    const fitting = own
      .filter(({ namespace }) => !Namespace || namespace === Namespace)
      .filter(({ metric }) => !MetricName || metric === MetricName)
      .filter(({ dimensions }) =>
        Dimensions.every(({ Name = '', Value }) => Name in dimensions && (!Value || dimensions[Name] === Value)),
      )
    const { items, next } = pageOf(fitting, NextToken, PAGE)
    return { Metrics: items.map(toMetric), NextToken: next }
  },
  GetMetricData({ MetricDataQueries = [], StartTime, EndTime, ScanBy }, call) {
    if (call.store.list('cloudwatch.metric', call).length === 0) return FORWARD
    const [from, until] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0]
    const MetricDataResults = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map(query => {
      const sums = sumsOf(call, query, from, until)
      if (ScanBy !== 'TimestampAscending') sums.reverse()
      const [Timestamps, Values] = [sums.map(([at]) => new Date(at)), sums.map(([, sum]) => sum)]
      return { Id: query.Id, Label: query.Label ?? query.Id, Timestamps, Values, StatusCode: 'Complete' as const }
    })
    return { MetricDataResults }
  },
}

/** The sum of each period that has points, oldest first. */
function sumsOf(call: Call, { MetricStat }: MetricDataQuery, from: number, until: number): [at: number, sum: number][] {
  if (MetricStat?.Stat !== 'Sum') {
    throw new AwsError('InvalidParameterValueException', 'The emulator knows only the sum of one metric.')
  }
  const period = (MetricStat.Period ?? 60) * 1000
  const sums = new Map<number, number>()
  const found = call.store.list('cloudwatch.metric', call).find(one => isSame(one, MetricStat.Metric))
  for (const { at, sum } of found?.points ?? []) {
    const start = Math.floor(at.getTime() / period) * period
    if (at.getTime() >= from && at.getTime() < until) sums.set(start, (sums.get(start) ?? 0) + sum)
  }
  return [...sums].toSorted(([a], [b]) => a - b)
}

/** CloudWatch knows a metric by all of its dimensions; a part of them is another metric. */
function isSame({ namespace, metric, dimensions }: MetricPoints, wanted: Metric | undefined): boolean {
  const all = wanted?.Dimensions ?? []
  return (
    namespace === wanted?.Namespace &&
    metric === wanted.MetricName &&
    all.length === Object.keys(dimensions).length &&
    all.every(({ Name = '', Value }) => dimensions[Name] === Value)
  )
}

function toMetric({ namespace, metric, dimensions }: MetricPoints): Metric {
  const Dimensions: Dimension[] = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  return { Namespace: namespace, MetricName: metric, Dimensions }
}
