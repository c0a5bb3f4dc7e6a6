import { describe, expect, test } from 'vitest'
import { judgeEntrances, type Rung } from '../../../../lib/domain/waf/ladder'
import type { NextStep } from '../../../../lib/domain/waf/next-step'
import type { Resource } from '../../../../lib/domain/waf/resource'
import {
  balancer,
  busy,
  coreGroup,
  distribution,
  inventoryOf,
  ipSet,
  logging,
  managed,
  NOW,
  override,
  resource,
  rule,
  webAcl,
} from '../../../support/waf'

type Case = readonly [name: string, resources: readonly Resource[], rung: Rung | null, step: NextStep['step']]

const SIZE = 'SizeRestrictions_BODY'
const XSS = 'CrossSiteScripting_BODY'
const CORE_LABEL = `awswaf:managed:aws:core-rule-set:${SIZE}`
const labelMatch = (Key: string) => ({ Statement: { LabelMatchStatement: { Scope: 'LABEL', Key } }, Priority: 20 })
const inSet = (ARN: string) => ({ Statement: { IPSetReferenceStatement: { ARN } }, Priority: 1 })
const wide = ipSet('wide', ['10.0.0.0/8'])
const office = ipSet('office', ['203.0.113.0/24'])
const ownGroup = (Rules: object[]) => resource({ type: 'AWS::WAFv2::RuleGroup', name: 'own', data: { Rules } })
const reference = { Statement: { RuleGroupReferenceStatement: { ARN: ownGroup([]).arn } } }
const fms = (action: 'None' | 'Count') => ({ ...managed(action), FirewallManagerStatement: managed().Statement })

/** A load balancer behind a web ACL with these rules. */
const behind = (Rules: object[], more: object = {}, others: readonly Resource[] = []) => [
  balancer(),
  webAcl({ Rules, ...more }),
  coreGroup(),
  ...others,
]
const operated = [logging(), busy()]
const core = [managed()]

