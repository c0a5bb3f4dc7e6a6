import { dataOf, type Resource, type Resources } from './resource'
import { type JudgedAcl, judgeAcl } from './rules/acl'
import type { DescribedGroup, GroupLookup } from './rules/effects'
import {
  AclMetrics,
  GroupMetrics,
  type GroupStatement,
  IpSet,
  Logging,
  ManagedGroup,
  nameOf,
  ownValue,
  RuleGroup,
  WebAcl,
} from './rules/shapes'

/** A web ACL with everything that is known of it. */
export interface AclState {
  readonly resource: Resource
  readonly acl: WebAcl
  readonly judged: JudgedAcl
  /** Where it writes logs. */
  readonly logging: readonly (typeof Logging)['_output'][]
  /** null: not read. */
  readonly metrics: AclMetrics | null
}

/** AWS WAF in one account, as its collectors last read it. */
export class WafState {
  readonly acls: readonly AclState[]
  /** Days until pinned versions of managed rule groups end, by `vendor/name/version`. */
  readonly daysToExpiry: ReadonlyMap<string, number | null>
  readonly #byArn: ReadonlyMap<string, AclState>
  readonly #managed: ReadonlyMap<string, (typeof ManagedGroup)['_output']>
  readonly #ipSets: ReadonlyMap<string, Resource>

  constructor(readonly inventory: Resources) {
    this.#managed = new Map(
      inventory
        .resources('AWS::WAFv2::ManagedRuleGroup')
        .map(group => [`${group.region} ${group.name}`, dataOf(ManagedGroup, group)]),
    )
    this.#ipSets = new Map(inventory.resources('AWS::WAFv2::IPSet').map(set => [set.arn, set]))
    this.daysToExpiry = new Map(
      inventory.resources('AWS::WAFv2::ManagedRuleGroupMetrics').map(metric => {
        const { group, daysToExpiry } = dataOf(GroupMetrics, metric)
        return [group, daysToExpiry]
      }),
    )
    const groups = new Map(
      inventory.resources('AWS::WAFv2::RuleGroup').map(group => [group.arn, dataOf(RuleGroup, group)]),
    )
    const logging = inventory.resources('AWS::WAFv2::LoggingConfiguration').map(one => dataOf(Logging, one))
    const metrics = new Map(
      inventory.resources('AWS::WAFv2::WebACLMetrics').map(metric => {
        const read = dataOf(AclMetrics, metric)
        return [read.webAcl, read]
      }),
    )
    this.acls = inventory.resources('AWS::WAFv2::WebACL').map(resource => {
      const acl = dataOf(WebAcl, resource)
      const judged = judgeAcl(acl, this.#lookupFor(resource.region, groups), arn => this.addressesOf(arn))
      const own = logging.filter(({ ResourceArn }) => ResourceArn === resource.arn)
      return { resource, acl, judged, logging: own, metrics: metrics.get(resource.arn) ?? null }
    })
    this.#byArn = new Map(this.acls.map(one => [one.resource.arn, one]))
  }

  acl(arn: string): AclState | null {
    return this.#byArn.get(arn) ?? null
  }

  /** The web ACL that protects a resource. */
  aclOf(arn: string): AclState | null {
    return this.acls.find(({ acl }) => acl.resources.includes(arn)) ?? null
  }

  ipSet(arn: string): Resource | null {
    return this.#ipSets.get(arn) ?? null
  }

  addressesOf(arn: string): readonly string[] | null {
    const found = this.#ipSets.get(arn)
    return found ? dataOf(IpSet, found).Addresses : null
  }

  /** A managed rule group as the scope of a web ACL has it. */
  managedGroup(region: string, name: string): (typeof ManagedGroup)['_output'] | null {
    return this.#managed.get(`${region} ${name}`) ?? null
  }

  #lookupFor(region: string, groups: ReadonlyMap<string, (typeof RuleGroup)['_output']>): GroupLookup {
    return group => {
      if (group.ARN === undefined) return this.#managedRules(region, group)
      const own = groups.get(group.ARN)
      if (!own) return null
      const rules = own.Rules.map(({ Name: name, Action }) => ({ name, action: nameOf(Action) }))
      return { rules, labelNamespace: own.LabelNamespace, managed: false }
    }
  }

  #managedRules(region: string, { VendorName = '', Name = '', Version }: GroupStatement): DescribedGroup | null {
    const found = ownValue(this.managedGroup(region, `${VendorName}/${Name}`)?.used, Version ?? 'default')
    if (!found) return null
    const rules = found.Rules.map(({ Name: name, Action }) => ({ name, action: nameOf(Action) }))
    return { rules, labelNamespace: found.LabelNamespace, managed: true }
  }
}
