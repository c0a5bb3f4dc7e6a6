import 'server-only'
import type { InventoryLine } from '../../../domain/collection/lines'
import { partitionOf } from '../../../domain/commands/command-values'
import type { CellCalls } from '../collector'
import { inventoryOf } from '../inventory'
import { daysBefore, type MetricSearch, searchDaily } from './daily'

/** Metrics that count the requests of an entrance. AppSync has none, but measures the time of each request. */
const searches: readonly MetricSearch[] = [
  search('alb', 'AWS/ApplicationELB', 'RequestCount', ['LoadBalancer']),
  search('rest', 'AWS/ApiGateway', 'Count', ['ApiName', 'Stage']),
  search('http', 'AWS/ApiGateway', 'Count', ['ApiId', 'Stage']),
  { ...search('graphql', 'AWS/AppSync', 'Latency', ['GraphQLAPIId']), statistic: 'SampleCount' },
  search('apprunner', 'AWS/AppRunner', 'Requests', ['ServiceID', 'ServiceName']),
  search('amplify', 'AWS/AmplifyHosting', 'Requests', ['App']),
  search('functionurl', 'AWS/Lambda', 'UrlRequestCount', ['FunctionName']),
]
/** CloudFront writes its metrics in one Region. */
const cloudfront = search('cloudfront', 'AWS/CloudFront', 'Requests', ['DistributionId', 'Region'])

function search(id: string, namespace: string, metric: string, dimensions: readonly string[]): MetricSearch {
  return { id, namespace, metric, dimensions, statistic: 'Sum' }
}

/** Requests per day of the entrances of a Region, all with one call. */
export async function requestMetrics(calls: CellCalls): Promise<InventoryLine[]> {
  const isGlobal = calls.region === partitionOf(calls.region).globalRegion
  const found = await searchDaily(calls, isGlobal ? [...searches, cloudfront] : searches)
  const days = daysBefore(calls.now())
  return found
    .toSorted((a, b) => (`${a.search} ${a.of}` < `${b.search} ${b.of}` ? -1 : 1))
    .map(({ search: id, of, days: requests }) => {
      const name = of.join('/')
      const data = { kind: id, of, days, requests }
      const type = 'AWS::CloudWatch::RequestMetrics'
      return inventoryOf(calls, { type, arn: `${id}:${name}`, name, region: calls.region, data })
    })
}
