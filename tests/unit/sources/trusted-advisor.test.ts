import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { now, outcomeOf, read, rejectOf } from './support'

const account = '012345678901'
/** What a record says of resources, or of the account as a whole; not that it ends a summary. */
const of = (record: unknown) => outcomesOf(record, { now, account }).filter(outcome => outcome.summary !== 'ended')

/** An answer of DescribeTrustedAdvisorCheckResult about public snapshots. */
function answer(change: Record<string, unknown> = {}, resource: Record<string, unknown> = {}) {
  return {
    result: {
      checkId: 'ePs02jT06w',
      timestamp: '2025-05-13T21:38:05Z',
      status: 'error',
      resourcesSummary: { resourcesProcessed: 1, resourcesFlagged: 1, resourcesIgnored: 0, resourcesSuppressed: 0 },
      flaggedResources: [
        {
          status: 'error',
          region: 'ap-northeast-1',
          resourceId: 'opaque-1',
          isSuppressed: false,
          metadata: ['Red', 'ap-northeast-1', 'vol-0011', 'snap-0011', 'before the move'],
          ...resource,
        },
      ],
      ...change,
    },
  }
}

describe('a check result of Trusted Advisor', () => {
  test('is one outcome per resource, named by the columns of the check', () => {
    expect(of(answer())).toEqual([
      {
        source: 'trusted-advisor',
        product: 'Trusted Advisor',
        nativeId: 'ePs02jT06w/opaque-1',
        class: 'posture',
        accountId: account,
        region: 'ap-northeast-1',
        control: 'ePs02jT06w',
        result: 'failed',
        severity: 'high',
        title: 'Amazon EBS Public Snapshots',
        description:
          'Region: ap-northeast-1\nVolume ID: vol-0011\nSnapshot ID: snap-0011\nDescription: before the move',
        remediationText: '',
        remediationUrl: 'https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html',
        resource: { id: 'snap-0011', type: '' },
        otherResources: [],
        packageName: '',
        firstObservedAt: null,
        updatedAt: new Date('2025-05-13T21:38:05Z'),
      },
    ])
  })

  test.each([
    [['ap-northeast-1', 'vol-0011', 'snap-0011', 'x', 'Red'], 'snap-0011'],
    [['ap-northeast-1', 'vol-0011', 'snap-0011', 'x'], 'snap-0011'],
    [
      ['Red', 'ap-northeast-1', 'vol-0011', 'arn:aws:ec2:ap-northeast-1::snapshot/snap-0011', null],
      'arn:aws:ec2:ap-northeast-1::snapshot/snap-0011',
    ],
    // Of a length that the columns do not explain: only what can be nothing else is taken.
    [['Red', 'ap-northeast-1', 'snap-0011'], 'snap-0011'],
    [['Red', 'ap-northeast-1', 'snap-0011', 'snap-0022', 'a', 'b'], 'trusted-advisor/opaque-1'],
    [null, 'trusted-advisor/opaque-1'],
  ])('finds the resource in %j', (metadata, id) => {
    expect(of(answer({}, { metadata }))[0]?.resource.id).toBe(id)
  })

  test.each([
    [{ status: 'ok' }, 'passed'],
    [{ status: 'warning' }, 'failed'],
    [{ status: 'not_available' }, 'not_available'],
    [{ status: 'error', isSuppressed: true }, 'suppressed'],
  ])('of a resource that is %j is %s', (resource, result) => {
    expect(of(answer({}, resource))[0]?.result).toBe(result)
  })

  test('without a resource is about the account', () => {
    expect(of(answer({ checkId: '7DAFEmoDos', flaggedResources: [] }))).toMatchObject([
      { control: '7DAFEmoDos', result: 'failed', resource: { id: `arn:aws:iam::${account}:root` } },
    ])
    expect(of({ result: { checkId: '7DAFEmoDos', status: 'ok', resourcesSummary: {} } })[0]?.result).toBe('passed')
  })

  test.each([
    ['DqdJqYeRm5', 'warning', 'medium'],
    ['Z4AUBRNSmz', 'warning', 'informational'],
    ['eI7KK0l7J9', 'error', 'medium'],
    // Newer than the table: it may be about security.
    ['brandnew00', 'error', 'high'],
  ])('of check %s that is %s weighs %s', (checkId, status, severity) => {
    expect(of(answer({ checkId }, { status, metadata: null }))[0]?.severity).toBe(severity)
  })

  test('names the reached limit, not only its service', () => {
    const metadata = ['ap-northeast-1', 'VPC', 'VPCs', '5', '5', 'Red']
    expect(of(answer({ checkId: 'jL7PP0l7J9' }, { metadata }))[0]).toMatchObject({
      resource: { id: 'VPCs' },
      description: 'Region: ap-northeast-1\nService: VPC\nLimit Name: VPCs\nLimit Amount: 5\nCurrent Usage: 5',
    })
  })

  test('is refused without an account, and with an unknown status', () => {
    expect(rejectOf(answer())).toMatchObject({ code: 'no_account' })
    expect(() => of(answer({}, { status: 'perhaps' }))).toThrow('bad_field')
  })

  test('is read from an event, which contains its field names and its account', () => {
    const event = {
      'detail-type': 'Trusted Advisor Check Item Refresh Notification',
      account,
      time: '2025-05-13T21:38:05Z',
      region: 'us-east-1',
      detail: {
        'check-name': 'Amazon EBS Public Snapshots',
        'check-item-detail': {
          region: 'ap-northeast-1',
          'Volume ID': 'vol-0011',
          'Snapshot ID': 'snap-0011',
          Description: 'before the move',
        },
        status: 'ERROR',
        resource_id: 'opaque-1',
        uuid: '0011',
      },
    }
    expect(outcomesOf(event, { now })).toEqual(of(answer()))
    const { resource_id: _id, ...unnamed } = event.detail
    const nested = { ...unnamed, 'check-item-detail': { a: { toString: 1 }, b: 'x', c: 2 } }
    expect(outcomesOf({ ...event, detail: nested }, { now })[0]?.nativeId).toBe('ePs02jT06w/x/2')
  })
})

