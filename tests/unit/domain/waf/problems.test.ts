import { describe, expect, test } from 'vitest'
import { type ProblemId, problemOf } from '../../../../lib/domain/waf/operation/problems'
import { type AclHistory, countingSince } from '../../../../lib/domain/waf/operation/since'
import type { Resource } from '../../../../lib/domain/waf/resource'
import { WafState } from '../../../../lib/domain/waf/state'
import {
  coreGroup,
  daysAgo,
  inventoryOf,
  ipSet,
  logging,
  managed,
  metrics,
  NOW,
  resource,
  rule,
  sums,
  webAcl,
} from '../../../support/waf'

const acl = (Rules: object[] = [managed()], more: object = {}) => webAcl({ Rules, ...more })
const inSet = (set: Resource) => ({ Statement: { IPSetReferenceStatement: { ARN: set.arn } } })
const filter = (Behavior: string, Action: string, DefaultBehavior: string) => ({
  LoggingFilter: { DefaultBehavior, Filters: [{ Behavior, Conditions: [{ ActionCondition: { Action } }] }] },
})
const expiry = (daysToExpiry: number | null) =>
  resource({
    type: 'AWS::WAFv2::ManagedRuleGroupMetrics',
    data: { group: 'AWS/AWSManagedRulesCommonRuleSet/Version_1.1', daysToExpiry },
  })
const pinned = [managed('None', { Version: 'Version_1.1' })]
const hidden = { VisibilityConfig: { MetricName: 'a', CloudWatchMetricsEnabled: false, SampledRequestsEnabled: true } }
const blocked = (allowed: number, count: number) => metrics({ ALL: sums({ allowed: [allowed], blocked: [0, count] }) })
const wafcharm = (name: string, days: number) => ipSet(name, ['192.0.2.1/32'], { changedAt: daysAgo(days) })
const oldRules: AclHistory = { rulesSince: daysAgo(180), counting: {} }

