import type { Cell, Inventory, Resource } from '../../../lib/domain/checks/check'
import type { CollectorId } from '../../../lib/domain/collection/collectors'
import { StandardLimits } from '../../../lib/domain/standard/limits'

export const ACCOUNT = '111111111111'
const NOW = new Date('2026-11-27T00:00:00Z')
export const REGION = 'eu-west-1'

export type Given = { type: string; data: object; region?: string; arn?: string; name?: string }
export const ok: Cell = { state: 'ok', complete: true, action: null }

function resource({ type, data, region = 'global', arn = `arn:aws:x:::${type}`, name = 'x' }: Given): Resource {
  return {
    type,
    region,
    arn,
    name,
    data: JSON.parse(JSON.stringify(data)),
    firstSeenAt: NOW,
    changedAt: NOW,
  }
}

export function inventory(
  given: readonly Given[],
  {
    cells = {},
    organization = null,
  }: { cells?: Partial<Record<CollectorId, Cell | null>>; organization?: readonly Given[] | null } = {},
): Inventory {
  const all = given.map(resource)
  return {
    account: { id: ACCOUNT, name: 'shop', environment: null, tags: {} },
    now: NOW,
    regions: [REGION, 'us-east-1'],
    off: new Set(),
    ownAccounts: new Set([ACCOUNT]),
    keyMarks: new Map(),
    limits: StandardLimits.parse({ contactDomains: ['example.com'] }),
    resources: (type, region) =>
      all.filter(one => one.type === type && (region === undefined || one.region === region)),
    cell: collector => (collector in cells ? (cells[collector] ?? null) : ok),
    organization: organization && {
      account: ACCOUNT,
      cell: ok,
      resources: type => organization.map(resource).filter(one => one.type === type),
    },
  }
}

export const settings = (summary: object, passwordPolicy: object | null = null) => ({
  type: 'AWS::IAM::AccountSettings',
  data: { summary, passwordPolicy, aliases: [] },
})
export const user = (data: object, name = 'ann'): Given => ({
  type: 'AWS::IAM::User',
  arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
  name,
  data: {
    createdAt: '2026-01-01T00:00:00Z',
    attachedPolicies: [],
    inlinePolicies: [],
    tags: [],
    accessKeys: [],
    credentials: {
      password_enabled: 'false',
      mfa_active: 'false',
      password_last_used: 'N/A',
      password_last_changed: 'N/A',
    },
    ...data,
  },
})
export const password = (data: object = {}) => ({
  credentials: {
    password_enabled: 'true',
    mfa_active: 'false',
    password_last_used: '2026-11-20T00:00:00+00:00',
    password_last_changed: '2026-01-01T00:00:00+00:00',
    ...data,
  },
})
export const key = (data: object = {}) => ({
  id: 'AKIA1',
  active: true,
  createdAt: '2026-11-01T00:00:00Z',
  lastUsed: null,
  ...data,
})
export const policy = (document: object) => ({ type: 'AWS::IAM::ManagedPolicy', data: { document } })
export const allow = (Action: unknown, Resource: unknown = '*') =>
  policy({ Statement: { Effect: 'Allow', Action, Resource } })
export const trail = (data: object = {}): Given => ({
  type: 'AWS::CloudTrail::Trail',
  arn: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/all`,
  region: REGION,
  data: {
    multiRegion: true,
    organization: false,
    logFileValidation: true,
    kmsKey: null,
    bucket: 'logs',
    logging: true,
    delivery: { recent: true, error: null, digestRecent: true, digestError: null },
    managementEvents: 'All',
    objectEvents: false,
    ...data,
  },
})
export const ALL = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
}
export const bucket = (data: object = {}): Given => ({
  type: 'AWS::S3::Bucket',
  name: 'logs',
  arn: 'arn:aws:s3:::logs',
  data: { region: REGION, publicAccessBlock: ALL, policy: null, publicByPolicy: false, trail: null, ...data },
})
export const kept = {
  loggingBucket: 'access',
  versioning: true,
  objectLock: true,
  expirations: [{ rule: 'a', days: 400 }],
}
export const group = (ingress: object[], name = 'web'): Given => ({
  type: 'AWS::EC2::SecurityGroup',
  name,
  region: REGION,
  data: { ingress, egress: [] },
})
export const rule = (from: number | null, to: number | null, data: object = {}) => ({
  protocol: 'tcp',
  from,
  to,
  ipv4: ['0.0.0.0/0'],
  ipv6: [],
  ...data,
})
export const service = (name: string, data: object): Given => ({
  type: `AWS::${name}::AccountSettings`,
  region: REGION,
  data,
})
export const http = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
}
