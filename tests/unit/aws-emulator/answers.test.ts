import { AccessAnalyzerClient, GetFindingV2Command, paginateListFindingsV2 } from '@aws-sdk/client-accessanalyzer'
import { AccountClient, paginateListRegions } from '@aws-sdk/client-account'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { ConfigServiceClient, GetComplianceDetailsByConfigRuleCommand } from '@aws-sdk/client-config-service'
import { EC2Client, GetEbsEncryptionByDefaultCommand, GetInstanceMetadataDefaultsCommand } from '@aws-sdk/client-ec2'
import {
  GetFindingsCommand as GetThreatsCommand,
  GuardDutyClient,
  ListFindingsCommand,
} from '@aws-sdk/client-guardduty'
import { GetAccessKeyLastUsedCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam'
import { Inspector2Client, paginateListFindings } from '@aws-sdk/client-inspector2'
import { GetFindingsCommand as GetDataCommand, Macie2Client } from '@aws-sdk/client-macie2'
import { DescribeTrustedAdvisorCheckResultCommand, SupportClient } from '@aws-sdk/client-support'
import {
  ListRecommendationResourcesCommand,
  ListRecommendationsCommand,
  TrustedAdvisorClient,
} from '@aws-sdk/client-trustedadvisor'
import { CheckCapacityCommand, DescribeManagedRuleGroupCommand, WAFV2Client } from '@aws-sdk/client-wafv2'
import { expect } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { HOME } from '../../support/aws/emulator'
import * as posture from '../../support/aws/examples/posture'
import * as threats from '../../support/aws/examples/threats'
import { asHome } from '../../support/aws/sessions'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const place = { account: HOME.account, region: 'us-east-1' }
const account = { account: HOME.account }
const now = new Date('2026-11-26T00:00:00Z')
const sourcesOf = (...records: unknown[]) =>
  // A report has records as JSON.
  records
    .flatMap(one => outcomesOf(JSON.parse(JSON.stringify(one)), { now }))
    .map(({ source, result }) => `${source} ${result}`)

stopAtEnd()

test('GuardDuty lists ids in pages of 50 and gives the findings', { timeout: START_MS }, async ({ emulator }) => {
  const client = new GuardDutyClient(asHome(emulator, place.region))
  const at = (n: number) => new Date(Date.UTC(2026, 10, 1, n))
  emulator.store.put(
    'guardduty.finding',
    place,
    ...Array.from({ length: 60 }, (_, n) => threats.guardDutyFinding(place, n, at(n))),
  )
  const first = await client.send(new ListFindingsCommand({ DetectorId: 'd' }))
  const second = await client.send(new ListFindingsCommand({ DetectorId: 'd', NextToken: first.NextToken }))
  expect([first.FindingIds?.length, second.FindingIds?.length, second.NextToken]).toEqual([50, 10, ''])
  const Criterion = { updatedAt: { GreaterThanOrEqual: at(58).getTime() } }
  const newest = await client.send(new ListFindingsCommand({ DetectorId: 'd', FindingCriteria: { Criterion } }))
  const { Findings = [] } = await client.send(new GetThreatsCommand({ DetectorId: 'd', FindingIds: newest.FindingIds }))
  expect(sourcesOf(...Findings)).toEqual(['guardduty failed', 'guardduty failed'])
})

test('the administrator of GuardDuty sees the findings of its members', async ({ emulator }) => {
  const member = { ...place, account: '222222222222' }
  emulator.store.put('guardduty.finding', member, threats.guardDutyFinding(member))
  const list = () =>
    new GuardDutyClient(asHome(emulator, place.region)).send(new ListFindingsCommand({ DetectorId: 'd' }))
  expect((await list()).FindingIds).toEqual([])
  emulator.store.set('guardduty.members', account, [member.account])
  expect((await list()).FindingIds).toHaveLength(1)
})

test('Inspector, Macie and Access Analyzer', async ({ emulator }) => {
  const { store } = emulator
  const inspector = new Inspector2Client(asHome(emulator, place.region))
  const findings: unknown[] = []
  const read = async () => {
    for await (const page of paginateListFindings({ client: inspector, pageSize: 100 }, {}))
      findings.push(...(page.findings ?? []))
  }
  await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' })
  store.set('inspector2.status', place, 'ENABLED')
  store.put('inspector2.finding', place, ...Array.from({ length: 120 }, (_, n) => threats.inspectorFinding(place, n)))
  await read()
  expect(findings).toHaveLength(120)
  const macie = new Macie2Client(asHome(emulator, place.region))
  const command = new GetDataCommand({ findingIds: [threats.macieFinding(place).id ?? ''] })
  await expect(macie.send(command)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'Macie is not enabled.',
  })
  store.set('macie2.enabled', place, true)
  store.put('macie2.finding', place, threats.macieFinding(place))
  const analyzer = posture.analyzer(place)
  store.put('accessanalyzer.analyzer', place, analyzer)
  store.put('accessanalyzer.finding', place, posture.accessFinding(place))
  const client = new AccessAnalyzerClient(asHome(emulator, place.region))
  const access: unknown[] = []
  for await (const page of paginateListFindingsV2({ client }, { analyzerArn: analyzer.arn }))
    access.push(...(page.findings ?? []))
  const id = posture.accessFinding(place).id
  const whole = await client.send(new GetFindingV2Command({ analyzerArn: analyzer.arn, id }))
  expect(whole.findingDetails).toHaveLength(1)
  const { findings: data = [] } = await macie.send(command)
  expect(sourcesOf(findings[0], ...data, ...access)).toEqual([
    'inspector failed',
    'macie failed',
    'access-analyzer failed',
  ])
})

