import { accounts, type DemoAccount } from '../organisation'

const ORGANIZATION = 'o-demo1234ab'
const ROOT = 'r-dm0a'

/** The account that began as the only one: it became the management account, with its workloads still in it. */
const MANAGEMENT = '012345678901'
/** The delegated administrator, through which Hinomi reads the organization. */
export const READER = '777788889999'

const UNITS = {
  Workloads: { id: 'ou-dm0a-workload', parent: ROOT },
  'Workloads/Production': { id: 'ou-dm0a-workprod', parent: 'ou-dm0a-workload' },
  'Workloads/Development': { id: 'ou-dm0a-workdevl', parent: 'ou-dm0a-workload' },
  Sandbox: { id: 'ou-dm0a-sandboxa', parent: ROOT },
  Security: { id: 'ou-dm0a-security', parent: ROOT },
  Infrastructure: { id: 'ou-dm0a-infrastr', parent: ROOT },
  Suspended: { id: 'ou-dm0a-suspend0', parent: ROOT },
} as const

function unitOf({ id, environment, ownerTeam }: DemoAccount): keyof typeof UNITS | null {
  if (id === MANAGEMENT) return null
  if (environment === 'production') return 'Workloads/Production'
  if (environment === 'sandbox') return 'Sandbox'
  if (environment === 'shared') return ownerTeam === 'csirt' ? 'Security' : 'Infrastructure'
  return 'Workloads/Development'
}

const deny = (Action: readonly string[], Condition?: object) => ({
  Effect: 'Deny',
  Action,
  Resource: '*',
  ...(Condition && { Condition }),
})
const BASE = [
  deny(['organizations:LeaveOrganization']),
  deny(['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'guardduty:DeleteDetector']),
]
const STRICT = [
  deny(['config:StopConfigurationRecorder', 'config:DeleteConfigurationRecorder', 'securityhub:DisableSecurityHub']),
  deny(['*'], { StringLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:root'] } }),
  deny(['ec2:*', 'rds:*', 'lambda:*'], { StringNotEquals: { 'aws:RequestedRegion': ['ap-northeast-1', 'us-east-1'] } }),
]

/** The report that the collector of the organization would have written at a time, in the account that reads it. */
export function organizationReport(at: Date): { report: string; records: number } {
  const observedAt = at.toISOString()
  const arn = (path: string) => `arn:aws:organizations::${MANAGEMENT}:${path}`
  const record = (type: string, path: string, name: string, data: object) => {
    const place = { inventory: 1, account: READER, region: 'global', type: `AWS::Organizations::${type}` }
    return { ...place, arn: arn(path), name, data, observedAt }
  }
  const listed = accounts.filter(({ name }) => name !== '')
  const records = [
    record('Root', `root/${ORGANIZATION}/${ROOT}`, 'Root', { id: ROOT }),
    ...Object.entries(UNITS).map(([path, { id, parent }]) => {
      const names = path.split('/')
      const data = { id, parent, path: names, tags: {} }
      return record('OrganizationalUnit', `ou/${ORGANIZATION}/${id}`, names.at(-1) ?? '', data)
    }),
    ...listed.map(account => {
      const unit = unitOf(account)
      return record('Account', `account/${ORGANIZATION}/${account.id}`, account.name, {
        id: account.id,
        email: `aws+${account.prefix}@demo.example`,
        status: 'ACTIVE',
        joinedAt: '2021-04-01T00:00:00.000Z',
        joinedMethod: account.id === MANAGEMENT ? 'INVITED' : 'CREATED',
        parent: unit === null ? ROOT : UNITS[unit].id,
        unit: unit ?? '',
        tags: account.tags,
      })
    }),
    record('Organization', `organization/${ORGANIZATION}`, ORGANIZATION, {
      id: ORGANIZATION,
      featureSet: 'ALL',
      managementAccount: MANAGEMENT,
      trustedServices: ['guardduty', 'securityhub', 'config', 'cloudtrail'].map(name => `${name}.amazonaws.com`),
      // A delegated administrator does not see those of IAM.
      rootFeatures: null,
      unread: {},
    }),
    ...[
      { id: 'p-demobase', name: 'base-guardrails', content: BASE, target: ROOT, type: 'ROOT' },
      {
        id: 'p-demostrict',
        name: 'production-guardrails',
        content: STRICT,
        target: UNITS['Workloads/Production'].id,
        type: 'ORGANIZATIONAL_UNIT',
      },
    ].map(({ id, name, content, target, type }) =>
      record('Policy', `policy/${ORGANIZATION}/service_control_policy/${id}`, name, {
        id,
        awsManaged: false,
        content: JSON.stringify({ Version: '2012-10-17', Statement: content }),
        targets: [{ id: target, type }],
      }),
    ),
    record('DelegatedAdministrator', `account/${ORGANIZATION}/${READER}`, 'audit', {
      account: READER,
      services: ['guardduty', 'securityhub', 'access-analyzer'].map(service => {
        return { principal: `${service}.amazonaws.com`, since: '2023-07-03T00:00:00.000Z' }
      }),
    }),
  ]
  const header = { collection: 1, account: READER, collector: 'organization', startedAt: observedAt, whole: true }
  const cell = {
    coverage: 1,
    account: READER,
    region: 'global',
    collector: 'organization',
    state: 'ok',
    complete: true,
  }
  const lines = [header, ...records, { ...cell, records: records.length }]
  return { report: lines.map(line => `${JSON.stringify(line)}\n`).join(''), records: records.length }
}