describe('the newer API', () => {
  const account = '012345678901'
  const recommendation = (change: Record<string, unknown> = {}) => ({
    arn: `arn:aws:trustedadvisor::${account}:recommendation/r-1`,
    id: 'r-1',
    name: 'MFA on Root Account',
    checkArn: 'arn:aws:trustedadvisor:::check/7DAFEmoDos',
    source: 'ta_check',
    status: 'error',
    type: 'standard',
    pillars: ['security'],
    resourcesAggregates: { okCount: 0, warningCount: 0, errorCount: 1 },
    lastUpdatedAt: '2025-06-01T00:00:00Z',
    ...change,
  })
  const resource = (change: Record<string, unknown> = {}) => ({
    id: 'x1',
    arn: `arn:aws:trustedadvisor::${account}:recommendation-resource/r-2/x1`,
    awsResourceId: 'open',
    regionCode: 'ap-northeast-1',
    status: 'error',
    metadata: { 0: 'ap-northeast-1', 1: 'ap-northeast-1', 2: 'open', 3: 'Yes', 4: 'No', 5: 'Yes' },
    recommendationArn: `arn:aws:trustedadvisor::${account}:recommendation/r-2`,
    lastUpdatedAt: '2025-06-01T00:00:00Z',
    ...change,
  })
  const buckets = recommendation({
    arn: `arn:aws:trustedadvisor::${account}:recommendation/r-2`,
    name: 'Amazon S3 Bucket Permissions',
    checkArn: 'arn:aws:trustedadvisor:::check/Pfx0RwqBli',
  })

  test('a list of recommendations is one record each', async () => {
    const { values } = await read(
      JSON.stringify({ recommendationSummaries: [recommendation(), buckets], nextToken: 'x' }),
    )
    expect(values).toHaveLength(2)
  })

  test('a result about the account is one outcome', () => {
    expect(outcomeOf(recommendation())).toMatchObject({
      accountId: account,
      control: '7DAFEmoDos',
      result: 'failed',
      severity: 'high',
      region: 'global',
      resource: { id: `AWS::::Account:${account}` },
    })
    expect(outcomeOf({ recommendation: recommendation({ status: 'ok' }) }).result).toBe('passed')
    const dismissed = { lifecycleStage: 'dismissed', updatedOnBehalfOf: 'A. Lead', updateReason: 'Retired next week' }
    expect(outcomeOf(recommendation(dismissed))).toMatchObject({
      result: 'suppressed',
      suppression: { by: 'A. Lead', at: null, note: 'Retired next week' },
    })
  })

  test('a recommendation with resources is about the account until they arrive, and adds none', () => {
    expect(outcomeOf(buckets)).toMatchObject({
      control: 'Pfx0RwqBli',
      result: 'failed',
      region: 'global',
      resource: { id: `AWS::::Account:${account}`, type: 'AwsAccount' },
      description: 'Resources with an error: 1',
    })
    const clean = { ...buckets, status: 'ok', resourcesAggregates: { okCount: 3, warningCount: 0, errorCount: 0 } }
    expect(outcomeOf(clean).result).toBe('passed')
  })

  test('a recommendation with its resources becomes one outcome each, under the name of the check', () => {
    const [open, hidden] = outcomesOf(
      {
        recommendation: buckets,
        recommendationResourceSummaries: [resource(), resource({ id: 'x2', exclusionStatus: 'excluded' })],
      },
      { now },
    )
    expect(open).toMatchObject({
      control: 'Pfx0RwqBli',
      title: 'Amazon S3 Bucket Permissions',
      result: 'failed',
      region: 'ap-northeast-1',
      resource: { id: 'open' },
    })
    expect(hidden).toMatchObject({ result: 'suppressed', suppression: { means: 'exclusion' } })
  })

  test('resources alone are identified by their recommendation, since they contain no check', () => {
    expect(of({ recommendationResourceSummaries: [resource()] })).toMatchObject([
      { control: 'recommendation/r-2', accountId: account },
    ])
  })

  test('a finding reported by Security Hub is an echo', () => {
    expect(rejectOf(recommendation({ source: 'security_hub' }))).toMatchObject({
      code: 'echo',
      params: { of: 'Security Hub' },
    })
  })

  test('estimated savings are shown with their unit', () => {
    const savings = { costOptimizing: { estimatedMonthlySavings: 123.4 } }
    const cost = { pillars: ['cost_optimizing'], pillarSpecificAggregates: savings, resourcesAggregates: null }
    const checkArn = 'arn:aws:trustedadvisor:::check/vZ2c2W1srf'
    expect(outcomeOf(recommendation({ checkArn, ...cost }))).toMatchObject({
      description: 'Estimated savings: USD 123.40 a month',
      severity: 'low',
    })
  })

  test('a list of checks provides descriptions and no findings', () => {
    const check = { id: 'zXCkfM1nI3', name: 'IAM Use', description: '', category: 'security', metadata: [] }
    expect(rejectOf(check).code).toBe('check_list')
    expect(rejectOf({ checks: [check] }).code).toBe('check_list')
  })

  test('a summary that leaves out its resources invents none', () => {
    const summary = { checkId: 'Pfx0RwqBli', status: 'error', hasFlaggedResources: true, resourcesSummary: {} }
    expect(outcomesOf(summary, { now, account })).toMatchObject([
      { result: 'failed', region: 'global', resource: { id: `AWS::::Account:${account}` } },
    ])
    expect(outcomesOf({ ...summary, checkId: '7DAFEmoDos' }, { now, account })).toHaveLength(1)
    expect(outcomesOf({ ...summary, status: 'ok', hasFlaggedResources: false }, { now, account })).toMatchObject([
      { result: 'passed' },
    ])
  })
})