const cases: readonly [
  id: ProblemId,
  name: string,
  resources: readonly Resource[],
  found: boolean,
  history?: AclHistory,
][] = [
  ['no-logging', 'no configuration', [acl()], true],
  ['no-logging', 'everything is written', [acl(), logging()], false],
  ['no-logging', 'blocked requests are dropped', [acl(), logging(filter('DROP', 'BLOCK', 'KEEP'))], true],
  ['no-logging', 'only blocked requests are kept', [acl(), logging(filter('KEEP', 'BLOCK', 'DROP'))], false],
  ['no-logging', 'only allowed requests are kept', [acl(), logging(filter('KEEP', 'ALLOW', 'DROP'))], true],
  [
    'no-logging',
    'one of two destinations keeps everything',
    [acl(), logging(filter('KEEP', 'ALLOW', 'DROP')), logging()],
    false,
  ],
  ['no-metrics', 'a rule without metrics', [acl([rule('a', 'Block', hidden)])], true],
  ['no-metrics', 'the web ACL without metrics', [acl([managed()], hidden)], true],
  ['no-metrics', 'all have metrics', [acl()], false],
  ['metrics-unread', 'metrics are missing', [acl()], true],
  ['metrics-unread', 'metrics are there', [acl(), blocked(1, 0)], false],
  ['version-expires', 'the default version', [acl(), coreGroup(), expiry(1)], false],
  ['version-expires', 'pinned, ends in 29 days', [acl(pinned), coreGroup(), expiry(29)], true],
  ['version-expires', 'pinned, ends in 30 days', [acl(pinned), coreGroup(), expiry(30)], false],
  ['version-expires', 'pinned, no end known', [acl(pinned), coreGroup(), expiry(null)], false],
  ['version-expires', 'pinned, not described any more', [acl(pinned), coreGroup({ 'Version_1.1': null })], true],
  [
    'version-expires',
    'pinned, not listed any more',
    [acl([managed('None', { Version: 'Version_1.0' })]), coreGroup()],
    true,
  ],
  ['baseline-missing', 'a general rule set', [acl()], false],
  ['baseline-missing', 'only an own rule', [acl([rule('a', 'Block')])], true],
  [
    'baseline-missing',
    'only a special group of AWS',
    [acl([managed('None', { Name: 'AWSManagedRulesPHPRuleSet' })])],
    true,
  ],
  [
    'baseline-missing',
    'a group of another vendor',
    [acl([managed('None', { VendorName: 'F5', Name: 'OWASP_Managed' })])],
    false,
  ],
  [
    'baseline-missing',
    'a rate limit',
    [acl([rule('a', 'Block', { Statement: { RateBasedStatement: { Limit: 100 } } })])],
    false,
  ],
  ['baseline-missing', 'rules of WafCharm', [acl([rule('WafCharm_DenyIps_1', 'Block')])], false],
  ['baseline-missing', 'everything is blocked', [acl([rule('a', 'Allow')], { DefaultAction: { Block: {} } })], false],
  ['nothing-blocked', 'traffic, nothing blocked', [acl(), blocked(10_000, 0)], true],
  ['nothing-blocked', 'traffic, one request blocked', [acl(), blocked(10_000, 1)], false],
  ['nothing-blocked', 'little traffic', [acl(), blocked(9_999, 0)], false],
  ['nothing-blocked', 'no metrics', [acl()], false],
  [
    'wafcharm-stale',
    'a list that has not changed for 7 days',
    [
      acl([rule('r', 'Block', inSet(wafcharm('WafCharm_Automated_DenyIps_1', 7)))]),
      wafcharm('WafCharm_Automated_DenyIps_1', 7),
    ],
    true,
  ],
  [
    'wafcharm-stale',
    'a list that changed 6 days ago',
    [
      acl([rule('r', 'Block', inSet(wafcharm('WafCharm_Automated_DenyIps_1', 6)))]),
      wafcharm('WafCharm_Automated_DenyIps_1', 6),
    ],
    false,
  ],
  [
    'wafcharm-stale',
    'a list that people edit',
    [acl([rule('r', 'Block', inSet(wafcharm('WafCharm_DenyIps_1', 90)))]), wafcharm('WafCharm_DenyIps_1', 90)],
    false,
  ],
  [
    'wafcharm-stale',
    'a list of somebody else',
    [acl([rule('r', 'Block', inSet(wafcharm('automated', 90)))]), wafcharm('automated', 90)],
    false,
  ],
  ['rules-unchanged', 'unchanged for 180 days', [acl([rule('a', 'Block')])], true, oldRules],
  [
    'rules-unchanged',
    'unchanged for 179 days',
    [acl([rule('a', 'Block')])],
    false,
    { ...oldRules, rulesSince: daysAgo(179) },
  ],
  ['rules-unchanged', 'nothing is remembered', [acl([rule('a', 'Block')])], false],
  ['rules-unchanged', 'a managed group on its default version', [acl(), coreGroup()], false, oldRules],
  ['rules-unchanged', 'a managed group that is pinned', [acl(pinned), coreGroup()], true, oldRules],
  ['rules-unchanged', 'of WafCharm', [acl([rule('WafCharm_1', 'Block')])], false, oldRules],
  [
    'rules-unchanged',
    'of Firewall Manager',
    [acl([rule('a', 'Block')], { ManagedByFirewallManager: true })],
    false,
    oldRules,
  ],
  ['rules-unchanged', 'no rules', [acl([])], false, oldRules],
]

describe('problems of operation', () => {
  test.each(cases)('%s: %s', (id, _name, resources, found, history) => {
    const state = new WafState(inventoryOf(resources))
    const [first] = state.acls
    if (!first) throw new Error('no web ACL')
    expect(problemOf(id, first, { state, now: NOW, history: history ?? null }) !== null).toBe(found)
  })
})

describe('since when a rule counts', () => {
  const days = Array.from({ length: 30 }, (_, at) =>
    daysAgo(30 - at)
      .toISOString()
      .slice(0, 10),
  )
  const at = (ago: number) => new Date(`${daysAgo(ago).toISOString().slice(0, 10)}T00:00:00Z`)

  test.each([
    ['nothing is known', {}, undefined, null],
    ['only what was read', {}, daysAgo(3), { at: daysAgo(3), by: 'read' }],
    ['counted before it was read', { counted: [5, 0, 0, 0] }, daysAgo(3), { at: at(4), by: 'metrics' }],
    ['counted after it was read', { counted: [5, 0] }, daysAgo(9), { at: daysAgo(9), by: 'read' }],
    [
      'blocked after it counted',
      { counted: [5, 0, 0, 7], blocked: [0, 2, 0, 0] },
      undefined,
      { at: at(1), by: 'metrics' },
    ],
    ['blocked last', { counted: [5, 0], blocked: [0, 2] }, undefined, null],
  ] as const)('%s', (_name, counts, read, expected) => {
    const of = {
      counted: [...('counted' in counts ? counts.counted : [])],
      blocked: [...('blocked' in counts ? counts.blocked : [])],
    }
    expect(countingSince(sums(of), days, read)).toEqual(expected)
  })
})
