import { expect, test } from 'vitest'
import { budgets } from '../../../../lib/aws/collect/settings/budgets'
import { cloudtrail } from '../../../../lib/aws/collect/settings/cloudtrail'
import { kms } from '../../../../lib/aws/collect/settings/kms'
import { rds } from '../../../../lib/aws/collect/settings/rds'
import { s3 } from '../../../../lib/aws/collect/settings/s3'
import { securityServices } from '../../../../lib/aws/collect/settings/services'
import { AwsFailure } from '../../../../lib/aws/failure'
import type { OperationName } from '../../../../lib/aws/operations'
import { type Answers, fakeCalls, pagesOf, refused } from '../../../support/aws/fake-calls'

const MANAGEMENT = '999999999999'
const trailArn = `arn:aws:cloudtrail:eu-west-1:${MANAGEMENT}:trail/organization`

function failure(operation: OperationName, reason: 'resource_policy' | 'permission' | 'service_not_offered') {
  return new AwsFailure({ reason, operation, action: operation, message: 'no' })
}

async function recordsOf(collector: typeof s3, answers: Answers) {
  const pages = await pagesOf(collector, fakeCalls(answers))
  return JSON.parse(JSON.stringify(pages.flatMap(({ records }) => records)))
}

test("a trail of the organization is the member's too, also where AWS does not show its state", async () => {
  const trailList = [
    {
      TrailARN: trailArn,
      Name: 'organization',
      HomeRegion: 'eu-west-1',
      IsMultiRegionTrail: true,
      IsOrganizationTrail: true,
    },
    { TrailARN: 'arn:aws:cloudtrail:us-east-1:1:trail/x', HomeRegion: 'us-east-1' },
  ]
  const describe: Answers = { 'cloudtrail:DescribeTrails': () => ({ trailList }) }
  const [hidden, ...others] = await recordsOf(cloudtrail, describe)
  expect(others).toEqual([])
  expect(hidden.data).toMatchObject({ organization: true, logging: null, delivery: null, managementEvents: null })
  const advanced = (more: object[]) => ({
    AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, ...more] }],
  })
  const shown = (selectors: object): Answers => ({
    ...describe,
    'cloudtrail:GetTrailStatus': () => ({ IsLogging: true, LatestDeliveryTime: new Date('2026-11-26T20:00:00Z') }),
    'cloudtrail:GetEventSelectors': () => selectors,
  })
  const events = async (selectors: object) => (await recordsOf(cloudtrail, shown(selectors)))[0].data.managementEvents
  expect(await events(advanced([]))).toBe('All')
  expect(await events(advanced([{ Field: 'readOnly', Equals: ['true'] }]))).toBe('ReadOnly')
  expect(await events({ EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }] })).toBe(
    'WriteOnly',
  )
  expect(await events({ EventSelectors: [{ IncludeManagementEvents: false }] })).toBe('None')
})

const buckets: Answers = {
  's3:ListBuckets': () => ({
    Buckets: [
      { Name: 'a', BucketRegion: 'eu-west-1' },
      { Name: 'b', BucketRegion: 'us-west-2' },
    ],
  }),
  's3:GetPublicAccessBlock': () => {
    throw refused('s3:GetPublicAccessBlock', 'NoSuchPublicAccessBlockConfiguration')
  },
  's3:GetBucketTagging': () => {
    throw refused('s3:GetBucketTagging', 'NoSuchTagSet')
  },
}

test('a bucket whose policy refuses hides no other bucket, and a deleted one is left out', async () => {
  const found = await recordsOf(s3, {
    ...buckets,
    's3:GetBucketPolicy': ({ Bucket }) => {
      if (Bucket === 'a') throw failure('s3:GetBucketPolicy', 'resource_policy')
      throw refused('s3:GetBucketPolicy', 'NoSuchBucketPolicy')
    },
  })
  expect(found).toMatchObject([
    { name: 'a', data: { region: 'eu-west-1', denied: 's3:GetBucketPolicy' } },
    { name: 'b', data: { region: 'us-west-2', publicAccessBlock: null, policy: null, publicByPolicy: false } },
  ])
  const gone: Answers = {
    ...buckets,
    's3:GetBucketPolicy': ({ Bucket }) => {
      throw refused('s3:GetBucketPolicy', Bucket === 'a' ? 'NoSuchBucket' : 'NoSuchBucketPolicy')
    },
  }
  expect((await recordsOf(s3, gone)).map(({ name }: { name: string }) => name)).toEqual(['b'])
})