const cases: readonly Case[] = [
  ['no web ACL', [balancer()], 'none', 'create_acl'],
  ['a web ACL of something else', [balancer(), webAcl({ resources: ['arn:other'] })], 'none', 'create_acl'],
  [
    'a blocking web ACL that is not associated',
    [balancer(), webAcl({ resources: [], Rules: core }), coreGroup()],
    'none',
    'associate_acl',
  ],
  ['no rules', behind([]), 'empty', 'add_groups'],
  ['no rules, but everything is blocked', behind([], { DefaultAction: { Block: {} } }), 'blocking', 'no-logging'],
  [
    'only a rule that allows',
    behind([rule('office', 'Allow', inSet(office.arn))], {}, [office]),
    'empty',
    'add_groups',
  ],
  ['an empty rule group', behind([managed('None', {}, reference)], {}, [ownGroup([])]), 'empty', 'add_groups'],
  ['a rule that counts', behind([rule('login', 'Count')]), 'counting', 'set_rule_action'],
  ['a group that is overridden with Count', behind([managed('Count')]), 'counting', 'set_group_action'],
  [
    'two groups that are overridden',
    behind([managed('Count'), managed('Count', {}, { Name: 'b' })]),
    'counting',
    'set_group_action',
  ],
  [
    'a group of which every inner rule is overridden',
    behind([managed('None', { RuleActionOverrides: [override(SIZE, 'Count'), override(XSS, 'Count')] })]),
    'counting',
    'remove_overrides',
  ],
  [
    'a group of which every inner rule is excluded, the older way',
    behind([managed('None', { ExcludedRules: [{ Name: SIZE }, { Name: XSS }] })]),
    'counting',
    'remove_overrides',
  ],
  [
    'an own group whose rules count',
    behind([managed('None', {}, reference)], {}, [ownGroup([rule('a', 'Count')])]),
    'counting',
    'remove_overrides',
  ],
  [
    "Firewall Manager's group with Count",
    behind([], { PreProcessFirewallManagerRuleGroups: [fms('Count')] }),
    'counting',
    'set_group_action',
  ],
  [
    'a rule that counts for labels that nobody uses',
    behind([rule('a', 'Count', { RuleLabels: [{ Name: 'bot' }] })]),
    'counting',
    'set_rule_action',
  ],
  [
    'a rule that blocks beside one that counts',
    behind([rule('a', 'Block'), rule('b', 'Count')]),
    'partly_blocking',
    'set_rule_action',
  ],
  [
    'a group that blocks beside one with Count',
    behind([managed(), managed('Count', {}, { Name: 'b' })]),
    'partly_blocking',
    'set_group_action',
  ],
  [
    'a group of which one inner rule counts',
    behind([managed('None', { RuleActionOverrides: [override(SIZE, 'Count')] })]),
    'partly_blocking',
    'remove_overrides',
  ],
  [
    'a group of which one inner rule is excluded',
    behind([managed('None', { ExcludedRules: [{ Name: SIZE }] })]),
    'partly_blocking',
    'remove_overrides',
  ],
  [
    'a group of which one inner rule allows',
    behind([managed('None', { RuleActionOverrides: [override(SIZE, 'Allow')] })]),
    'partly_blocking',
    'remove_overrides',
  ],
  [
    'an own group of which one rule counts',
    behind([managed('None', {}, reference)], {}, [ownGroup([rule('a', 'Block'), rule('b', 'Count')])]),
    'partly_blocking',
    'remove_overrides',
  ],
  [
    'a group that blocks after a rule that allows a large network',
    behind([...core, rule('wide', 'Allow', inSet(wide.arn))], {}, [wide]),
    'partly_blocking',
    'narrow_allow',
  ],
  [
    'a rule that allows a country first',
    behind([...core, rule('jp', 'Allow', { Priority: 1, Statement: { GeoMatchStatement: { CountryCodes: ['JP'] } } })]),
    'partly_blocking',
    'narrow_allow',
  ],
  [
    'a rule that allows a User-Agent first',
    behind([
      ...core,
      rule('ua', 'Allow', {
        Priority: 1,
        Statement: { ByteMatchStatement: { FieldToMatch: { SingleHeader: { Name: 'User-Agent' } } } },
      }),
    ]),
    'partly_blocking',
    'narrow_allow',
  ],
  [
    'a rule that allows a country or an office',
    behind(
      [
        ...core,
        rule('or', 'Allow', {
          Priority: 1,
          Statement: { OrStatement: { Statements: [{ GeoMatchStatement: {} }, inSet(office.arn).Statement] } },
        }),
      ],
      {},
      [office],
    ),
    'partly_blocking',
    'narrow_allow',
  ],
  [
    'a default block with a rule that allows a country',
    behind([rule('jp', 'Allow', { Statement: { GeoMatchStatement: {} } })], { DefaultAction: { Block: {} } }),
    'partly_blocking',
    'narrow_allow',
  ],
  [
    'a group that blocks beside one that is not described',
    behind([...core, managed('None', { Name: 'Gone' }, { Name: 'gone' })]),
    'partly_blocking',
    'read_group',
  ],
  [
    "Firewall Manager's group blocks, an own rule counts",
    behind([rule('a', 'Count')], { PostProcessFirewallManagerRuleGroups: [fms('None')] }),
    'partly_blocking',
    'set_rule_action',
  ],
  ['only a group that is not described', behind([managed('None', { Name: 'Gone' })]), null, 'read_group'],
  ['a rule that blocks', behind([rule('a', 'Block')]), 'blocking', 'no-logging'],
  ['a rule with a CAPTCHA', behind([rule('a', 'Captcha')]), 'blocking', 'no-logging'],
  ['a rule with a challenge', behind([rule('a', 'Challenge')]), 'blocking', 'no-logging'],
  ['a group that blocks, with an inner rule that its vendor counts', behind(core), 'blocking', 'no-logging'],
  [
    'a group with an override that changes nothing',
    behind([managed('None', { RuleActionOverrides: [override(SIZE, 'Block')] })]),
    'blocking',
    'no-logging',
  ],
  [
    'a group with an inner rule that challenges instead',
    behind([managed('None', { RuleActionOverrides: [override(SIZE, 'Challenge')] })]),
    'blocking',
    'no-logging',
  ],
  [
    "Firewall Manager's group first",
    behind([], { PreProcessFirewallManagerRuleGroups: [fms('None')] }),
    'blocking',
    'no-logging',
  ],
  [
    "Firewall Manager's group last",
    behind([], { PostProcessFirewallManagerRuleGroups: [fms('None')] }),
    'blocking',
    'no-logging',
  ],
  [
    'a group that blocks before a rule that allows a large network',
    behind([...core, rule('wide', 'Allow', { ...inSet(wide.arn), Priority: 9 })], {}, [wide]),
    'blocking',
    'no-logging',
  ],
  [
    'a group that blocks after a rule that allows an office',
    behind([...core, rule('office', 'Allow', inSet(office.arn))], {}, [office]),
    'blocking',
    'no-logging',
  ],
  [
    'a country and an office together',
    behind(
      [
        ...core,
        rule('and', 'Allow', {
          Priority: 1,
          Statement: { AndStatement: { Statements: [{ GeoMatchStatement: {} }, inSet(office.arn).Statement] } },
        }),
      ],
      {},
      [office],
    ),
    'blocking',
    'no-logging',
  ],
  [
    'a rule that counts for a label that a later rule blocks',
    behind([rule('a', 'Count', { RuleLabels: [{ Name: 'bot' }] }), rule('b', 'Block', labelMatch('bot'))]),
    'blocking',
    'no-logging',
  ],
  [
    'the same label with its namespace',
    behind([
      rule('a', 'Count', { RuleLabels: [{ Name: 'bot' }] }),
      rule('b', 'Block', labelMatch('awswaf:111111111111:webacl:acl:bot')),
    ]),
    'blocking',
    'no-logging',
  ],
  [
    'a label that only an earlier rule looks for',
    behind([
      rule('a', 'Count', { RuleLabels: [{ Name: 'bot' }] }),
      rule('b', 'Block', { ...labelMatch('bot'), Priority: 1 }),
    ]),
    'partly_blocking',
    'set_rule_action',
  ],
  [
    'an inner rule that counts for a label that a later rule blocks',
    behind([
      managed('None', { RuleActionOverrides: [override(SIZE, 'Count')] }),
      rule('b', 'Block', labelMatch(CORE_LABEL)),
    ]),
    'blocking',
    'no-logging',
  ],
  [
    'a later rule that looks for another label of the group',
    behind([
      managed('None', { RuleActionOverrides: [override(XSS, 'Count')] }),
      rule('b', 'Block', labelMatch(CORE_LABEL)),
    ]),
    'partly_blocking',
    'remove_overrides',
  ],
  [
    'a whole group that counts for a later rule',
    behind([managed('Count'), rule('b', 'Block', labelMatch(CORE_LABEL))]),
    'blocking',
    'no-logging',
  ],
  ['blocking with logs and metrics', behind(core, {}, operated), 'operated', 'keep'],
  ['blocking with logs, metrics not read', behind(core, {}, [logging()]), 'blocking', 'metrics-unread'],
  [
    'blocking, logs drop what is blocked',
    behind(core, {}, [logging({ LoggingFilter: { DefaultBehavior: 'DROP', Filters: [] } }), busy()]),
    'blocking',
    'no-logging',
  ],
]

const judged = (resources: readonly Resource[], unread: readonly string[] = []) =>
  judgeEntrances(inventoryOf(resources, unread), NOW, new Map())

describe('the ladder', () => {
  test.each(cases)('%s', (_name, resources, rung, step) => {
    const found = judged(resources)
    expect(found.map(one => [one.rung, one.next.step])).toEqual([[rung, step]])
  })

  test('has enough cases', () => expect(cases.length).toBeGreaterThan(45))
})

describe('what was not read', () => {
  test('is not known, and no missing WAF', () => {
    expect(judged([balancer()], ['waf']).map(one => [one.rung, one.next.step])).toEqual([[null, 'read_waf']])
    expect(judged([distribution()], ['waf-global']).map(one => one.rung)).toEqual([null])
    expect(judged([distribution()], ['waf']).map(one => one.rung)).toEqual(['none'])
    expect(
      judged([distribution({ WebACLId: 'arn:aws:wafv2:us-east-1:1:global/webacl/x/1' })]).map(one => one.rung),
    ).toEqual([null])
  })
})
