import { z } from 'zod'
import { dataOf, isRead, type Resources } from '../resource'
import type { Entrance } from './entrances'
import type { EntranceKind } from './kinds'

const Requests = z.object({
  kind: z.string(),
  of: z.array(z.string()),
  requests: z.array(z.number().nullable()),
})
const Names = z.object({
  restApiId: z.string().optional(),
  apiName: z.string().optional(),
  apiId: z.string().optional(),
  stageName: z.string().optional(),
  ServiceId: z.string().optional(),
  appId: z.string().optional(),
})

/** Where requests of a kind are counted: the search of the collector, and the first dimensions of the metric. */
const metrics: Readonly<Partial<Record<EntranceKind, (entrance: Entrance) => [kind: string, ...of: string[]]>>> = {
  alb: ({ resource }) => ['alb', resource.arn.slice(resource.arn.indexOf('loadbalancer/') + 'loadbalancer/'.length)],
  cloudfront: ({ resource }) => ['cloudfront', resource.name],
  rest_api: ({ resource }) => ['rest', namesOf(resource).apiName ?? '', namesOf(resource).stageName ?? ''],
  http_api: ({ resource }) => ['http', namesOf(resource).apiId ?? '', namesOf(resource).stageName ?? ''],
  websocket_api: ({ resource }) => ['http', namesOf(resource).apiId ?? '', namesOf(resource).stageName ?? ''],
  graphql_api: ({ resource }) => ['graphql', namesOf(resource).apiId ?? ''],
  app_runner: ({ resource }) => ['apprunner', namesOf(resource).ServiceId ?? ''],
  amplify: ({ resource }) => ['amplify', namesOf(resource).appId ?? ''],
  function_url: ({ resource }) => ['functionurl', resource.name],
}

function namesOf(resource: Entrance['resource']) {
  return dataOf(Names, resource)
}

/** The requests to entrances of an account in the last 30 days. */
export class RequestCounts {
  readonly #sums: ReadonlyMap<string, number>

  constructor(private readonly inventory: Resources) {
    this.#sums = new Map(
      inventory.resources('AWS::CloudWatch::RequestMetrics').map(metric => {
        const { kind, of, requests } = dataOf(Requests, metric)
        const place = kind === 'cloudfront' ? '' : metric.region
        const names = kind === 'cloudfront' || kind === 'apprunner' ? of.slice(0, 1) : of
        return [[place, kind, ...names].join('\n'), requests.reduce<number>((sum, one) => sum + (one ?? 0), 0)]
      }),
    )
  }

  /** null: its kind has no such metric, or metrics were not read. */
  of(entrance: Entrance): number | null {
    const { region } = entrance.resource
    const name = metrics[entrance.kind]?.(entrance)
    if (!name) return null
    const isGlobal = entrance.kind === 'cloudfront'
    const found = this.#sums.get([isGlobal ? '' : region, ...name].join('\n'))
    // A metric without a value for two weeks is not found.
    return found ?? (!isGlobal && isRead(this.inventory, 'metrics', region) ? 0 : null)
  }
}
