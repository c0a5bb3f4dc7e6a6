import { hash } from 'node:crypto'
import { z } from 'zod'
import { assetIdOf } from '../identity/identity'
import type { EntranceKind } from './entrances/kinds'
import { RequestCounts } from './entrances/requests'
import { judgeEntrances, type Rung } from './ladder'
import type { NextStep } from './next-step'
import { sumOf } from './operation/problems'
import type { AclHistory } from './operation/since'
import type { Resource, Resources } from './resource'
import type { AclMode } from './rules/acl'
import type { Effect, EffectiveRule } from './rules/effects'
import { ownValue } from './rules/shapes'
import { type AclState, WafState } from './state'

/** What is stored of an entrance. */
export interface EntranceRecord {
  readonly id: string
  readonly kind: EntranceKind
  readonly region: string
  readonly arn: string
  readonly name: string
  readonly address: string
  /** `cloudfront`, or the vendor whose network alone can reach it. */
  readonly behind: string | null
  readonly rung: Rung | null
  readonly aclId: string | null
  readonly step: NextStep['step']
  readonly stepValues: NextStep['values']
  /** Requests in 30 days, and what its web ACL did; null where metrics do not say. */
  readonly requests: number | null
  readonly allowed: number | null
  readonly counted: number | null
  readonly blocked: number | null
}

/** What is stored of a rule. */
export interface RuleRecord {
  readonly name: string
  readonly effect: Effect
  readonly from: EffectiveRule['from']
  readonly metric: string
  readonly group: EffectiveRule['group']
  readonly enforcing: number
  readonly counting: readonly string[]
  readonly allowing: readonly string[]
}

/** What is stored of a web ACL: beside its rules, what is remembered of them. */
export interface AclRecord {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly region: string
  readonly mode: AclMode | null
  readonly rules: readonly RuleRecord[]
  readonly rulesHash: string
  readonly rulesSince: Date
  /** By the names of rules. */
  readonly counting: Readonly<Record<string, Date>>
}

export type RememberedAcl = Pick<AclRecord, 'rulesHash' | 'rulesSince' | 'counting'>

export interface WafRecords {
  readonly entrances: readonly EntranceRecord[]
  readonly acls: readonly AclRecord[]
}

/** What is stored of an account. `remembered` are its web ACLs as they were stored last, by their ids. */
export function wafRecords(
  inventory: Resources,
  now: Date,
  remembered: ReadonlyMap<string, RememberedAcl>,
): WafRecords {
  const acls = new WafState(inventory).acls.map(state => aclRecord(state, remembered))
  const histories = historiesOf(acls)
  const counts = new RequestCounts(inventory)
  const entrances = judgeEntrances(inventory, now, histories).map((entrance): EntranceRecord => {
    const { resource, kind, address, behind, rung, acl, next } = entrance
    const all = acl?.metrics?.rules.ALL
    return {
      id: assetIdOf(resource),
      kind,
      region: resource.region,
      arn: resource.arn,
      name: resource.name,
      address,
      behind: behind === null ? null : behind.by === 'vendor' ? behind.vendor : behind.by,
      rung,
      aclId: acl && assetIdOf(acl.resource),
      step: next.step,
      stepValues: next.values,
      requests: counts.of(entrance),
      allowed: all ? sumOf(all.allowed) : null,
      counted: all ? sumOf(all.counted) : null,
      blocked: all ? sumOf(all.blocked) : null,
    }
  })
  return { entrances, acls }
}

/** The history of web ACLs by their ARNs. */
export function historiesOf(
  acls: readonly Pick<AclRecord, 'arn' | 'rulesSince' | 'counting'>[],
): ReadonlyMap<string, AclHistory> {
  return new Map(acls.map(({ arn, rulesSince, counting }) => [arn, { rulesSince, counting }]))
}

function aclRecord({ resource, judged }: AclState, remembered: ReadonlyMap<string, RememberedAcl>): AclRecord {
  const id = assetIdOf(resource)
  const before = remembered.get(id)
  const rulesHash = rulesHashOf(resource)
  // The web ACL has been as it is now at least since its data last changed.
  const since = resource.changedAt
  const rules = judged.rules.map(rule => {
    const { name, effect, from, metric, group, enforcing, counting, allowing } = rule
    return { name, effect, from, metric, group, enforcing, counting, allowing }
  })
  const counting = rules.filter(({ effect }) => effect === 'count' || effect === 'mixed')
  return {
    id,
    arn: resource.arn,
    name: resource.name,
    region: resource.region,
    mode: judged.mode,
    rules,
    rulesHash,
    rulesSince: before?.rulesHash === rulesHash ? before.rulesSince : since,
    counting: Object.fromEntries(counting.map(({ name }) => [name, ownValue(before?.counting, name) ?? since])),
  }
}

const Times = z.array(z.tuple([z.string(), z.coerce.date()]))

/** What is stored as `counting`. Records of Zod lack the key `__proto__`, which is a name that a rule can have. */
export function countingOf(stored: object): AclRecord['counting'] {
  return Object.fromEntries(Times.parse(Object.entries(stored)))
}

/** A hash of what people set in a web ACL: its rules and its default action, without tags and what it protects. */
function rulesHashOf({ data }: Pick<Resource, 'data'>): string {
  const { DefaultAction, Rules, PreProcessFirewallManagerRuleGroups, PostProcessFirewallManagerRuleGroups } = data
  const rules = [DefaultAction, Rules, PreProcessFirewallManagerRuleGroups, PostProcessFirewallManagerRuleGroups]
  return hash('sha256', JSON.stringify(rules), 'hex').slice(0, 32)
}
