import { expect } from 'vitest'
import { loadPackage, packageNames, type Service } from '../../../lib/aws/operations/packages'
import { type Emulator, HOME } from '../../support/aws/emulator'
import * as posture from '../../support/aws/examples/posture'
import { securityHubFinding } from '../../support/aws/examples/security-hub'
import * as threats from '../../support/aws/examples/threats'
import { EMPTY } from '../../support/aws/services/empty'
import { SERVICES } from '../../support/aws/services/registry'
import { asHome } from '../../support/aws/sessions'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const place = { account: HOME.account, region: 'us-east-1' }
const account = { account: HOME.account }
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${HOME.account}:${rest}`
const group = { Scope: 'REGIONAL', VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet' }

const Metric = { Namespace: 'AWS/WAFV2', MetricName: 'BlockedRequests' }
const QUERY = { Id: 'q', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }

/** Inputs of operations that need any. */
const INPUTS: Record<string, object> = {
  'accessanalyzer:GetFindingV2': { analyzerArn: posture.analyzer(place).arn, id: posture.accessFinding(place).id },
  'accessanalyzer:ListArchiveRules': { analyzerName: 'external' },
  'accessanalyzer:ListFindings': { analyzerArn: posture.analyzer(place).arn },
  'accessanalyzer:ListFindingsV2': { analyzerArn: posture.analyzer(place).arn },
  'amplify:ListBranches': { appId: 'app' },
  'apprunner:DescribeService': { ServiceArn: arn('apprunner', 'service/web/1') },
  'budgets:DescribeNotificationsForBudget': { AccountId: HOME.account, BudgetName: 'b' },
  'cloudfront:ListDistributionsByWebACLId': { WebACLId: 'none' },
  'cloudwatch:GetMetricData': { StartTime: new Date(0), EndTime: new Date(), MetricDataQueries: [QUERY] },
  'config-service:GetComplianceDetailsByConfigRule': { ConfigRuleName: 'rule' },
  'guardduty:DescribeOrganizationConfiguration': { DetectorId: 'd' },
  'fms:GetPolicy': { PolicyId: 'p' },
  'guardduty:CreateFilter': { DetectorId: 'd', Name: 'low', FindingCriteria: {} },
  'guardduty:GetFilter': { DetectorId: 'd', FilterName: 'low' },
  'guardduty:GetFindings': { DetectorId: 'd', FindingIds: [threats.guardDutyFinding(place).Id] },
  'guardduty:ListFilters': { DetectorId: 'd' },
  'guardduty:ListFindings': { DetectorId: 'd' },
  'guardduty:ListMembers': { DetectorId: 'd' },
  'guardduty:ListPublishingDestinations': { DetectorId: 'd' },
  'iam:GetAccessKeyLastUsed': { AccessKeyId: 'AKIAEXAMPLE000000001' },
  'iam:ListAccessKeys': { UserName: 'ci' },
  'lambda:ListFunctionUrlConfigs': { FunctionName: 'worker' },
  'macie2:GetFindings': { findingIds: [threats.macieFinding(place).id] },
  'organizations:DeregisterDelegatedAdministrator': { AccountId: '3', ServicePrincipal: 's' },
  'organizations:ListDelegatedServicesForAccount': { AccountId: '2' },
  'organizations:RegisterDelegatedAdministrator': { AccountId: '2', ServicePrincipal: 's' },
  's3:CreateBucket': { Bucket: 'logs' },
  's3:DeleteBucket': { Bucket: 'logs' },
  's3-control:GetPublicAccessBlock': { AccountId: HOME.account },
  'securityhub:BatchEnableStandards': {
    StandardsSubscriptionRequests: [{ StandardsArn: 'arn:aws:securityhub:us-east-1::standards/pci-dss/v/4.0.1' }],
  },
  'securityhub:BatchImportFindings': { Findings: [securityHubFinding(place, 'S3.8')] },
  'securityhub:BatchUpdateFindings': { FindingIdentifiers: [{ Id: 'x', ProductArn: 'y' }] },
  'securityhub:CreateFindingAggregator': { RegionLinkingMode: 'ALL_REGIONS' },
  'securityhub:GetAggregatorV2': { AggregatorV2Arn: 'a' },
  'securityhub:GetFindingAggregator': { FindingAggregatorArn: 'a' },
  'support:DescribeTrustedAdvisorCheckRefreshStatuses': { checkIds: [posture.portsCheck.id] },
  'support:DescribeTrustedAdvisorCheckResult': { checkId: posture.portsCheck.id },
  'support:DescribeTrustedAdvisorCheckSummaries': { checkIds: [posture.portsCheck.id] },
  'support:DescribeTrustedAdvisorChecks': { language: 'en' },
  'trustedadvisor:GetRecommendation': { recommendationIdentifier: `rec-${HOME.account}` },
  'trustedadvisor:ListRecommendationResources': { recommendationIdentifier: `rec-${HOME.account}` },
  'wafv2:AssociateWebACL': {
    WebACLArn: arn('wafv2', 'regional/webacl/shop/1'),
    ResourceArn: arn('apigateway', '/restapis/a/stages/b'),
  },
  'wafv2:DescribeManagedRuleGroup': group,
  'wafv2:DisassociateWebACL': { ResourceArn: arn('apigateway', '/restapis/a/stages/b') },
  'wafv2:ListAvailableManagedRuleGroupVersions': group,
  'wafv2:ListLoggingConfigurations': { Scope: 'REGIONAL' },
  'wafv2:ListResourcesForWebACL': { WebACLArn: arn('wafv2', 'regional/webacl/shop/1') },
}
/** What has no answer without other calls before it, or has none at all. */
const REFUSED: Record<string, string> = {
  'organizations:DescribeEffectivePolicy': 'EffectivePolicyNotFoundException',
  'wafv2:AssociateWebACL': 'WAFNonexistentItemException',
}

/** Operations that answer only that they have succeeded. */
const SILENT = [
  'macie2:EnableMacie',
  'organizations:DeregisterDelegatedAdministrator',
  'organizations:RegisterDelegatedAdministrator',
  's3:DeleteBucket',
  'securityhub:EnableSecurityHub',
  'wafv2:DisassociateWebACL',
]

function fill({ store }: Emulator): void {
  store.set('support.plan', account, true)
  store.set('macie2.enabled', place, true)
  store.set('securityhub.hub', place, true)
  store.set('securityhub.hub-v2', place, true)
  store.set('inspector2.status', place, 'ENABLED')
  store.set('fms.administrator', account, HOME.account)
  store.set('iam.credential-report', account, 'user,arn\n')
  store.set('iam.organizations-features', account, ['RootSessions'])
  store.set('s3control.public-access-block', account, { BlockPublicAcls: true })
  for (const members of ['guardduty', 'inspector2', 'macie2', 'securityhub'] as const) {
    store.set(`${members}.members`, account, ['222222222222'])
  }
  store.put('accessanalyzer.analyzer', place, posture.analyzer(place))
  store.put('accessanalyzer.finding', place, posture.accessFinding(place))
  store.put('amplify.app', place, { appId: 'app', name: 'app', appArn: arn('amplify', 'apps/app') } as never)
  store.put('apprunner.service', place, { ServiceArn: arn('apprunner', 'service/web/1'), Status: 'RUNNING' } as never)
  store.put('cloudtrail.event', place, { EventId: 'e', EventName: 'ConsoleLogin', EventTime: new Date() })
  store.put('cloudtrail.public-key', place, {
    Fingerprint: 'f',
    Value: Buffer.from('key'),
    ValidityStartTime: new Date(),
  })
  store.put('cloudwatch.metric', place, {
    namespace: 'AWS/WAFV2',
    metric: 'BlockedRequests',
    dimensions: {},
    points: [],
  })
  store.put('config.evaluation', place, posture.evaluation(place, 'rule'))
  store.put('ec2.verified-access-endpoint', place, { VerifiedAccessEndpointId: 'vae-1', Status: { Code: 'active' } })
  store.put('ec2.verified-access-instance', place, { VerifiedAccessInstanceId: 'vai-1' })
  store.put('fms.policy', place, { PolicyId: 'p', PolicyName: 'baseline', SecurityServiceType: 'WAFV2' })
  store.put('guardduty.filter', place, { Name: 'low', Action: 'ARCHIVE', FindingCriteria: { Criterion: {} } })
  store.put('guardduty.finding', place, threats.guardDutyFinding(place))
  store.put('iam.access-key', account, { UserName: 'ci', AccessKeyId: 'AKIAEXAMPLE000000001', Status: 'Active' })
  const covered = { resourceId: 'i-1', resourceType: 'AWS_EC2_INSTANCE', scanType: 'PACKAGE' } as const
  store.put('inspector2.coverage', place, { ...covered, accountId: HOME.account })
  store.put('inspector2.finding', place, threats.inspectorFinding(place))
  const functionUrl = { FunctionUrl: 'https://x.lambda-url.us-east-1.on.aws/', AuthType: 'NONE' as const }
  store.put('lambda.function-url', place, {
    ...functionUrl,
    FunctionArn: arn('lambda', 'function:worker'),
    CreationTime: '',
    LastModifiedTime: '',
  })
  store.put('macie2.finding', place, threats.macieFinding(place))
  store.put('s3.bucket', account, { Name: 'uploads' })
  store.put('securityhub.finding', place, securityHubFinding(place, 'S3.8'))
  store.put('securityhub.finding-v2', place, { metadata: { uid: 'u' }, class_uid: 2003 })
  store.put('support.check', account, posture.portsCheck)
  store.put('support.result', account, posture.portsResult(place, 'sg-1'))
  store.put('trustedadvisor.check', account, { id: 'HCP4007jGY', name: 'Ports', awsServices: ['ec2'] } as never)
  store.put('trustedadvisor.recommendation', account, posture.recommendation(place))
  store.put('trustedadvisor.resource', account, posture.recommendedResource(place, 'sg-1'))
  const WebACLArn = arn('wafv2', 'regional/webacl/shop/1')
  store.put('wafv2.association', place, { WebACLArn, ResourceArn: arn('elasticloadbalancing', 'loadbalancer/app/a/1') })
  store.put('waf.web-acl', account, { WebACLId: 'w', Name: 'classic' })
}

/** An operation as the SDK sends it and reads it. */
async function send(emulator: Emulator, service: Service, operation: string, input: object): Promise<object> {
  const { Client, commands } = loadPackage(service)
  const url = new URL(emulator.endpoint)
  // Its own rules would write the account before the address.
  const own = service === 's3-control' ? { endpointProvider: () => ({ url, headers: {} }) } : {}
  const client = new Client({ ...asHome(emulator, place.region), ...own })
  const Command = commands[`${operation}Command`]
  if (!Command) throw new Error(`there is no operation ${service}:${operation}`)
  return client.send(new Command(input))
}

stopAtEnd()

test('the SDK reads what the emulator answers to each of its operations', { timeout: START_MS }, async ({
  emulator,
}) => {
  fill(emulator)
  await send(emulator, 'wafv2', 'PutLoggingConfiguration', {
    LoggingConfiguration: {
      ResourceArn: arn('wafv2', 'regional/webacl/shop/1'),
      LogDestinationConfigs: ['arn:aws:s3:::aws-waf-logs-shop'],
    },
  })
  const empty: string[] = []
  const failed: Record<string, string> = {}
  for (const [service, handlers] of Object.entries(SERVICES)) {
    const known = packageNames.find(each => each === service)
    if (!known) continue
    for (const operation of Object.keys(handlers)) {
      const name = `${service}:${operation}`
      if (operation.startsWith('Disable')) continue
      const answer = await send(emulator, known, operation, INPUTS[name] ?? {}).catch((error: Error) => error)
      if (answer instanceof Error) failed[name] = answer.name
      else if (EMPTY[service]?.[operation] !== handlers[operation] && isEmpty(answer)) empty.push(name)
    }
  }
  expect(failed).toEqual(REFUSED)
  expect(empty.sort()).toEqual(SILENT)
})

/** Whether an answer says nothing, which it might if the SDK did not find the members where it looks for them. */
function isEmpty(answer: object): boolean {
  return Object.entries(answer).every(
    ([name, value]) => name === '$metadata' || value === undefined || (Array.isArray(value) && value.length === 0),
  )
}
