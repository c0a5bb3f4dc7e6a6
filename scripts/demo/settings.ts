import { accounts } from './organisation'

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

/** What one collector found in an account, and the Regions in which it was denied. */
interface Reading {
  collector: string
  regional: boolean
  settings: Setting[]
  denied?: { region: string; action: string }
}

/** The reports that collectors of settings would have written: the later an account was created, the less it has of the standard. */
export function settingsReports(at: Date): { account: string; collector: string; report: string }[] {
  return accounts
    .filter(({ name }) => name !== '')
    .flatMap(({ id, prefix }, place) =>
      readingsOf(id, prefix, place).map(reading => ({
        account: id,
        collector: reading.collector,
        report: reportOf(id, reading, at),
      })),
    )
}

function reportOf(account: string, { collector, regional, settings, denied }: Reading, at: Date): string {
  const observedAt = at.toISOString()
  const header = { collection: 1, account, collector, startedAt: observedAt, whole: true }
  const root = `arn:aws:iam::${account}:root`
  const lines = settings
    .filter(({ region }) => region === undefined || region !== denied?.region)
    .map(({ type, region = 'global', arn = root, name = account, data }) => ({
      inventory: 1,
      account,
      region,
      type,
      arn,
      name,
      data,
      observedAt,
    }))
  const cells = (regional ? REGIONS : ['global']).map(region => {
    const state = region === denied?.region ? 'denied' : 'ok'
    const records = lines.filter(line => line.region === region).length
    const action = state === 'denied' ? { action: denied?.action } : {}
    return { coverage: 1, account, region, collector, state, complete: state === 'ok', records, ...action }
  })
  return [header, ...lines, ...cells].map(line => `${JSON.stringify(line)}\n`).join('')
}

function readingsOf(account: string, prefix: string, place: number): Reading[] {
  const good = place % 3 === 0
  const fair = place % 3 !== 2
  const everywhere = (of: (region: string) => Setting[]) => REGIONS.flatMap(of)
  return [
    {
      collector: 'ec2',
      regional: true,
      settings: everywhere(region => networkOf(account, region, good, fair)),
      ...(place === 2 && { denied: { region: 'us-east-1', action: 'ec2:DescribeSecurityGroups' } }),
    },
    { collector: 'services', regional: true, settings: everywhere(region => servicesOf(region, good, fair)) },
    { collector: 'cloudtrail', regional: true, settings: fair ? [trailOf(account, prefix, good)] : [] },
    { collector: 's3', regional: false, settings: bucketsOf(prefix, good, fair) },
    { collector: 'account', regional: false, settings: contactsOf(good, fair) },
    { collector: 'budgets', regional: false, settings: good ? [budget] : [] },
    { collector: 'kms', regional: true, settings: [keyOf(account, fair)] },
  ]
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
  return [
    of('AccessAnalyzer', fair, { analyzers: [{ arn: region, type: 'ACCOUNT', status: 'ACTIVE' }] }),
    of('Config', fair && (home || good), { recorders: [recorder], channels: [] }),
    of('GuardDuty', home || good, {
      running: true,
      features: features.map((name, n) => ({ name, enabled: good || n < 2, with: [] })),
    }),
    of('InspectorV2', fair, { scans: { ec2: 'ENABLED', ecr: 'ENABLED', lambda: good ? 'ENABLED' : 'DISABLED' } }),
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
