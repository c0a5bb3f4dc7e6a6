import type * as CloudWatch from '@aws-sdk/client-cloudwatch'
import type { Dimension, Metric, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { MetricPoints } from '../state/records'
import { AwsError } from '../wire/aws-error'
import { type Call, FORWARD, type Handlers, pageOf } from './handler'

const PAGE = 500

/** Metrics that tests put in. */
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
  GetMetricData({ MetricDataQueries = [], StartTime, EndTime, ScanBy, NextToken }, call) {
    const [from, until] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0]
    const all = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).flatMap(query =>
      seriesOf(call, query).map(({ label, found, period, statistic }) => {
        const values = valuesOf(found, { period, statistic, from, until })
        if (ScanBy !== 'TimestampAscending') values.reverse()
        const [Timestamps, Values] = [values.map(([at]) => new Date(at)), values.map(([, value]) => value)]
        return { Id: query.Id, Label: label, Timestamps, Values, StatusCode: 'Complete' as const }
      }),
    )
    const { items, next } = pageOf(all, NextToken, PAGE)
    return { MetricDataResults: items, NextToken: next }
  },
}

interface Series {
  label: string | undefined
  found: MetricPoints | undefined
  period: number
  statistic: string
}

/** The metric that a query names, or those that its search finds. */
function seriesOf(call: Call, { Id, Label, Expression, MetricStat }: MetricDataQuery): Series[] {
  const own = call.store.list('cloudwatch.metric', call)
  if (MetricStat) {
    const found = own.find(one => isSame(one, MetricStat.Metric))
    return [{ label: Label ?? Id, found, period: MetricStat.Period ?? 60, statistic: MetricStat.Stat ?? '' }]
  }
  const parts = /^SEARCH\('\{([^}]+)\} MetricName="(\w+)"', '(\w+)', (\d+)\)$/.exec(Expression ?? '')
  const [, schema = '', metric = '', statistic = '', period = ''] = parts ?? []
  if (!parts) throw new AwsError('ValidationError', `The emulator cannot read the expression ${Expression}.`)
  const [namespace, ...names] = schema.split(',')
  return own
    .filter(one => one.namespace === namespace && one.metric === metric)
    .filter(({ dimensions }) => Object.keys(dimensions).toSorted().join() === names.toSorted().join())
    .map(found => {
      const label = Label?.replaceAll(/\$\{PROP\('Dim\.(\w+)'\)\}/g, (_, name: string) => found.dimensions[name] ?? '')
      return { label, found, period: Number(period), statistic }
    })
}

interface Span {
  period: number
  statistic: string
  from: number
  until: number
}

/** The value of each period that has points, oldest first. A point counts as one sample. */
function valuesOf(found: MetricPoints | undefined, { period, statistic, from, until }: Span): [number, number][] {
  const join = JOINS[statistic]
  if (!join)
    throw new AwsError('InvalidParameterValueException', `The emulator does not know the statistic ${statistic}.`)
  const values = new Map<number, number>()
  for (const { at, sum } of found?.points ?? []) {
    const start = Math.floor(at.getTime() / (period * 1000)) * period * 1000
    if (at.getTime() >= from && at.getTime() < until) values.set(start, join(values.get(start), sum))
  }
  return [...values].toSorted(([a], [b]) => a - b)
}

const JOINS: Record<string, (before: number | undefined, value: number) => number> = {
  Sum: (before = 0, value) => before + value,
  Minimum: (before = Number.POSITIVE_INFINITY, value) => Math.min(before, value),
  SampleCount: (before = 0) => before + 1,
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
