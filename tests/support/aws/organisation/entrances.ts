import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateLoadBalancerCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  AssociateWebACLCommand,
  CreateWebACLCommand,
  PutLoggingConfigurationCommand,
  type Rule,
  WAFV2Client,
} from '@aws-sdk/client-wafv2'
import type { Emulator } from '../emulator'
import { setUpIn } from './connection'
import { REGION } from './organisation'

const DAY_MS = 86_400_000

/** Two load balancers open to the internet: one behind a web ACL that counts and blocks a little, one without any. */
export async function createEntrances(emulator: Emulator, account: string): Promise<void> {
  const settings = setUpIn(emulator, account, REGION)
  const subnets = await createSubnets(new EC2Client(settings))
  const shop = await createLoadBalancer(new ElasticLoadBalancingV2Client(settings), 'shop', subnets)
  await createLoadBalancer(new ElasticLoadBalancingV2Client(settings), 'backoffice', subnets)
  const waf = new WAFV2Client(settings)
  const acl = await waf.send(
    new CreateWebACLCommand({
      Name: 'shop',
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibilityOf('shop'),
      Rules: [managed('AWSManagedRulesCommonRuleSet', 0, true), managed('AWSManagedRulesSQLiRuleSet', 1, false)],
    }),
  )
  const WebACLArn = acl.Summary?.ARN
  await waf.send(new AssociateWebACLCommand({ WebACLArn, ResourceArn: shop }))
  const LoggingConfiguration = {
    ResourceArn: WebACLArn,
    LogDestinationConfigs: [`arn:aws:logs:${REGION}:${account}:log-group:aws-waf-logs-shop`],
  }
  await waf.send(new PutLoggingConfigurationCommand({ LoggingConfiguration }))
  const counted = { AllowedRequests: 90_000, CountedRequests: 1200, BlockedRequests: 40 }
  for (const [metric, sum] of Object.entries(counted)) {
    const dimensions = { WebACL: 'shop', Region: REGION, Rule: 'ALL' }
    const points = [{ at: new Date(Date.now() - DAY_MS), sum }]
    emulator.store.put(
      'cloudwatch.metric',
      { account, region: REGION },
      { namespace: 'AWS/WAFV2', metric, dimensions, points },
    )
  }
}

async function createSubnets(ec2: EC2Client): Promise<string[]> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }))
  const zones = ['a', 'c'].map(async (zone, n) => {
    const subnet = { VpcId: Vpc?.VpcId, CidrBlock: `10.1.${n}.0/24`, AvailabilityZone: `${REGION}${zone}` }
    return (await ec2.send(new CreateSubnetCommand(subnet))).Subnet?.SubnetId ?? ''
  })
  return Promise.all(zones)
}

async function createLoadBalancer(client: ElasticLoadBalancingV2Client, Name: string, Subnets: string[]) {
  const input = { Name, Subnets, Scheme: 'internet-facing', Type: 'application' } as const
  return (await client.send(new CreateLoadBalancerCommand(input))).LoadBalancers?.[0]?.LoadBalancerArn
}

function managed(Name: string, Priority: number, onlyCounts: boolean): Rule {
  return {
    Name,
    Priority,
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
    OverrideAction: onlyCounts ? { Count: {} } : { None: {} },
    VisibilityConfig: visibilityOf(Name),
  }
}

function visibilityOf(MetricName: string) {
  return { MetricName, SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true }
}
