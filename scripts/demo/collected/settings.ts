import type { CollectorId } from '../../../lib/domain/collection/collectors'
import type { DemoAccount } from '../organisation'
import type { DemoResource } from './waf'

/** The Regions that the accounts use. */
const REGIONS = ['ap-northeast-1', 'us-east-1'] as const
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }
const TLS = {
  Statement: [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
}

interface Setting {
  type: string
  region?: string
  arn?: string
  name?: string
  data: object
}

/** Collectors of settings of accounts. */
export const SETTINGS = [
  'services',
  'cloudtrail',
  's3',
  'account',
  'budgets',
  'kms',
  'rds',
  'backup',
  'protection',
] as const satisfies CollectorId[]

/** The permission that a role of the sample lacks in a Region; null where nothing is denied. */
export function deniedAction(place: number, collector: CollectorId, region: string): string | null {
  return place === 2 && collector === 'ec2' && region === REGIONS[1] ? 'ec2:DescribeSecurityGroups' : null
}

/** Settings of an account of the sample: some accounts have all of the usage standard, some little. */
export function settingsResources({ id, prefix }: DemoAccount, place: number): DemoResource[] {
  const good = place % 3 === 0
  const fair = place % 3 !== 2
  const everywhere = (of: (region: string) => Setting[]) => REGIONS.flatMap(of)
  const read: Partial<Record<CollectorId, Setting[]>> = {
    ec2: everywhere(region => networkOf(id, region, good, fair)),
    services: everywhere(region => servicesOf(region, good, fair)),
    cloudtrail: fair ? [trailOf(id, prefix, good)] : [],
    s3: bucketsOf(prefix, good, fair),
    account: contactsOf(good, fair),
    budgets: good ? [budget] : [],
    kms: [keyOf(id, fair)],
    rds: [databaseOf(id, prefix, good, fair)],
    metrics: alarmsOf(id, prefix, good),
    backup: fair ? [backupOf(id, prefix)] : [],
    // One account pays for all; nobody opens it here.
    protection: [{ type: 'AWS::Shield::Subscription', data: { state: place === 0 ? 'ACTIVE' : 'INACTIVE' } }],
  }
  return (Object.entries(read) as [CollectorId, Setting[]][]).flatMap(([collector, settings]) =>
    settings
      .filter(({ region = '' }) => deniedAction(place, collector, region) === null)
      .map(({ type, region = 'global', arn = `arn:aws:iam::${id}:root`, name = id, data }) => {
        return { collector, type, region, arn, name, data: { ...data } }
      }),
  )
}

const budget: Setting = {
  type: 'AWS::Budgets::Budget',
  name: 'monthly',
  data: { type: 'COST', unit: 'MONTHLY', notifications: [{ type: 'ACTUAL', threshold: 80, subscribers: 2 }] },
}

function networkOf(account: string, region: string, good: boolean, fair: boolean): Setting[] {
  const of = (type: string, part: string, name: string, data: object): Setting => {
    return { type, region, arn: `arn:aws:ec2:${region}:${account}:${part}`, name, data }
  }
  const any = { protocol: '-1', from: null, to: null, ipv4: ['0.0.0.0/0'], ipv6: [], prefixLists: [], groups: [] }
  const inside = { ...any, ipv4: [], groups: ['sg-0default'] }
  return [
    {
      type: 'AWS::EC2::AccountSettings',
      region,
      data: {
        ebsEncryption: good,
        snapshotBlock: good ? 'block-all-sharing' : 'unblocked',
        imageBlock: 'block-new-sharing',
        httpTokens: fair ? 'required' : null,
        httpTokensEnforced: null,
      },
    },
    of('AWS::EC2::VPC', 'vpc/vpc-0demo', 'vpc-0demo', {
      isDefault: !good,
      flowLogs: fair ? [{ status: 'ACTIVE', traffic: 'ALL' }] : [],
    }),
    of('AWS::EC2::SecurityGroup', 'security-group/sg-0default', 'default', {
      vpc: 'vpc-0demo',
      ingress: good ? [] : [inside],
      egress: good ? [] : [any],
    }),
  ]
}

function servicesOf(region: string, good: boolean, fair: boolean): Setting[] {
  const home = region === REGIONS[0]
  const of = (service: string, enabled: boolean, data: object = {}): Setting => {
    const state = enabled ? { state: 'enabled', ...data } : { state: 'disabled' }
    return { type: `AWS::${service}::AccountSettings`, region, data: state }
  }
  const features = ['S3_DATA_EVENTS', 'EBS_MALWARE_PROTECTION', 'RDS_LOGIN_EVENTS', 'LAMBDA_NETWORK_LOGS']
  const recorder = {
    name: 'default',
    service: null,
    allSupported: true,
    strategy: null,
    types: [],
    recording: true,
    lastStatus: 'Success',
  }
  const unscanned =
    good || !home
      ? { count: 0, reasons: {}, resources: [] }
      : { count: 2, reasons: { UNMANAGED_EC2_INSTANCE: 2 }, resources: ['i-0a1demo', 'i-0b2demo'] }
  return [
    of('AccessAnalyzer', fair, { analyzers: [{ arn: region, type: 'ACCOUNT', status: 'ACTIVE' }] }),
    of('Config', fair && (home || good), { recorders: [recorder], channels: [] }),
    of('GuardDuty', home || good, {
      running: true,
      features: features.map((name, n) => ({ name, enabled: good || n < 2, with: [] })),
      publishing: good ? 'FIFTEEN_MINUTES' : 'SIX_HOURS',
      suppressions: fair ? [] : [{ name: 'everything-low', criteria: [{ field: 'severity', excludes: false }] }],
    }),
    of('InspectorV2', fair, {
      scans: { ec2: 'ENABLED', ecr: 'ENABLED', lambda: good ? 'ENABLED' : 'DISABLED' },
      unscanned,
    }),
    of('Macie', good, { status: 'ENABLED' }),
    of('SecurityHub', true, {
      generator: 'SECURITY_CONTROL',
      standards: [
        {
          arn: `arn:aws:securityhub:${region}::standards/aws-foundational-security-best-practices/v/1.0.0`,
          status: 'READY',
        },
      ],
      aggregated: true,
    }),
  ]
}

function trailOf(account: string, prefix: string, good: boolean): Setting {
  return {
    type: 'AWS::CloudTrail::Trail',
    region: REGIONS[0],
    arn: `arn:aws:cloudtrail:${REGIONS[0]}:${account}:trail/audit`,
    name: 'audit',
    data: {
      multiRegion: true,
      organization: false,
      logFileValidation: good,
      kmsKey: good ? `arn:aws:kms:${REGIONS[0]}:${account}:key/0demo` : null,
      bucket: `${prefix}-audit-logs`,
      logging: true,
      delivery: { recent: true, error: null, digestRecent: good, digestError: null },
      managementEvents: 'All',
      objectEvents: false,
    },
  }
}

function bucketsOf(prefix: string, good: boolean, fair: boolean): Setting[] {
  const of = (name: string, data: object): Setting => {
    const settings = { region: REGIONS[0], publicByPolicy: false, tags: {}, trail: null, ...data }
    return { type: 'AWS::S3::Bucket', arn: `arn:aws:s3:::${name}`, name, data: settings }
  }
  const trail = {
    loggingBucket: good ? `${prefix}-access-logs` : null,
    versioning: fair,
    objectLock: good,
    expirations: good ? [] : [{ rule: 'expire', days: 90 }],
  }
  return [
    of(`${prefix}-audit-logs`, { publicAccessBlock: ALL, policy: TLS, trail }),
    of(`${prefix}-exports`, { publicAccessBlock: fair ? ALL : null, policy: good ? TLS : null }),
  ]
}

function contactsOf(good: boolean, fair: boolean): Setting[] {
  const contact = { name: 'Security', title: 'Security', email: 'security@demo.example' }
  return [
    {
      type: 'AWS::Account::Contacts',
      data: { security: fair ? contact : null, operations: good ? contact : null, billing: good ? contact : null },
    },
    { type: 'AWS::S3::AccountPublicAccessBlock', data: { block: good ? ALL : null } },
  ]
}

function keyOf(account: string, fair: boolean): Setting {
  return {
    type: 'AWS::KMS::Key',
    region: REGIONS[0],
    arn: `arn:aws:kms:${REGIONS[0]}:${account}:key/0demo`,
    name: '0demo',
    data: { state: 'Enabled', spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', origin: 'AWS_KMS', rotation: fair },
  }
}

function backupOf(account: string, prefix: string): Setting {
  return {
    type: 'AWS::Backup::BackupPlan',
    region: REGIONS[0],
    arn: `arn:aws:backup:${REGIONS[0]}:${account}:backup-plan:0demo`,
    name: `${prefix}-daily`,
    data: { id: '0demo', createdAt: null },
  }
}

function databaseOf(account: string, prefix: string, good: boolean, fair: boolean): Setting {
  const name = `${prefix}-orders`
  return {
    type: 'AWS::RDS::DBInstance',
    region: REGIONS[0],
    arn: `arn:aws:rds:${REGIONS[0]}:${account}:db:${name}`,
    name,
    data: { engine: 'mysql', cluster: null, publiclyAccessible: !fair, encrypted: good },
  }
}

function alarmsOf(account: string, prefix: string, good: boolean): Setting[] {
  return ['errors', 'latency'].map((metric, n) => {
    const name = `${prefix}-${metric}`
    return {
      type: 'AWS::CloudWatch::Alarm',
      region: REGIONS[0],
      arn: `arn:aws:cloudwatch:${REGIONS[0]}:${account}:alarm:${name}`,
      name,
      data: { metric, actionsEnabled: true, alarmActions: good || n === 0 ? 1 : 0 },
    }
  })
}
