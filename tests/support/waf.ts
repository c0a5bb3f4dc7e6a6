import type { Resource, Resources } from '../../lib/domain/waf/resource'

export const NOW = new Date('2026-11-27T00:00:00Z')
const DAY_MS = 86_400_000
export const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS)
export const region = 'ap-northeast-1'
const account = '111111111111'

type Data = Record<string, unknown>
type Parts = Partial<Resource> & { type: string; data?: Data }

export function resource({ type, name = 'shop', arn, data = {}, ...rest }: Parts): Resource {
  return {
    region,
    type,
    name,
    arn: arn ?? `arn:aws:test:${region}:${account}:${type.split('::').slice(1).join('/')}/${name}`,
    data,
    firstSeenAt: daysAgo(1),
    changedAt: daysAgo(1),
    ...rest,
  }
}

/** What a test says was read. Cells that it names in `unread` were not. */
export function inventoryOf(all: readonly Resource[], unread: readonly string[] = []): Resources {
  return {
    resources: (type, at) => all.filter(one => one.type === type && (at === undefined || one.region === at)),
    cell: collector => (unread.includes(collector) ? null : { state: 'ok', complete: true, action: null }),
  }
}

const VisibilityConfig = { MetricName: 'm', CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true }

/** A rule with an action such as `Block`. */
export function rule(Name: string, action: string, more: Data = {}): Data {
  const Statement = { ByteMatchStatement: { SearchString: 'x', FieldToMatch: { UriPath: {} } } }
  return {
    Name,
    Priority: 10,
    Statement,
    Action: { [action]: {} },
    VisibilityConfig: { ...VisibilityConfig, MetricName: Name },
    ...more,
  }
}

const CORE = 'AWSManagedRulesCommonRuleSet'

/** A managed rule group; `how` changes its statement. */
export function managed(action: 'None' | 'Count' = 'None', how: Data = {}, more: Data = {}): Data {
  const Statement = { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: CORE, ...how } }
  return {
    Name: 'core',
    Priority: 5,
    Statement,
    OverrideAction: { [action]: {} },
    VisibilityConfig: { ...VisibilityConfig, MetricName: 'core' },
    ...more,
  }
}

export const override = (Name: string, action: string) => ({ Name, ActionToUse: { [action]: {} } })

const NAMESPACE = 'awswaf:managed:aws:core-rule-set:'

/** The general rule set of AWS as its collector describes it: two rules that block, and one that counts by itself. */
export function coreGroup(more: Data = {}): Resource {
  const Rules = [
    { Name: 'SizeRestrictions_BODY', Action: { Block: {} } },
    { Name: 'CrossSiteScripting_BODY', Action: { Block: {} } },
    { Name: 'NewRule', Action: { Count: {} } },
  ]
  const described = { Rules, LabelNamespace: NAMESPACE }
  const data = {
    versions: [{ Name: 'Version_1.1' }, { Name: 'Version_1.2' }],
    currentDefaultVersion: 'Version_1.2',
    used: { default: described, 'Version_1.1': described, ...more },
  }
  return resource({ type: 'AWS::WAFv2::ManagedRuleGroup', name: `AWS/${CORE}`, data })
}

export const balancer = (data: Data = {}, parts: Partial<Resource> = {}) =>
  resource({
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    data: {
      Type: 'application',
      Scheme: 'internet-facing',
      DNSName: 'shop.elb.amazonaws.com',
      SecurityGroups: ['sg-1'],
      Listeners: [{ Port: 443 }],
      ...data,
    },
    ...parts,
  })

export const webAcl = (data: Data = {}, parts: Partial<Resource> = {}) =>
  resource({
    type: 'AWS::WAFv2::WebACL',
    name: 'acl',
    data: {
      DefaultAction: { Allow: {} },
      Rules: [],
      VisibilityConfig: { ...VisibilityConfig, MetricName: 'acl' },
      resources: [balancer().arn],
      scope: 'REGIONAL',
      ...data,
    },
    ...parts,
  })

export const logging = (more: Data = {}) =>
  resource({ type: 'AWS::WAFv2::LoggingConfiguration', name: 'acl', data: { ResourceArn: webAcl().arn, ...more } })

const days = Array.from({ length: 30 }, (_, at) =>
  daysAgo(30 - at)
    .toISOString()
    .slice(0, 10),
)
const zeros = () => Array.from({ length: 30 }, () => 0)

/** Sums per day: the last days are given, the days before are 0. */
export function sums(of: { allowed?: number[]; counted?: number[]; blocked?: number[] }) {
  const fill = (last: number[] = []) => [...zeros(), ...last].slice(-30)
  return { allowed: fill(of.allowed), counted: fill(of.counted), blocked: fill(of.blocked) }
}

export const metrics = (rules: Record<string, ReturnType<typeof sums>>) =>
  resource({
    type: 'AWS::WAFv2::WebACLMetrics',
    name: 'acl',
    arn: `${webAcl().arn}#metrics`,
    data: { webAcl: webAcl().arn, days, rules },
  })

/** Traffic of which some was blocked. */
export const busy = () => metrics({ ALL: sums({ allowed: [50_000], blocked: [12] }) })

export const ipSet = (name: string, Addresses: string[], parts: Partial<Resource> = {}) =>
  resource({ type: 'AWS::WAFv2::IPSet', name, data: { Addresses }, ...parts })

export const securityGroup = (ingress: Data[], id = 'sg-1') =>
  resource({
    type: 'AWS::EC2::SecurityGroup',
    arn: `arn:aws:ec2:${region}:${account}:security-group/${id}`,
    data: { ingress },
  })

export const https = (sources: Data) => ({ protocol: 'tcp', from: 443, to: 443, ...sources })

export const cloudFrontList = () =>
  resource({
    type: 'AWS::EC2::PrefixList',
    name: 'com.amazonaws.global.cloudfront.origin-facing',
    data: { PrefixListId: 'pl-1' },
  })

export const distribution = (data: Data = {}) =>
  resource({
    type: 'AWS::CloudFront::Distribution',
    region: 'global',
    name: 'E1',
    data: { Enabled: true, DomainName: 'd1.cloudfront.net', WebACLId: '', Origins: [], ...data },
  })
