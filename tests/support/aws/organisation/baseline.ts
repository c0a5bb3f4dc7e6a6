import {
  CloudTrailClient,
  CreateTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail'
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds'
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Emulator } from '../emulator'
import { setUpIn } from './connection'
import { REGION } from './organisation'

/** A trail, buckets, a key, a network, a database, alarms: some as the usage standard wants them, some not. */
export async function createBaseline(emulator: Emulator, account: string, isManagement: boolean): Promise<void> {
  const settings = setUpIn(emulator, account, REGION)
  const logs = `trail-${account}`
  await createBucket(new S3Client({ ...settings, forcePathStyle: true }), logs, true)
  await createBucket(new S3Client({ ...settings, forcePathStyle: true }), `uploads-${account}`, false)
  if (isManagement) {
    const trails = new CloudTrailClient(settings)
    const trail = { Name: 'organization', S3BucketName: logs, IsMultiRegionTrail: true, EnableLogFileValidation: true }
    await trails.send(new CreateTrailCommand(trail))
    await trails.send(new StartLoggingCommand({ Name: 'organization' }))
    await recordManagementEvents(trails, 'organization')
  }
  await new KMSClient(settings).send(new CreateKeyCommand({ Description: 'data' }))
  const ec2 = new EC2Client(settings)
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const group = { GroupName: 'admin', Description: 'Remote administration', VpcId: Vpc?.VpcId }
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(group))
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh] }))
  await createDatabase(new RDSClient(settings), !isManagement)
  const told = isManagement ? [] : [`arn:aws:sns:${REGION}:${account}:operations`]
  await createAlarm(new CloudWatchClient(settings), 'database-errors', told)
}

/** What a new trail does on AWS, and not in moto. */
export async function recordManagementEvents(client: CloudTrailClient, TrailName: string): Promise<void> {
  const EventSelectors = [{ ReadWriteType: 'All' as const, IncludeManagementEvents: true, DataResources: [] }]
  await client.send(new PutEventSelectorsCommand({ TrailName, EventSelectors }))
}

async function createBucket(client: S3Client, Bucket: string, isPrivate: boolean): Promise<void> {
  const LocationConstraint = REGION as BucketLocationConstraint
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }))
  if (!isPrivate) return
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const block = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }
  await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }))
}

async function createDatabase(client: RDSClient, isPublic: boolean): Promise<void> {
  const database = { Engine: 'postgres', DBInstanceClass: 'db.t3.micro', AllocatedStorage: 20 }
  const owner = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' }
  const settings = { PubliclyAccessible: isPublic, StorageEncrypted: !isPublic }
  await client.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: 'orders', ...database, ...owner, ...settings }))
}

async function createAlarm(client: CloudWatchClient, AlarmName: string, AlarmActions: string[]): Promise<void> {
  const metric = { Namespace: 'AWS/RDS', MetricName: 'DatabaseConnections', Statistic: 'Sum', Period: 60 } as const
  const limit = { ComparisonOperator: 'GreaterThanThreshold', Threshold: 100, EvaluationPeriods: 1 } as const
  await client.send(new PutMetricAlarmCommand({ AlarmName, AlarmActions, ...metric, ...limit }))
}
