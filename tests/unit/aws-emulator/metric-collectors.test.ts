import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import { CreateWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2'
import { describe, expect } from 'vitest'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const { account } = HOME
const DAY_MS = 86_400_000
const yesterday = new Date(Date.now() - DAY_MS)
const dayOf = (at: Date) => at.toISOString().slice(0, 10)

stopAtEnd()

async function recordsOf(emulator: Emulator, region: string): Promise<InventoryLine[]> {
  const pages = await collectedPages(emulator, 'metrics', { region })
  expect(pages.at(-1)?.next).toBeNull()
  return pages.flatMap(page => page.records).map(record => InventoryLine.parse(record))
}

interface Point {
  region: string
  namespace: string
  metric: string
  dimensions: Record<string, string>
  at?: Date
  sum: number
}

function put(emulator: Emulator, { region, namespace, metric, dimensions, at = yesterday, sum }: Point): void {
  const points = [{ at, sum }]
  emulator.store.put('cloudwatch.metric', { account, region }, { namespace, metric, dimensions, points })
}

const visible = (MetricName: string) => ({ MetricName, SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true })

async function createAcl(emulator: Emulator, Scope: 'REGIONAL' | 'CLOUDFRONT', region: string): Promise<void> {
  const statement = { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', Version: 'Version_1.1' }
  await new WAFV2Client(setUpIn(emulator, account, region)).send(
    new CreateWebACLCommand({
      Name: 'shop',
      Scope,
      DefaultAction: { Allow: {} },
      VisibilityConfig: visible('shop-metric'),
      Rules: [
        {
          Name: 'core',
          Priority: 0,
          Statement: { ManagedRuleGroupStatement: statement },
          OverrideAction: { None: {} },
          VisibilityConfig: visible('core-metric'),
        },
      ],
    }),
  )
}

describe('metrics', () => {
  test('reads alarms of all pages and whether they do anything', { timeout: START_MS }, async ({ emulator }) => {
    const client = new CloudWatchClient(setUpIn(emulator, account, 'ap-northeast-1'))
    const alarm = { MetricName: 'Errors', Namespace: 'AWS/Lambda', Period: 60, EvaluationPeriods: 1, Threshold: 1 }
    const rest = { ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Sum' } as const
    const create = (AlarmName: string, settings: object) =>
      client.send(new PutMetricAlarmCommand({ AlarmName, ...alarm, ...rest, ...settings }))
    await create('told', { AlarmActions: ['arn:aws:sns:ap-northeast-1:111111111111:ops'] })
    await create('idle', {})
    await create('off', { ActionsEnabled: false, AlarmActions: ['arn:aws:sns:ap-northeast-1:111111111111:ops'] })
    const alarms = (await recordsOf(emulator, 'ap-northeast-1')).filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    expect(alarms.map(({ name, data }) => [name, data]).sort()).toEqual([
      ['idle', { metric: 'Errors', actionsEnabled: true, alarmActions: 0 }],
      ['off', { metric: 'Errors', actionsEnabled: false, alarmActions: 1 }],
      ['told', { metric: 'Errors', actionsEnabled: true, alarmActions: 1 }],
    ])
    emulator.deny({ action: 'cloudwatch:DescribeAlarms' })
    await expect(recordsOf(emulator, 'ap-northeast-1')).rejects.toMatchObject({ state: 'denied' })
  })

  test('reads web ACLs and their rules per day with one call', { timeout: START_MS }, async ({ emulator }) => {
    const region = 'ap-northeast-1'
    await createAcl(emulator, 'REGIONAL', region)
    const acl = { region, namespace: 'AWS/WAFV2', dimensions: { WebACL: 'shop-metric', Region: region, Rule: 'ALL' } }
    const core = { ...acl, dimensions: { ...acl.dimensions, Rule: 'core-metric' } }
    put(emulator, { ...acl, metric: 'AllowedRequests', sum: 100 })
    put(emulator, { ...core, metric: 'BlockedRequests', sum: 7 })
    const version = { ManagedRuleGroup: 'AWSManagedRulesCommonRuleSet', Vendor: 'AWS', Version: 'Version_1.1' }
    put(emulator, { ...acl, metric: 'DaysToExpiry', dimensions: { ...version, Region: region }, sum: 21 })
    // Of a time that is not asked for.
    const old = new Date(Date.now() - 40 * DAY_MS)
    put(emulator, { ...core, metric: 'CountedRequests', at: old, sum: 5 })
    const records = await recordsOf(emulator, region)
    const [metrics] = records.filter(({ type }) => type === 'AWS::WAFv2::WebACLMetrics')
    expect(metrics).toMatchObject({ name: 'shop', region, data: { scope: 'REGIONAL' } })
    const data = metrics?.data as { days: string[]; rules: Record<string, Record<string, number[]>> }
    expect(data.days).toHaveLength(30)
    expect(data.days.at(-1)).toBe(dayOf(yesterday))
    expect(data.rules.ALL?.allowed?.at(-1)).toBe(100)
    expect(data.rules['core-metric']?.blocked?.at(-1)).toBe(7)
    expect(data.rules['core-metric']?.counted?.every(sum => sum === 0)).toBe(true)
    expect(records.filter(({ type }) => type === 'AWS::WAFv2::ManagedRuleGroupMetrics')).toMatchObject([
      { name: 'AWS/AWSManagedRulesCommonRuleSet/Version_1.1', data: { daysToExpiry: 21 } },
    ])
    // Requests of entrances, and everything of web ACLs.
    expect(emulator.calls.total({ operation: 'GetMetricData' })).toBe(2)
    expect(emulator.unanswered).toEqual([])
  })

  test('reads web ACLs for CloudFront in one Region only', { timeout: START_MS }, async ({ emulator }) => {
    await createAcl(emulator, 'CLOUDFRONT', 'us-east-1')
    const dimensions = { WebACL: 'shop-metric', Rule: 'ALL' }
    put(emulator, { region: 'us-east-1', namespace: 'AWS/WAFV2', metric: 'BlockedRequests', dimensions, sum: 3 })
    const found = await recordsOf(emulator, 'us-east-1')
    expect(found).toMatchObject([
      { type: 'AWS::WAFv2::WebACLMetrics', region: 'us-east-1', data: { scope: 'CLOUDFRONT' } },
      {},
    ])
    expect(JSON.stringify(found[0]?.data)).toContain('0,3]')
    expect(await recordsOf(emulator, 'ap-northeast-1')).toEqual([])
  })

  test('reads the requests of entrances', { timeout: START_MS }, async ({ emulator }) => {
    const region = 'us-east-1'
    const balancer = { region, namespace: 'AWS/ApplicationELB', metric: 'RequestCount', sum: 10 }
    put(emulator, { ...balancer, dimensions: { LoadBalancer: 'app/shop/1' } })
    // Parts of the same requests.
    put(emulator, { ...balancer, dimensions: { LoadBalancer: 'app/shop/1', AvailabilityZone: 'us-east-1a' } })
    put(emulator, {
      region,
      namespace: 'AWS/CloudFront',
      metric: 'Requests',
      dimensions: { DistributionId: 'E1', Region: 'Global' },
      sum: 5,
    })
    put(emulator, {
      region,
      namespace: 'AWS/ApiGateway',
      metric: 'Count',
      dimensions: { ApiName: 'a', Stage: 'p' },
      sum: 2,
    })
    const records = await recordsOf(emulator, region)
    expect(records.map(({ data }) => [data.kind, data.of])).toEqual([
      ['alb', ['app/shop/1']],
      ['cloudfront', ['E1', 'Global']],
      ['rest', ['a', 'p']],
    ])
    expect(records[0]?.data.requests).toEqual([...Array.from({ length: 29 }, () => null), 10])
  })

  test.for(['cloudwatch:GetMetricData', 'wafv2:GetWebACL'])(
    'without %s is denied',
    { timeout: START_MS },
    async (action, { emulator }) => {
      await createAcl(emulator, 'REGIONAL', 'ap-northeast-1')
      emulator.deny({ action })
      await expect(recordsOf(emulator, 'ap-northeast-1')).rejects.toMatchObject({ state: 'denied', action })
    },
  )
})
