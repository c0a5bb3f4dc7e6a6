import type * as Wafv2 from '@aws-sdk/client-wafv2'
import type { Rule } from '@aws-sdk/client-wafv2'
import { AwsError } from '../../wire/aws-error'
import { FORWARD, Forward, type Handlers } from '../handler'
import { MANAGED_GROUPS } from './wafv2-managed'

type Names =
  | 'AssociateWebACL'
  | 'DisassociateWebACL'
  | 'ListResourcesForWebACL'
  | 'ListAvailableManagedRuleGroups'
  | 'ListLoggingConfigurations'
  | 'ListAvailableManagedRuleGroupVersions'
  | 'DescribeManagedRuleGroup'
  | 'CheckCapacity'
  | 'GetRateBasedStatementManagedKeys'
  | 'GetSampledRequests'

/** Web ACLs, rule groups, sets, associations and logging are moto's; only the list of an ACL's resources is kept here. */
export const wafv2: Handlers<typeof Wafv2, Names> = {
  AssociateWebACL({ WebACLArn = '', ResourceArn = '' }, call) {
    return new Forward(() => call.store.put('wafv2.association', call, { WebACLArn, ResourceArn }))
  },
  DisassociateWebACL({ ResourceArn }, call) {
    return new Forward(() => call.store.remove('wafv2.association', call, one => one.ResourceArn === ResourceArn))
  },
  ListResourcesForWebACL({ WebACLArn, ResourceType = 'APPLICATION_LOAD_BALANCER' }, call) {
    const own = call.store.list('wafv2.association', call).filter(one => one.WebACLArn === WebACLArn)
    return { ResourceArns: own.map(one => one.ResourceArn).filter(arn => typeOf(arn) === ResourceType) }
  },
  ListLoggingConfigurations({ LogScope = 'CUSTOMER' }) {
    // moto knows no scopes of logs.
    return LogScope === 'CUSTOMER' ? FORWARD : { LoggingConfigurations: [] }
  },
  ListAvailableManagedRuleGroups() {
    const ManagedRuleGroups = Object.entries(MANAGED_GROUPS).map(([Name, { description }]) => {
      return { VendorName: 'AWS', Name, VersioningSupported: true, Description: description }
    })
    return { ManagedRuleGroups }
  },
  ListAvailableManagedRuleGroupVersions({ Name }) {
    const { versions } = groupOf(Name)
    const Versions = versions.map(one => ({ Name: one.name, LastUpdateTimestamp: new Date(one.published) }))
    return { Versions, CurrentDefaultVersion: versions.at(-1)?.name }
  },
  DescribeManagedRuleGroup({ Name, VersionName }) {
    const { capacity, rules, versions } = groupOf(Name)
    const version = VersionName ? versions.find(one => one.name === VersionName) : versions.at(-1)
    if (!version) throw new AwsError('WAFNonexistentItemException', 'AWS WAF couldn’t find that version.')
    return {
      VersionName: version.name,
      Capacity: capacity,
      Rules: rules.map(rule => ({ Name: rule, Action: { Block: {} } })),
      LabelNamespace: `awswaf:managed:aws:${String(Name).toLowerCase()}:`,
      AvailableLabels: [],
      ConsumedLabels: [],
    }
  },
  CheckCapacity({ Rules = [] }) {
    return { Capacity: Rules.reduce((sum, rule) => sum + capacityOf(rule), 0) }
  },
  GetRateBasedStatementManagedKeys() {
    return {
      ManagedKeysIPV4: { IPAddressVersion: 'IPV4', Addresses: [] },
      ManagedKeysIPV6: { IPAddressVersion: 'IPV6', Addresses: [] },
    }
  },
  GetSampledRequests({ TimeWindow }) {
    return { SampledRequests: [], PopulationSize: 0, TimeWindow }
  },
}

function groupOf(name: string | undefined) {
  const group = MANAGED_GROUPS[name ?? '']
  if (group) return group
  throw new AwsError(
    'WAFNonexistentItemException',
    'AWS WAF couldn’t perform the operation because your resource doesn’t exist.',
  )
}

/** Rough, but the same for the same rule: managed groups as published, rate and set rules 2 and 1, others 10. */
function capacityOf({ Statement = {} }: Rule): number {
  if (Statement.ManagedRuleGroupStatement) return groupOf(Statement.ManagedRuleGroupStatement.Name).capacity
  if (Statement.RateBasedStatement) return 2
  return Statement.IPSetReferenceStatement || Statement.GeoMatchStatement ? 1 : 10
}

function typeOf(arn: string): string {
  const [, , service = '', , , resource = ''] = arn.split(':')
  const types: Record<string, string> = {
    amplify: 'AMPLIFY',
    apigateway: 'API_GATEWAY',
    apprunner: 'APP_RUNNER_SERVICE',
    appsync: 'APPSYNC',
    'cognito-idp': 'COGNITO_USER_POOL',
    ec2: 'VERIFIED_ACCESS_INSTANCE',
    elasticloadbalancing: 'APPLICATION_LOAD_BALANCER',
  }
  return types[service] ?? resource
}
