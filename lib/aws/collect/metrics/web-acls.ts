import 'server-only'
import type { Scope, WebACL } from '@aws-sdk/client-wafv2'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { WrittenType } from '../../../domain/collection/resources/written-types'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import { itemsOf } from '../paging'
import { groupsIn, type ManagedGroup } from '../waf/managed-groups'
import { GONE, markerOf } from '../waf/web-acls'
import { dailyValues, daysBefore, type MetricWanted } from './daily'

const PAGE = 100
/** The name of a web ACL's sum over all rules. */
const ALL = 'ALL'

/** https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html */
const COUNTED = { allowed: 'AllowedRequests', counted: 'CountedRequests', blocked: 'BlockedRequests' } as const
type Counted = keyof typeof COUNTED
const counts = Object.keys(COUNTED) as Counted[]

/**
 * Requests of web ACLs and their rules per day, and when pinned versions of managed rule groups end. The metrics are
 * named by the rules: a search would not find those that were silent for two weeks, and their silence is what matters.
 */
export async function webAclMetrics(calls: CellCalls, scope: Scope): Promise<InventoryLine[]> {
  const acls = await webAclsOf(calls, scope)
  const rules = acls.flatMap(acl => [ALL, ...rulesOf(acl)].map(rule => ({ acl, rule })))
  const wanted = rules.flatMap(({ acl, rule }) => counts.map(count => metricOf(calls, scope, acl, rule, count)))
  const pinned = [...new Set(acls.flatMap(groupsIn))].filter(isPinned).sort()
  const values = await dailyValues(calls, [...wanted, ...pinned.map(group => expiryOf(calls, scope, group))])
  const days = daysBefore(calls.now())
  const records: InventoryLine[] = []
  for (const acl of acls) {
    const own = rules.flatMap((one, at) => (one.acl === acl ? [{ rule: one.rule, at: at * counts.length }] : []))
    const sums = own.map(({ rule, at }) => {
      const of = counts.map((count, n) => [count, (values[at + n] ?? []).map(sum => sum ?? 0)])
      return [rule, Object.fromEntries(of)]
    })
    const data = { webAcl: acl.ARN ?? '', scope, days, rules: Object.fromEntries(sums) }
    const arn = `${acl.ARN ?? ''}#metrics`
    records.push(recordOf(calls, 'AWS::WAFv2::WebACLMetrics', arn, acl.Name ?? '', data))
  }
  for (const [at, group] of pinned.entries()) {
    const left = values[wanted.length + at]?.findLast(value => value !== null) ?? null
    const data = { group, scope, daysToExpiry: left }
    records.push(recordOf(calls, 'AWS::WAFv2::ManagedRuleGroupMetrics', `${scope}/${group}#metrics`, group, data))
  }
  return records
}

async function webAclsOf(calls: CellCalls, scope: Scope): Promise<WebACL[]> {
  const input = { Scope: scope, Limit: PAGE }
  const listed = await itemsOf(
    calls,
    'wafv2:ListWebACLs',
    input,
    { at: NextMarker => ({ ...input, NextMarker }), next: markerOf },
    answer => answer.WebACLs,
  )
  const found: WebACL[] = []
  for (const { Name, Id } of listed) {
    const answer = await orNull(calls.call('wafv2:GetWebACL', { Name, Id, Scope: scope }), GONE)
    if (answer?.WebACL) found.push(answer.WebACL)
  }
  return found
}

/** Names of the metrics of a web ACL's rules, those of Firewall Manager included. */
function rulesOf(acl: WebACL): string[] {
  const all = [
    ...(acl.PreProcessFirewallManagerRuleGroups ?? []),
    ...(acl.Rules ?? []),
    ...(acl.PostProcessFirewallManagerRuleGroups ?? []),
  ]
  return [...new Set(all.flatMap(({ VisibilityConfig }) => VisibilityConfig?.MetricName ?? []))].sort()
}

function metricOf(calls: CellCalls, scope: Scope, acl: WebACL, rule: string, count: Counted): MetricWanted {
  const dimensions = { WebACL: acl.VisibilityConfig?.MetricName ?? '', Rule: rule, ...regionOf(calls, scope) }
  return { namespace: 'AWS/WAFV2', metric: COUNTED[count], dimensions, statistic: 'Sum' }
}

/** Metrics for CloudFront have no Region among their dimensions. */
function regionOf(calls: CellCalls, scope: Scope): Record<string, string> {
  return scope === 'CLOUDFRONT' ? {} : { Region: calls.region }
}

function isPinned(group: ManagedGroup): boolean {
  return !group.endsWith('/')
}

function expiryOf(calls: CellCalls, scope: Scope, group: ManagedGroup): MetricWanted {
  const [Vendor = '', ManagedRuleGroup = '', Version = ''] = group.split('/')
  const dimensions = { ManagedRuleGroup, Vendor, Version, ...regionOf(calls, scope) }
  return { namespace: 'AWS/WAFV2', metric: 'DaysToExpiry', dimensions, statistic: 'Minimum' }
}

function recordOf(calls: CellCalls, type: WrittenType, arn: string, name: string, data: Record<string, unknown>) {
  return inventoryOf(calls, { type, arn, name, region: calls.region, data })
}
