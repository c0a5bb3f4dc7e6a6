import 'server-only'
import type { Listener, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { OutputOf } from '../../operations'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import type { NestedPage } from '../nested'
import { itemsOf, pagesOf } from '../paging'
import { ordered, plainObject, tagsOf } from '../plain'

/** As many as DescribeTags takes at once. */
const PAGE = 20
const GONE = 'LoadBalancerNotFoundException'

/** Application and Network Load Balancers that are open to the internet, with their listeners. */
export async function* loadBalancers(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { PageSize: PAGE }
  const paging = {
    at: (Marker: string) => ({ ...input, Marker }),
    next: ({ NextMarker }: OutputOf<'elastic-load-balancing-v2:DescribeLoadBalancers'>) => NextMarker,
  }
  const operation = 'elastic-load-balancing-v2:DescribeLoadBalancers'
  for await (const { answer, next } of pagesOf(calls, operation, input, paging, from)) {
    const open = (answer.LoadBalancers ?? []).filter(({ Scheme }) => Scheme === 'internet-facing')
    yield { records: await recordsOf(calls, open), next }
  }
}

async function recordsOf(calls: CellCalls, open: readonly LoadBalancer[]): Promise<InventoryLine[]> {
  if (open.length === 0) return []
  const ResourceArns = open.map(one => one.LoadBalancerArn ?? '')
  const tags = await orNull(calls.call('elastic-load-balancing-v2:DescribeTags', { ResourceArns }), GONE)
  const tagsByArn = new Map(tags?.TagDescriptions?.map(one => [one.ResourceArn, tagsOf(one.Tags)]))
  const records: InventoryLine[] = []
  for (const one of open) {
    const record = await recordOf(calls, one, tagsByArn.get(one.LoadBalancerArn) ?? {})
    if (record) records.push(record)
  }
  return records
}

/** The load balancer; null if it was deleted meanwhile. */
async function recordOf(calls: CellCalls, one: LoadBalancer, tags: Record<string, string>) {
  const { LoadBalancerArn = '', LoadBalancerName: name = '', AvailabilityZones: _, ...rest } = one
  const of = { LoadBalancerArn }
  const listeners = await orNull(
    itemsOf(
      calls,
      'elastic-load-balancing-v2:DescribeListeners',
      of,
      { at: Marker => ({ ...of, Marker }), next: ({ NextMarker }) => NextMarker },
      answer => answer.Listeners,
    ),
    GONE,
  )
  const attributes = await orNull(calls.call('elastic-load-balancing-v2:DescribeLoadBalancerAttributes', of), GONE)
  if (!listeners || !attributes) return null
  const settings = ordered(attributes.Attributes, ({ Key = '' }) => Key).map(({ Key = '', Value }) => [Key, Value])
  const data = plainObject({
    ...rest,
    SecurityGroups: (one.SecurityGroups ?? []).toSorted(),
    Listeners: ordered(listeners, ({ Port = 0 }) => Port).map(portOf),
    Attributes: Object.fromEntries(settings),
    tags,
  })
  const type = 'AWS::ElasticLoadBalancingV2::LoadBalancer'
  return inventoryOf(calls, { type, arn: LoadBalancerArn, name, region: calls.region, data })
}

/** Actions of listeners may contain the secret of an OpenID Connect client. */
function portOf({ Port, Protocol, SslPolicy, DefaultActions }: Listener) {
  return { Port, Protocol, SslPolicy, DefaultActions: DefaultActions?.map(({ Type }) => Type) }
}
