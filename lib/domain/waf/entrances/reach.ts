import { z } from 'zod'
import { dataOf, type Resources } from '../resource'
import { isLargeNetwork } from '../rules/broad-allow'
import { vendorOfList, vendorOfNetworks } from './vendors'

const Group = z.object({
  ingress: z
    .array(
      z.object({
        protocol: z.string(),
        from: z.number().nullish(),
        to: z.number().nullish(),
        ipv4: z.array(z.string()).default([]),
        ipv6: z.array(z.string()).default([]),
        prefixLists: z.array(z.string()).default([]),
      }),
    )
    .default([]),
})
type Ingress = z.infer<typeof Group>['ingress'][number]
const List = z.object({ PrefixListId: z.string() })

/** The security groups and prefix lists of an account. */
export class SecurityGroups {
  readonly #groups: ReadonlyMap<string, readonly Ingress[]>
  readonly #lists: ReadonlyMap<string, string>

  constructor(inventory: Resources) {
    this.#groups = new Map(
      inventory
        .resources('AWS::EC2::SecurityGroup')
        .map(group => [group.arn.split('/').at(-1) ?? group.arn, dataOf(Group, group).ingress]),
    )
    this.#lists = new Map(
      inventory.resources('AWS::EC2::PrefixList').map(list => [dataOf(List, list).PrefixListId, list.name]),
    )
  }

  /** Whether all of these groups were read, and there are some. */
  knows(ids: readonly string[]): boolean {
    return ids.length > 0 && ids.every(id => this.#groups.has(id))
  }

  /** What groups let in on one of these ports: networks, and names of prefix lists. */
  sources(ids: readonly string[], ports: readonly number[]): { networks: string[]; lists: string[] } {
    const rules = ids.flatMap(id => this.#groups.get(id) ?? []).filter(rule => fits(rule, ports))
    return {
      networks: rules.flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6]),
      lists: rules.flatMap(({ prefixLists }) => prefixLists.map(id => this.#lists.get(id) ?? id)),
    }
  }
}

/** Without ports, those of any rule. */
function fits({ protocol, from, to }: Ingress, ports: readonly number[]): boolean {
  if (protocol === '-1' || ports.length === 0) return true
  return protocol === 'tcp' && ports.some(port => port >= (from ?? 0) && port <= (to ?? 65_535))
}

interface Reachable {
  readonly ids: readonly string[]
  readonly region: string
  readonly ports: readonly number[]
}

/** CloudFront's networks, as AWS names them in every Region, for IPv4 and IPv6. */
const CLOUDFRONT_LIST = /^com\.amazonaws\.global\.(?:ipv6\.)?cloudfront\.origin-facing$/

/**
 * Who can reach something by its security groups: everybody; only CloudFront; only the network of another vendor; or only
 * named networks, so that it is closed to the internet. Groups that were not read are open: a missing permission is no protection.
 */
export function reachOf(
  groups: SecurityGroups,
  { ids, ports }: Reachable,
): 'open' | 'closed' | { by: 'cloudfront' } | { by: 'vendor'; vendor: string } {
  if (!groups.knows(ids)) return 'open'
  const { networks, lists } = groups.sources(ids, ports)
  if (networks.length === 0 && lists.length === 0) return 'closed'
  if (networks.length === 0 && lists.every(name => CLOUDFRONT_LIST.test(name))) return { by: 'cloudfront' }
  const vendors = new Set([...lists.map(vendorOfList), ...(networks.length > 0 ? [vendorOfNetworks(networks)] : [])])
  const [vendor = null] = vendors
  if (vendors.size === 1 && vendor !== null) return { by: 'vendor', vendor }
  if (lists.some(name => CLOUDFRONT_LIST.test(name) || vendorOfList(name) !== null)) return 'open'
  return networks.some(isLargeNetwork) ? 'open' : 'closed'
}
