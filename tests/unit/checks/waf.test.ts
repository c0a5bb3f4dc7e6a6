import { describe, expect, test } from 'vitest'
import type { Inventory, Resource } from '../../../lib/domain/checks/check'
import { evaluate } from '../../../lib/domain/checks/evaluate'
import { wafChecks } from '../../../lib/domain/checks/waf/waf'
import type { AclHistory } from '../../../lib/domain/waf/operation/since'
import { inventoryWith } from '../../support/inventory'
import {
  balancer,
  busy,
  cloudFrontList,
  coreGroup,
  daysAgo,
  distribution,
  https,
  inventoryOf,
  logging,
  managed,
  metrics,
  NOW,
  region,
  resource,
  rule,
  securityGroup,
  sums,
  webAcl,
} from '../../support/waf'

function evaluation(resources: readonly Resource[], more: Partial<Inventory> = {}) {
  const read = { ...inventoryOf(resources), now: NOW, regions: [region, 'us-east-1'] }
  return evaluate(inventoryWith({ ...read, ...more }), wafChecks)
}

/** The controls that fail, with their resources. */
function failed(resources: readonly Resource[], more: Partial<Inventory> = {}): string[] {
  const { records, errors } = evaluation(resources, more)
  expect(errors).toEqual([])
  return records
    .filter(({ result }) => result === 'failed')
    .map(({ control }) => control)
    .sort()
}