test('a missing permission for buckets is the state of the cell', async () => {
  await expect(recordsOf(s3, buckets)).rejects.toMatchObject({ state: 'denied', action: 's3:GetBucketPolicy' })
})

test('a key whose policy refuses says so, and keys of AWS are left out', async () => {
  const found = await recordsOf(kms, {
    'kms:ListKeys': () => ({
      Keys: ['own', 'aws', 'closed'].map(id => ({ KeyId: id, KeyArn: `arn:aws:kms:::${id}` })),
    }),
    'kms:DescribeKey': ({ KeyId = '' }) => {
      if (KeyId === 'closed') throw failure('kms:DescribeKey', 'resource_policy')
      return { KeyMetadata: { KeyId, KeyManager: KeyId === 'own' ? 'CUSTOMER' : 'AWS', KeySpec: 'RSA_2048' } }
    },
  })
  expect(found.map(({ name, data }: { name: string; data: object }) => [name, data])).toMatchObject([
    ['own', { rotation: null }],
    ['closed', { denied: 'kms:DescribeKey' }],
  ])
})

test('databases of all pages are read, and a cut list goes on at its marker', async () => {
  const pages: Record<string, object> = {
    '': { DBInstances: [{ DBInstanceArn: 'arn:a', DBInstanceIdentifier: 'a', PubliclyAccessible: true }], Marker: 'm' },
    m: { DBInstances: [{ DBInstanceArn: 'arn:b', DBInstanceIdentifier: 'b', StorageEncrypted: true }] },
  }
  const calls = fakeCalls({ 'rds:DescribeDBInstances': ({ Marker = '' }) => pages[Marker] ?? {} })
  const [first, second] = await pagesOf(rds, calls)
  expect([first?.next, second?.next]).toEqual(['m', null])
  expect(first?.records).toMatchObject([{ name: 'a', data: { publiclyAccessible: true, encrypted: false } }])
  expect(await pagesOf(rds, calls, 'm')).toEqual([second])
})

test('budgets have the number of people who are told, and not their addresses', async () => {
  const found = await recordsOf(budgets, {
    'budgets:DescribeBudgets': () => ({ Budgets: [{ BudgetName: 'all', BudgetType: 'COST', TimeUnit: 'MONTHLY' }] }),
    'budgets:DescribeNotificationsForBudget': () => ({
      Notifications: [{ NotificationType: 'ACTUAL', Threshold: 80, ComparisonOperator: 'GREATER_THAN' }],
    }),
    'budgets:DescribeSubscribersForNotification': () => ({
      Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'ann@example.com' }],
    }),
  })
  expect(found[0].data.notifications).toEqual([
    { type: 'ACTUAL', threshold: 80, thresholdType: 'PERCENTAGE', subscribers: 1 },
  ])
  expect(JSON.stringify(found)).not.toContain('ann@')
})

test('services that a Region lacks and those that are denied are told from those that are disabled', async () => {
  const calls = fakeCalls({
    'accessanalyzer:ListAnalyzers': () => ({ analyzers: [] }),
    'guardduty:ListDetectors': () => {
      throw failure('guardduty:ListDetectors', 'service_not_offered')
    },
  })
  const records: object[] = []
  await expect(async () => {
    for await (const page of securityServices.collect(calls, null)) records.push(...page.records)
  }).rejects.toMatchObject({ state: 'denied', action: 'config-service:DescribeConfigurationRecorders' })
  const states = records.map(record => record as { type: string; data: { state: string } })
  expect(Object.fromEntries(states.map(({ type, data }) => [type.split('::')[1], data.state]))).toEqual({
    AccessAnalyzer: 'disabled',
    Config: 'denied',
    GuardDuty: 'not_offered',
    InspectorV2: 'denied',
    Macie: 'denied',
    SecurityHub: 'denied',
  })
})
