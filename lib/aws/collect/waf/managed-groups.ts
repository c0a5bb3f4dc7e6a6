import 'server-only'
import type { DescribeManagedRuleGroupResponse, ManagedRuleGroupStatement, Scope, WebACL } from '@aws-sdk/client-wafv2'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import type { NestedPage } from '../nested'
import { itemsOf } from '../paging'
import { ordered, plainObject } from '../plain'
import { markerOf, placeOf } from './web-acls'

/** A managed rule group as a web ACL uses it: vendor, name and the version that it is pinned to, or '' for the default one. */
export type ManagedGroup = `${string}/${string}/${string}`

/** Where AWS WAF does not describe a group or a version, such as one that has expired or whose subscription has ended. */
const NOT_DESCRIBED = [
  'WAFExpiredManagedRuleGroupVersionException',
  'WAFNonexistentItemException',
  'WAFInvalidOperationException',
] as const

/** The managed rule groups of a web ACL, those of Firewall Manager included. */
export function groupsIn(acl: WebACL): ManagedGroup[] {
  const ofManager = [
    ...(acl.PreProcessFirewallManagerRuleGroups ?? []),
    ...(acl.PostProcessFirewallManagerRuleGroups ?? []),
  ].map(group => group.FirewallManagerStatement?.ManagedRuleGroupStatement)
  const own = (acl.Rules ?? []).map(rule => rule.Statement?.ManagedRuleGroupStatement)
  return [...own, ...ofManager].flatMap(statement => (statement ? [keyOf(statement)] : []))
}

function keyOf({ VendorName = '', Name = '', Version = '' }: ManagedRuleGroupStatement): ManagedGroup {
  return `${VendorName}/${Name}/${Version}`
}

/** The groups that web ACLs use, one a page: their versions, and the rules with the actions that they have without overrides. */
export async function* managedGroups(
  calls: CellCalls,
  scope: Scope,
  from: string | null,
  used: ReadonlySet<ManagedGroup>,
): AsyncGenerator<NestedPage> {
  const versions = new Map<string, string[]>()
  for (const key of [...used].sort()) {
    const [vendor = '', group = '', version = ''] = key.split('/')
    const name = `${vendor}/${group}`
    versions.set(name, [...(versions.get(name) ?? []), version])
  }
  const names = [...versions.keys()].filter(name => from === null || name >= from)
  for (const [at, name] of names.entries()) {
    yield { records: [await recordOf(calls, scope, name, versions.get(name) ?? [])], next: names[at + 1] ?? null }
  }
}

async function recordOf(calls: CellCalls, scope: Scope, name: string, used: readonly string[]) {
  const [VendorName = '', Name = ''] = name.split('/')
  const group = { VendorName, Name, Scope: scope }
  let current: string | null = null
  const list = itemsOf(
    calls,
    'wafv2:ListAvailableManagedRuleGroupVersions',
    group,
    { at: NextMarker => ({ ...group, NextMarker }), next: markerOf },
    answer => {
      current = answer.CurrentDefaultVersion ?? current
      return answer.Versions
    },
  )
  const versions = await orNull(list, ...NOT_DESCRIBED)
  const described = new Map<string, unknown>()
  for (const version of used) {
    const input = { ...group, ...(version && { VersionName: version }) }
    const answer = await orNull(calls.call('wafv2:DescribeManagedRuleGroup', input), ...NOT_DESCRIBED)
    described.set(version || 'default', answer && descriptionOf(answer))
  }
  const data = plainObject({
    vendor: VendorName,
    name: Name,
    scope,
    // null: AWS WAF does not say.
    versions: versions && ordered(versions, one => one.Name ?? ''),
    currentDefaultVersion: current,
    used: Object.fromEntries(described),
  })
  return inventoryOf(calls, { type: 'AWS::WAFv2::ManagedRuleGroup', arn: name, name, ...placeOf(calls, scope), data })
}

function descriptionOf({ VersionName, Capacity, Rules, LabelNamespace }: DescribeManagedRuleGroupResponse) {
  return { VersionName, Capacity, Rules, LabelNamespace }
}