const arn = webAcl().arn
const remembered = (history: AclHistory): Partial<Inventory> => ({ webAcls: new Map([[arn, history]]) })
const counting = (days: number) => remembered({ rulesSince: daysAgo(1), counting: { core: daysAgo(days) } })
const spike = (last: number) => metrics({ ALL: sums({ blocked: [...Array.from({ length: 20 }, () => 200), last] }) })
const good = [balancer(), logging(), busy(), coreGroup()]
const open = https({ ipv4: ['0.0.0.0/0'] })
const edge = webAcl(
  { Rules: [managed()], scope: 'CLOUDFRONT', resources: [distribution().arn] },
  { region: 'global', arn: 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/edge/1' },
)
const front = distribution({ WebACLId: edge.arn, Origins: [{ DomainName: 'shop.elb.amazonaws.com' }] })
const edgeParts = [
  edge,
  front,
  { ...coreGroup(), region: 'global' },
  { ...logging({ ResourceArn: edge.arn }), arn: 'arn:log' },
]

describe('checks of WAF', () => {
  test.each<[string, readonly Resource[], string[], Partial<Inventory>?]>([
    ['everything is well', [...good, webAcl({ Rules: [managed()] })], []],
    ['no web ACL', [balancer()], ['ELB.16']],
    ['no web ACL for a stage', [resource({ type: 'AWS::ApiGateway::Stage' })], ['APIGateway.4']],
    ['no web ACL for a distribution', [distribution()], ['CloudFront.6']],
    [
      'no web ACL for a user pool',
      [resource({ type: 'AWS::Cognito::UserPool', data: { Domain: 'a' } })],
      ['hinomi/waf-missing'],
    ],
    [
      'only CloudFront can reach it',
      [balancer(), cloudFrontList(), securityGroup([https({ prefixLists: ['pl-1'] })])],
      [],
    ],
    [
      'only Cloudflare can reach it',
      [balancer(), securityGroup([https({ ipv4: ['104.16.0.0/13'] })])],
      ['hinomi/waf-other-vendor'],
    ],
    ['an empty web ACL', [...good, webAcl()], ['WAF.10', 'hinomi/waf-baseline']],
    ['no logs', [balancer(), busy(), coreGroup(), webAcl({ Rules: [managed()] })], ['WAF.11']],
    ['counting for 13 days', [...good, webAcl({ Rules: [managed('Count')] })], [], counting(13)],
    [
      'counting for 14 days',
      [...good, webAcl({ Rules: [managed('Count')] })],
      ['hinomi/waf-counting-only'],
      counting(14),
    ],
    [
      'one of two rules counts for 14 days',
      [...good, webAcl({ Rules: [managed('Count'), rule('a', 'Block')] })],
      ['hinomi/waf-rules-counting'],
      counting(14),
    ],
    [
      'nothing blocked',
      [
        balancer(),
        logging(),
        coreGroup(),
        metrics({ ALL: sums({ allowed: [10_000] }) }),
        webAcl({ Rules: [managed()] }),
      ],
      ['hinomi/waf-nothing-blocked'],
    ],
    [
      'a day with five times as many blocked requests',
      [balancer(), logging(), coreGroup(), spike(1001), webAcl({ Rules: [managed()] })],
      ['hinomi/waf-block-spike'],
    ],
    [
      'a day with a thousand blocked requests',
      [balancer(), logging(), coreGroup(), spike(1000), webAcl({ Rules: [managed()] })],
      [],
    ],
    [
      'as many blocked requests as always',
      [
        balancer(),
        logging(),
        coreGroup(),
        metrics({ ALL: sums({ blocked: Array.from({ length: 20 }, () => 5000) }) }),
        webAcl({ Rules: [managed()] }),
      ],
      [],
    ],
    [
      'rules as they were 180 days ago',
      [...good, webAcl({ Rules: [managed('None', { Version: 'Version_1.1' })] })],
      ['hinomi/waf-rules-unchanged'],
      remembered({ rulesSince: daysAgo(180), counting: {} }),
    ],
    ['1,501 units', [...good, webAcl({ Rules: [managed()], Capacity: 1501 })], ['hinomi/waf-capacity']],
    ['1,500 units', [...good, webAcl({ Rules: [managed()], Capacity: 1500 })], []],
    ['unused for 29 days', [webAcl({ resources: [] }, { changedAt: daysAgo(29) })], []],
    ['unused for 30 days', [webAcl({ resources: [] }, { changedAt: daysAgo(30) })], ['hinomi/waf-orphan']],
    [
      'a web ACL of AWS WAF Classic',
      [resource({ type: 'AWS::WAF::WebACL', region: 'global' })],
      ['hinomi/waf-classic'],
    ],
    [
      'an origin past its distribution',
      [...edgeParts, balancer(), securityGroup([open])],
      ['ELB.16', 'hinomi/waf-bypass'],
    ],
    [
      'an origin that only CloudFront reaches',
      [...edgeParts, balancer(), cloudFrontList(), securityGroup([https({ prefixLists: ['pl-1'] })])],
      [],
    ],
    [
      'a rule that reads the header of another vendor',
      [
        ...good,
        webAcl({
          Rules: [
            managed(),
            rule('rate', 'Block', {
              Statement: { RateBasedStatement: { Limit: 100, ForwardedIPConfig: { HeaderName: 'CF-Connecting-IP' } } },
            }),
          ],
        }),
      ],
      ['hinomi/waf-other-vendor'],
    ],
  ])('%s', (_name, resources, controls, more) => {
    expect(failed(resources, more)).toEqual(controls)
  })

  test('the evidence says from where it is known', () => {
    const counted = metrics({
      ALL: sums({ allowed: [9] }),
      core: sums({ counted: Array.from({ length: 20 }, () => 1) }),
    })
    const acl = webAcl({ Rules: [managed('Count')] })
    const evidenceOf = (resources: readonly Resource[], more: Partial<Inventory>) =>
      evaluation(resources, more).records.find(({ control }) => control === 'hinomi/waf-counting-only')?.evidence
    // CloudWatch proves 20 days at the first look.
    expect(evidenceOf([balancer(), logging(), coreGroup(), counted, acl], counting(1))).toEqual([
      { name: 'wafRule', value: 'core' },
      { name: 'wafCountingMetrics', value: daysAgo(20).toISOString(), as: 'time' },
    ])
    expect(evidenceOf([...good, acl], counting(15))).toEqual([
      { name: 'wafRule', value: 'core' },
      { name: 'wafCountingRead', value: daysAgo(15).toISOString(), as: 'time' },
    ])
  })

  test('what was not read is not examined', () => {
    const cell = (collector: string) =>
      collector === 'metrics'
        ? { state: 'denied' as const, complete: false, action: 'cloudwatch:GetMetricData' }
        : { state: 'ok' as const, complete: true, action: null }
    const { examined } = evaluation([...good, webAcl()], { cell })
    const unexamined = examined.filter(line => line.unexamined.length > 0).map(({ check }) => check)
    expect(unexamined.sort()).toEqual([
      'waf-block-spike',
      'waf-counting-only',
      'waf-nothing-blocked',
      'waf-rules-counting',
      'waf-version-expires',
    ])
  })

  test('web ACLs for CloudFront are examined once, in their Region', () => {
    const { records } = evaluation(edgeParts)
    const own = records.filter(({ resource: { id } }) => id === edge.arn)
    expect(own.length).toBeGreaterThan(10)
    expect(new Set(own.map(record => record.region))).toEqual(new Set(['us-east-1']))
    expect(new Set(own.map(({ control }) => control)).size).toBe(own.length)
  })

  test('the same resources give the same results', () => {
    const resources = [...good, ...edgeParts, webAcl({ Rules: [managed('Count')] })]
    expect(evaluation(resources, counting(20)).records).toEqual(evaluation([...resources], counting(20)).records)
  })
})
