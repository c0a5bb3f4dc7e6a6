import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail'
import { CreateFlowLogsCommand, CreateVpcCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { type Condition, CreateDetectorCommand, CreateFilterCommand, GuardDutyClient } from '@aws-sdk/client-guardduty'
import type { CoveredResource, ScanStatusReason } from '@aws-sdk/client-inspector2'
import { CreateKeyCommand, EnableKeyRotationCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds'
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import type { Page } from '../../../lib/aws/collect/collector'
import type { CollectorId } from '../../../lib/domain/collection/collectors'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { recordManagementEvents } from '../../support/aws/organisation/baseline'
import { setUpIn } from '../../support/aws/organisation/connection'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const { account } = HOME
const region = 'ap-northeast-1'
const LOGS = 'trail-logs'
const MEMBER = '222222222222'

stopAtEnd()

async function collected(emulator: Emulator, id: CollectorId, at = region) {
  const pages: Page[] = await collectedPages(emulator, id, { region: at })
  return pages.flatMap(({ records }) => records).map(record => InventoryLine.parse(record))
}

async function createTrail(emulator: Emulator): Promise<void> {
  const s3 = new S3Client({ ...setUpIn(emulator, account, 'us-east-1'), forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: LOGS }))
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::${LOGS}/*`,
    },
  ]
  await s3.send(
    new PutBucketPolicyCommand({ Bucket: LOGS, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  )
  const here = new S3Client({ ...setUpIn(emulator, account, region), forcePathStyle: true })
  const CreateBucketConfiguration = { LocationConstraint: region } as const
  await here.send(new CreateBucketCommand({ Bucket: 'uploads', CreateBucketConfiguration }))
  const trails = new CloudTrailClient(setUpIn(emulator, account, region))
  const trail = { Name: 'all', S3BucketName: LOGS, IsMultiRegionTrail: true, EnableLogFileValidation: true }
  await trails.send(new CreateTrailCommand(trail))
  await trails.send(new StartLoggingCommand({ Name: 'all' }))
  await recordManagementEvents(trails, 'all')
}

test('reads a trail where its home is, and nowhere else', { timeout: START_MS }, async ({ emulator }) => {
  await createTrail(emulator)
  expect(await collected(emulator, 'cloudtrail')).toMatchObject([
    {
      type: 'AWS::CloudTrail::Trail',
      region,
      name: 'all',
      data: { multiRegion: true, logFileValidation: true, logging: true, bucket: LOGS, managementEvents: 'All' },
    },
  ])
  expect(await collected(emulator, 'cloudtrail', 'us-east-1')).toEqual([])
  expect(emulator.unanswered).toEqual([])
})

test('reads settings of buckets, and more of those that a trail writes to', { timeout: START_MS }, async ({
  emulator,
}) => {
  await createTrail(emulator)
  const buckets = await collected(emulator, 's3', 'us-east-1')
  expect(buckets).toMatchObject([
    { name: LOGS, region: 'global', data: { region: 'us-east-1', trail: { versioning: false, objectLock: false } } },
    {
      name: 'uploads',
      arn: 'arn:aws:s3:::uploads',
      data: { region, policy: null, publicAccessBlock: null, trail: null },
    },
  ])
  expect(emulator.unanswered).toEqual([])
})

test('reads networks with their flow logs, groups, instances and defaults', { timeout: START_MS }, async ({
  emulator,
}) => {
  const client = new EC2Client(setUpIn(emulator, account, region))
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const vpc = Vpc?.VpcId ?? ''
  await createTrail(emulator)
  await client.send(
    new CreateFlowLogsCommand({
      ResourceIds: [vpc],
      ResourceType: 'VPC',
      TrafficType: 'REJECT',
      LogDestinationType: 's3',
      LogDestination: `arn:aws:s3:::${LOGS}`,
    }),
  )
  await client.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      MinCount: 1,
      MaxCount: 1,
      MetadataOptions: { HttpTokens: 'required' },
    }),
  )
  emulator.store.set('ec2.ebs-encryption', { account, region }, true)
  const records = await collected(emulator, 'ec2')
  const of = (type: string) => records.filter(record => record.type === type)
  expect(of('AWS::EC2::AccountSettings')).toMatchObject([
    { region, data: { ebsEncryption: true, snapshotBlock: 'unblocked' } },
  ])
  expect(of('AWS::EC2::VPC').find(({ name }) => name === vpc)?.data).toMatchObject({
    flowLogs: [{ status: 'ACTIVE', traffic: 'REJECT' }],
  })
  expect(of('AWS::EC2::SecurityGroup').length).toBeGreaterThan(1)
  expect(of('AWS::EC2::Instance')).toMatchObject([{ data: { httpTokens: 'required' } }])
  expect(emulator.unanswered).toEqual([])
})

test('says of each security service whether it is enabled', { timeout: START_MS }, async ({ emulator }) => {
  emulator.store.set('securityhub.hub', { account, region }, true)
  const records = await collected(emulator, 'services')
  const states = Object.fromEntries(records.map(({ type, data }) => [type.split('::')[1], data.state]))
  expect(states).toEqual({
    AccessAnalyzer: 'disabled',
    Config: 'disabled',
    GuardDuty: 'disabled',
    InspectorV2: 'disabled',
    Macie: 'disabled',
    SecurityHub: 'enabled',
  })
  expect(emulator.unanswered).toEqual([])
})

test('reads how often GuardDuty publishes, what it suppresses, and what Inspector does not scan', {
  timeout: START_MS,
}, async ({ emulator }) => {
  const client = new GuardDutyClient(setUpIn(emulator, account, region))
  const { DetectorId } = await client.send(
    new CreateDetectorCommand({ Enable: true, FindingPublishingFrequency: 'ONE_HOUR' }),
  )
  const create = (Name: string, Action: 'ARCHIVE' | 'NOOP', Criterion: Record<string, Condition>) =>
    client.send(new CreateFilterCommand({ DetectorId, Name, Action, FindingCriteria: { Criterion } }))
  await create('view', 'NOOP', { severity: { GreaterThanOrEqual: 7 } })
  await create('low', 'ARCHIVE', { severity: { LessThan: 4 }, type: { NotEquals: ['Recon:EC2/PortProbe'] } })
  const place = { account, region }
  emulator.store.set('inspector2.status', place, 'ENABLED')
  emulator.store.set('inspector2.members', { account }, [MEMBER])
  const covered = (of: string, id: string, reason: ScanStatusReason): CoveredResource => ({
    accountId: of,
    resourceId: id,
    resourceType: 'AWS_EC2_INSTANCE',
    scanType: 'PACKAGE',
    scanStatus: { statusCode: reason === 'SUCCESSFUL' ? 'ACTIVE' : 'INACTIVE', reason },
  })
  emulator.store.put('inspector2.coverage', place, covered(account, 'i-scanned', 'SUCCESSFUL'))
  emulator.store.put('inspector2.coverage', place, covered(account, 'i-gone', 'RESOURCE_TERMINATED'))
  const unmanaged = Array.from({ length: 210 }, (_, n) => covered(account, `i-${n + 100}`, 'UNMANAGED_EC2_INSTANCE'))
  emulator.store.put('inspector2.coverage', place, ...unmanaged)
  emulator.store.put('inspector2.coverage', { account: MEMBER, region }, covered(MEMBER, 'i-member', 'NO_INVENTORY'))
  const records = await collected(emulator, 'services')
  const of = (type: string) => records.find(record => record.type === type)?.data
  expect(of('AWS::GuardDuty::AccountSettings')).toMatchObject({
    publishing: 'ONE_HOUR',
    suppressions: [
      {
        name: 'low',
        criteria: [
          { field: 'severity', excludes: false },
          { field: 'type', excludes: true },
        ],
      },
    ],
  })
  const { unscanned } = of('AWS::InspectorV2::AccountSettings') as { unscanned: { resources: string[] } }
  expect(unscanned).toMatchObject({ count: 210, reasons: { UNMANAGED_EC2_INSTANCE: 210 } })
  expect(unscanned.resources).toHaveLength(30)
  expect(emulator.unanswered).toEqual([])
})

test.for(['guardduty:ListDetectors', 'guardduty:ListFilters', 'inspector2:ListCoverage'])(
  'reads the other services without %s, and is denied at the end',
  { timeout: START_MS },
  async (action, { emulator }) => {
    const client = new GuardDutyClient(setUpIn(emulator, account, region))
    await client.send(new CreateDetectorCommand({ Enable: true }))
    emulator.store.set('inspector2.status', { account, region }, 'ENABLED')
    emulator.deny({ action, reason: 'with an explicit deny in a service control policy' })
    await expect(collectedPages(emulator, 'services', { region })).rejects.toMatchObject({ state: 'denied', action })
  },
)

test('reads keys of the account and whether they are rotated', { timeout: START_MS }, async ({ emulator }) => {
  const client = new KMSClient(setUpIn(emulator, account, region))
  const rotated = await client.send(new CreateKeyCommand({}))
  await client.send(new EnableKeyRotationCommand({ KeyId: rotated.KeyMetadata?.KeyId }))
  await client.send(new CreateKeyCommand({}))
  await client.send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }))
  const keys = await collected(emulator, 'kms')
  expect(keys.map(({ data }) => data.rotation).sort()).toEqual([false, null, true])
  expect(emulator.unanswered).toEqual([])
})

async function createDatabase(emulator: Emulator, id: string, settings: object): Promise<void> {
  const database = {
    DBInstanceIdentifier: id,
    Engine: 'postgres',
    DBInstanceClass: 'db.t3.micro',
    AllocatedStorage: 20,
  }
  const users = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' }
  const client = new RDSClient(setUpIn(emulator, account, region))
  await client.send(new CreateDBInstanceCommand({ ...database, ...users, ...settings }))
}

test('reads whether databases are public and encrypted, after faults too', { timeout: START_MS }, async ({
  emulator,
}) => {
  await createDatabase(emulator, 'open', { PubliclyAccessible: true, StorageEncrypted: false })
  await createDatabase(emulator, 'safe', { PubliclyAccessible: false, StorageEncrypted: true })
  const read = async () =>
    (await collected(emulator, 'rds')).map(({ type, name, data }) => [
      type,
      name,
      data.publiclyAccessible,
      data.encrypted,
    ])
  const databases = [
    ['AWS::RDS::DBInstance', 'open', true, false],
    ['AWS::RDS::DBInstance', 'safe', false, true],
  ]
  expect(await read()).toEqual(databases)
  for (const kind of ['throttle', 'server-error', 'cut', 'empty-page'] as const) {
    const end = emulator.fault({ service: 'rds', fault: { kind }, times: 1 })
    expect(await read()).toEqual(databases)
    end()
  }
  expect(await collected(emulator, 'rds', 'us-east-1')).toEqual([])
  expect(emulator.unanswered).toEqual([])
})

test.for([
  ['cloudtrail', 'cloudtrail:DescribeTrails'],
  ['cloudtrail', 'cloudtrail:GetTrailStatus'],
  ['s3', 's3:ListAllMyBuckets'],
  ['s3', 's3:GetBucketPublicAccessBlock'],
  ['s3', 's3:GetBucketVersioning'],
  ['ec2', 'ec2:GetImageBlockPublicAccessState'],
  ['ec2', 'ec2:DescribeFlowLogs'],
  ['kms', 'kms:ListKeys'],
  ['rds', 'rds:DescribeDBInstances'],
  ['budgets', 'budgets:ViewBudget'],
  ['backup', 'backup:ListProtectedResources'],
] as const)('%s without %s is denied', { timeout: START_MS }, async ([id, action], { emulator }) => {
  await createTrail(emulator)
  emulator.deny({ action })
  const at = id === 's3' || id === 'budgets' ? 'us-east-1' : region
  await expect(collectedPages(emulator, id, { region: at })).rejects.toMatchObject({ state: 'denied', action })
})
