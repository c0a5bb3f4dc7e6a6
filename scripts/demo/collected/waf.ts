import type { CollectorId } from '../../../lib/domain/collection/collectors'
import type { DemoAccount } from '../organisation'
import { between, hex, random } from '../random'

/** The line that a collector would write for a resource. */
export interface DemoResource {
  readonly collector: CollectorId
  readonly region: string
  readonly type: string
  readonly arn: string
  readonly name: string
  readonly data: Record<string, unknown>
}

const REGION = 'ap-northeast-1'
const DAYS = 30
const DAY_MS = 86_400_000
const CORE = 'AWSManagedRulesCommonRuleSet'
const BAD_INPUTS = 'AWSManagedRulesKnownBadInputsRuleSet'

/** How the web ACLs of the sample are operated, in turn. null: no web ACL. */
const MODES = ['counting', 'operated', 'none', 'partly', 'blocking', 'vendor', 'empty', 'operated'] as const
type Mode = (typeof MODES)[number]

const visible = (MetricName: string) => ({ MetricName, CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true })

function managed(name: string, priority: number, action: 'None' | 'Count', more: object = {}) {
  return {
    Name: `AWS-${name}`,
    Priority: priority,
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: name, ...more } },
    OverrideAction: { [action]: {} },
    VisibilityConfig: visible(`AWS-${name}`),
  }
}

const limit = {
  Name: 'rate-limit',
  Priority: 30,
  Statement: { RateBasedStatement: { Limit: 2000, AggregateKeyType: 'IP' } },
  Action: { Block: {} },
  VisibilityConfig: visible('rate-limit'),
}

function rulesOf(mode: Mode): { Name: string; VisibilityConfig: { MetricName: string } }[] {
  if (mode === 'empty') return []
  if (mode === 'counting') return [managed(CORE, 0, 'Count'), managed(BAD_INPUTS, 1, 'Count')]
  const relaxed = { RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }] }
  return [managed(CORE, 0, 'None', mode === 'partly' ? relaxed : {}), managed(BAD_INPUTS, 1, 'None'), limit]
}

/** Everything about AWS WAF of an account of the sample; the same for the same day. */
export function wafResources(account: DemoAccount, place: number, at: Date): DemoResource[] {
  const { id, prefix } = account
  const balancers = ['web', 'api', 'admin'].slice(0, 1 + (place % 3))
  return [
    ...balancers.flatMap((name, n) => balancerOf(account, `${prefix}-${name}`, modeAt(place + n * 3), at)),
    ...groupsOf(),
    stageOf(account),
    {
      collector: 'entrances',
      region: REGION,
      type: 'AWS::Cognito::UserPool',
      arn: `arn:aws:cognito-idp:${REGION}:${id}:userpool/${REGION}_${hex(9, id, 'pool')}`,
      name: `${prefix}-users`,
      data: { Domain: `${prefix}-sign-in`, MfaConfiguration: 'OPTIONAL' },
    },
  ]
}

function modeAt(place: number): Mode {
  return MODES[place % MODES.length] ?? 'none'
}

/** The managed rule groups of the sample, with some of their rules. */
const INNER: Readonly<Record<string, readonly string[]>> = {
  [CORE]: ['SizeRestrictions_BODY', 'CrossSiteScripting_BODY', 'GenericLFI_URIPATH', 'NoUserAgent_HEADER'],
  [BAD_INPUTS]: ['Log4JRCE_HEADER', 'JavaDeserializationRCE_BODY', 'ExploitablePaths_URIPATH'],
}

function groupsOf(): DemoResource[] {
  return Object.entries(INNER).map(([group, names]) => {
    const rules = names.map(Name => ({ Name, Action: { Block: {} } }))
    const used = { default: { LabelNamespace: `awswaf:managed:aws:${group}:`, Rules: rules } }
    const data = { vendor: 'AWS', scope: 'REGIONAL', versions: [], currentDefaultVersion: 'Version_1.18', used }
    const name = `AWS/${group}`
    return { collector: 'waf', region: REGION, type: 'AWS::WAFv2::ManagedRuleGroup', arn: name, name, data }
  })
}

function stageOf({ id, prefix }: DemoAccount): DemoResource {
  const api = hex(10, id, 'api')
  return {
    collector: 'entrances',
    region: REGION,
    type: 'AWS::ApiGatewayV2::Stage',
    arn: `arn:aws:apigateway:${REGION}::/apis/${api}/stages/$default`,
    name: `${prefix}-hooks/$default`,
    data: {
      apiId: api,
      protocol: 'HTTP',
      endpoint: `https://${api}.execute-api.${REGION}.amazonaws.com`,
      stageName: '$default',
    },
  }
}

