import { broadAllow, type IpSetLookup } from './broad-allow'
import { type EffectiveRule, effectiveRules, type GroupLookup } from './effects'
import { nameOf, type WebAcl } from './shapes'

/** How far a web ACL is in operation by its rules alone; null where that cannot be told. */
export type AclMode = 'empty' | 'counting' | 'partly_blocking' | 'blocking'

export interface JudgedAcl {
  readonly mode: AclMode | null
  readonly rules: readonly EffectiveRule[]
  /** A rule that lets too much through before others are asked. */
  readonly broad: EffectiveRule | null
}

/**
 * The mode of a web ACL. One whose default action is Block stops everything that no rule allows, with or without rules.
 * Rules that only allow protect nothing, so that such a web ACL is empty.
 */
export function judgeAcl(acl: WebAcl, groups: GroupLookup, ipSets: IpSetLookup): JudgedAcl {
  const rules = effectiveRules(acl, groups)
  const broad = broadAllow(rules, ipSets)
  return { rules, broad, mode: modeOf(acl, rules, broad) }
}

function modeOf(acl: WebAcl, rules: readonly EffectiveRule[], broad: EffectiveRule | null): AclMode | null {
  if (nameOf(acl.DefaultAction) === 'Block') return broad ? 'partly_blocking' : 'blocking'
  const has = (...effects: EffectiveRule['effect'][]) => rules.some(({ effect }) => effects.includes(effect))
  if (has('block', 'mixed')) return broad || has('count', 'mixed', 'unknown') ? 'partly_blocking' : 'blocking'
  if (has('unknown')) return null
  return has('count', 'labels') ? 'counting' : 'empty'
}
