import { containsNetwork } from './networks'
import data from './vendors.json'

interface Vendor {
  readonly name: string
  /** A part of the names of its prefix lists, in lower case. */
  readonly lists: readonly string[]
  /** Headers that its servers add to requests. */
  readonly headers: readonly string[]
  /**
   * The networks that it publishes, as of 2026; none where it publishes none. https://www.cloudflare.com/ips/,
   * https://api.fastly.com/public-ip-list, https://docs.imperva.com/howto/c85245b7
   */
  readonly networks: readonly string[]
}

const vendors: readonly Vendor[] = data.vendors

/** Whether WafCharm made a rule, a rule group or an IP set, by its name. https://docs.wafcharm.com/ */
export function isWafCharm(name: string): boolean {
  return name.toLowerCase().startsWith(data.wafcharm.name)
}

/** The vendor whose networks contain all of these. */
export function vendorOfNetworks(networks: readonly string[]): string | null {
  const found = vendors.find(({ networks: own }) =>
    networks.every(one => own.some(outer => containsNetwork(outer, one))),
  )
  return found?.name ?? null
}

/** The vendor that a prefix list is named for. */
export function vendorOfList(name: string): string | null {
  const lower = name.toLowerCase()
  return vendors.find(({ lists }) => lists.some(part => lower.includes(part)))?.name ?? null
}

/** The vendor whose servers add a header to requests. */
export function vendorOfHeader(header: string): string | null {
  return vendors.find(({ headers }) => headers.includes(header.toLowerCase()))?.name ?? null
}