function balancerOf({ id }: DemoAccount, name: string, mode: Mode, at: Date): DemoResource[] {
  const suffix = `app/${name}/${hex(16, id, name)}`
  const arn = `arn:aws:elasticloadbalancing:${REGION}:${id}:loadbalancer/${suffix}`
  const group = `sg-${hex(17, id, name)}`
  const place = { region: REGION, name }
  const data = {
    Type: 'application',
    Scheme: 'internet-facing',
    State: { Code: 'active' },
    DNSName: `${name}-${hex(9, id, name, 'dns')}.${REGION}.elb.amazonaws.com`,
    SecurityGroups: [group],
    Listeners: [{ Port: 443, Protocol: 'HTTPS' }],
  }
  const sources = mode === 'vendor' ? ['104.16.0.0/13', '172.64.0.0/13'] : ['0.0.0.0/0']
  const ingress = [{ protocol: 'tcp', from: 443, to: 443, ipv4: sources, ipv6: [], prefixLists: [], groups: [] }]
  const balancer: DemoResource[] = [
    { ...place, collector: 'entrances', type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', arn, data },
    {
      ...place,
      collector: 'ec2',
      type: 'AWS::EC2::SecurityGroup',
      arn: `arn:aws:ec2:${REGION}:${id}:security-group/${group}`,
      data: { vpc: null, ingress, egress: [] },
    },
    {
      ...place,
      collector: 'metrics',
      type: 'AWS::CloudWatch::RequestMetrics',
      arn: `alb:${suffix}`,
      data: { kind: 'alb', of: [suffix], ...requestsOf(name, at) },
    },
  ]
  return mode === 'none' || mode === 'vendor' ? balancer : [...balancer, ...aclOf(id, name, arn, mode, at)]
}

function aclOf(id: string, name: string, protectedArn: string, mode: Mode, at: Date): DemoResource[] {
  const arn = `arn:aws:wafv2:${REGION}:${id}:regional/webacl/${name}/${hex(12, id, name, 'acl')}`
  const rules = rulesOf(mode)
  const place = { region: REGION, name }
  const data = {
    DefaultAction: { Allow: {} },
    Rules: rules,
    VisibilityConfig: visible(name),
    Capacity: rules.length * 350,
    scope: 'REGIONAL',
    resources: [protectedArn],
    tags: {},
  }
  const logs = { ResourceArn: arn, LogScope: 'CUSTOMER', LogDestinationConfigs: [`arn:aws:s3:::aws-waf-logs-${id}`] }
  return [
    { ...place, collector: 'waf', type: 'AWS::WAFv2::WebACL', arn, data },
    {
      ...place,
      collector: 'metrics',
      type: 'AWS::WAFv2::WebACLMetrics',
      arn: `${arn}#metrics`,
      data: metricsOf(
        arn,
        rules.map(rule => rule.VisibilityConfig.MetricName),
        { name, mode, at },
      ),
    },
    ...(mode === 'blocking'
      ? []
      : [
          {
            ...place,
            collector: 'waf' as const,
            type: 'AWS::WAFv2::LoggingConfiguration',
            arn: `${arn}#CUSTOMER`,
            data: logs,
          },
        ]),
  ]
}

function daysBefore(at: Date): string[] {
  return Array.from({ length: DAYS }, (_, n) => new Date(at.getTime() - (DAYS - n) * DAY_MS).toISOString().slice(0, 10))
}

/** Requests of each day around a mean, fewer at weekends. */
function perDay(mean: number, days: readonly string[], key: string): number[] {
  return days.map(day => {
    const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
    return Math.round(mean * (weekend ? 0.55 : 1) * between(random(key, day), 0.75, 1.25))
  })
}

function requestsOf(name: string, at: Date) {
  const days = daysBefore(at)
  return { days, requests: perDay(trafficOf(name), days, name) }
}

function trafficOf(name: string): number {
  return Math.round(between(random('traffic', name), 400, 90_000))
}

function metricsOf(
  webAcl: string,
  names: readonly string[],
  { name, mode, at }: { name: string; mode: Mode; at: Date },
) {
  const days = daysBefore(at)
  const zeros = days.map(() => 0)
  const attacks = (rule: string) =>
    perDay(trafficOf(name) * between(random(name, rule), 0.0008, 0.006), days, `${name} ${rule}`)
  const rules = names.map((rule): [string, Record<string, number[]>] => {
    const found = attacks(rule)
    const half = found.map(n => Math.round(n / 3))
    if (mode === 'counting') return [rule, { allowed: zeros, counted: found, blocked: zeros }]
    return [rule, { allowed: zeros, counted: mode === 'partly' && rule.endsWith(CORE) ? half : zeros, blocked: found }]
  })
  const sum = (kind: string) => days.map((_, day) => rules.reduce((all, [, sums]) => all + (sums[kind]?.[day] ?? 0), 0))
  const all = { allowed: perDay(trafficOf(name), days, name), counted: sum('counted'), blocked: sum('blocked') }
  return { webAcl, scope: 'REGIONAL', days, rules: { ALL: all, ...Object.fromEntries(rules) } }
}
