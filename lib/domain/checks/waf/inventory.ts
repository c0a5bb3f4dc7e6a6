import { partitionOf } from '../../commands/command-values'
import { type JudgedEntrance, judgeEntrances } from '../../waf/ladder'
import type { AclHistory } from '../../waf/operation/since'
import { type AclState, WafState } from '../../waf/state'
import type { Inventory } from '../check'

interface Judged {
  readonly state: WafState
  readonly histories: ReadonlyMap<string, AclHistory>
  readonly entrances: readonly JudgedEntrance[]
}

/** Every check asks for the same account, Region by Region. */
const known = new WeakMap<Inventory, Judged>()

/** AWS WAF and the entrances of an account. Without a memory of web ACLs, what was read last counts. */
export function judged(inventory: Inventory): Judged {
  const found = known.get(inventory)
  if (found) return found
  const state = new WafState(inventory)
  const histories = inventory.webAcls ?? new Map<string, AclHistory>()
  const made = { state, histories, entrances: judgeEntrances(inventory, inventory.now, histories) }
  known.set(inventory, made)
  return made
}

/** The web ACLs of a Region. Those for CloudFront are in the Region that their ARNs name. */
export function aclsIn(inventory: Inventory, region: string): AclState[] {
  return judged(inventory).state.acls.filter(({ resource }) => isIn(resource.region, region))
}

/** The entrances of a Region with their rungs. */
export function entrancesIn(inventory: Inventory, region: string): JudgedEntrance[] {
  return judged(inventory).entrances.filter(({ resource }) => resource.region === region)
}

function isIn(own: string, region: string): boolean {
  return own === region || (own === 'global' && region === partitionOf(region).globalRegion)
}