test('AWS Config and Trusted Advisor, which needs a support plan', async ({ emulator }) => {
  const { store } = emulator
  store.put(
    'config.evaluation',
    place,
    posture.evaluation(place, 'a-rule'),
    posture.evaluation(place, 'b-rule', 'COMPLIANT'),
  )
  const config = new ConfigServiceClient(asHome(emulator, place.region))
  const details = await config.send(new GetComplianceDetailsByConfigRuleCommand({ ConfigRuleName: 'a-rule' }))
  expect(details.EvaluationResults).toMatchObject([{ ComplianceType: 'NON_COMPLIANT' }])
  const support = new SupportClient(asHome(emulator, 'us-east-1'))
  const advisor = new TrustedAdvisorClient(asHome(emulator, 'us-east-1'))
  const ask = () => support.send(new DescribeTrustedAdvisorCheckResultCommand({ checkId: posture.portsCheck.id }))
  await expect(ask()).rejects.toMatchObject({ name: 'SubscriptionRequiredException' })
  await expect(advisor.send(new ListRecommendationsCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
  store.set('support.plan', account, true)
  store.put('support.result', account, posture.portsResult(place, 'sg-1'))
  store.put('trustedadvisor.recommendation', account, posture.recommendation(place))
  store.put('trustedadvisor.resource', account, posture.recommendedResource(place, 'sg-1'))
  expect((await ask()).result?.flaggedResources).toHaveLength(1)
  const { recommendationSummaries: [summary] = [] } = await advisor.send(new ListRecommendationsCommand({}))
  const resources = new ListRecommendationResourcesCommand({ recommendationIdentifier: summary?.id })
  expect((await advisor.send(resources)).recommendationResourceSummaries).toMatchObject([{ awsResourceId: 'sg-1' }])
})

test('settings of an account: Regions, EC2 defaults, keys', async ({ emulator }) => {
  const { store } = emulator
  const client = new AccountClient(asHome(emulator, 'us-east-1'))
  const enabled: (string | undefined)[] = []
  for await (const { Regions = [] } of paginateListRegions({ client, pageSize: 10 }, {})) {
    enabled.push(...Regions.filter(one => one.RegionOptStatus !== 'DISABLED').map(one => one.RegionName))
  }
  expect(enabled).toEqual(['ap-northeast-1', 'us-east-1'])
  store.set('ec2.ebs-encryption', place, true)
  store.set('ec2.http-tokens', place, 'required')
  const ec2 = new EC2Client(asHome(emulator, place.region))
  expect((await ec2.send(new GetEbsEncryptionByDefaultCommand({}))).EbsEncryptionByDefault).toBe(true)
  const metadata = await ec2.send(new GetInstanceMetadataDefaultsCommand({}))
  expect(metadata.AccountLevel?.HttpTokens).toBe('required')
  const CreateDate = new Date('2023-05-10T00:00:00Z')
  const lastUsed = { LastUsedDate: now, ServiceName: 's3', Region: 'us-east-1' }
  store.put('iam.access-key', account, {
    UserName: 'ci',
    AccessKeyId: 'AKIAEXAMPLE000000001',
    Status: 'Active',
    CreateDate,
    lastUsed,
  })
  const iam = new IAMClient(asHome(emulator, 'us-east-1'))
  const keys = await iam.send(new ListAccessKeysCommand({ UserName: 'ci' }))
  expect(keys.AccessKeyMetadata).toEqual([
    { UserName: 'ci', AccessKeyId: 'AKIAEXAMPLE000000001', Status: 'Active', CreateDate },
  ])
  const use = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAEXAMPLE000000001' }))
  expect(use.AccessKeyLastUsed).toEqual(lastUsed)
})

test('managed rule groups, capacity and metrics of AWS WAF', async ({ emulator }) => {
  const waf = new WAFV2Client(asHome(emulator, place.region))
  const group = { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', Scope: 'REGIONAL' } as const
  expect((await waf.send(new DescribeManagedRuleGroupCommand(group))).Capacity).toBe(700)
  const VisibilityConfig = { MetricName: 'm', SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true }
  const rule = { Name: 'r', Priority: 0, Statement: { ManagedRuleGroupStatement: group }, VisibilityConfig }
  expect((await waf.send(new CheckCapacityCommand({ Scope: 'REGIONAL', Rules: [rule] }))).Capacity).toBe(700)
  const dimensions = { WebACL: 'shop', Rule: 'ALL' }
  const points = [1, 2, 26].map(hour => ({ at: new Date(Date.UTC(2026, 10, 20, hour)), sum: hour }))
  emulator.store.put('cloudwatch.metric', place, {
    namespace: 'AWS/WAFV2',
    metric: 'BlockedRequests',
    dimensions,
    points,
  })
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  const Metric = { Namespace: 'AWS/WAFV2', MetricName: 'BlockedRequests', Dimensions }
  const { MetricDataResults } = await new CloudWatchClient(asHome(emulator, place.region)).send(
    new GetMetricDataCommand({
      StartTime: new Date('2026-11-01T00:00:00Z'),
      EndTime: new Date('2026-12-01T00:00:00Z'),
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 86_400, Stat: 'Sum' } }],
    }),
  )
  expect(MetricDataResults?.[0]?.Values).toEqual([26, 3])
})
