import { describe, expect, test } from 'vitest'
import type { Cell, CheckDefinition, Inventory } from '../../../lib/domain/checks/check'
import { standardChecks } from '../../../lib/domain/checks/standard/checks'
import {
  ACCOUNT,
  ALL,
  allow,
  bucket,
  type Given,
  group,
  http,
  inventory,
  kept,
  key,
  ok,
  password,
  policy,
  REGION,
  rule,
  service,
  settings,
  trail,
  user,
} from '../../support/checks/inventory'

function check(id: string): CheckDefinition {
  const found = standardChecks.find(one => one.id === id)
  if (!found) throw new Error(`no check ${id}`)
  return found
}

/** Results of a check as `control result`. */
function results(id: string, given: Inventory): string[] {
  const { controls, run, regional } = check(id)
  return [...run(given, regional ? REGION : 'global')].map(
    ({ control, result }) => `${control ?? controls.join()} ${result}`,
  )
}

describe('verdicts', () => {
  test.each<[id: string, given: Given[], expected: string[]]>([
    ['root-mfa', [settings({ AccountMFAEnabled: 1 })], ['IAM.9 passed']],
    ['root-mfa', [settings({ AccountMFAEnabled: 0, AccountPasswordPresent: 0 })], ['IAM.9 failed']],
    ['root-no-keys', [settings({ AccountAccessKeysPresent: 1 })], ['IAM.4 failed']],
    [
      'root-hardware-mfa',
      [
        settings({ AccountMFAEnabled: 1 }),
        { type: 'AWS::IAM::RootUser', data: { virtualMfa: true, credentials: null } },
      ],
      ['IAM.6 failed'],
    ],
    ['user-mfa', [user(password())], ['IAM.5 failed']],
    ['user-mfa', [user(password({ mfa_active: 'true' })), user({ credentials: null }, 'new')], ['IAM.5 passed']],
    [
      'no-console-users',
      [user({ ...password(), tags: [{ Key: 'breakglass', Value: 'yes' }] })],
      ['hinomi/no-console-users passed'],
    ],
    ['no-console-users', [user(password())], ['hinomi/no-console-users failed']],
    ['key-rotation', [user({ accessKeys: [key({ createdAt: '2026-08-28T00:00:00Z' })] })], ['IAM.3 failed']],
    ['key-rotation', [user({ accessKeys: [key({ createdAt: '2026-08-30T00:00:00Z' })] })], ['IAM.3 passed']],
    [
      'key-rotation',
      [user({ accessKeys: [key({ createdAt: '2026-08-01T00:00:00Z', active: false })] })],
      ['IAM.3 passed'],
    ],
    ['unused-credentials', [user({ accessKeys: [key({ createdAt: '2026-01-01T00:00:00Z' })] })], ['IAM.22 failed']],
    ['unused-credentials', [user(password({ password_last_used: 'no_information' }))], ['IAM.22 failed']],
    ['unused-credentials', [user(password())], ['IAM.22 passed']],
    ['single-key', [user({ accessKeys: [key(), key({ id: 'AKIA2' })] })], ['iam_user_two_active_access_key failed']],
    ['no-user-policies', [user({ attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] })], ['IAM.2 failed']],
    ['no-admin-policies', [allow('*')], ['IAM.1 failed', 'IAM.21 passed']],
    ['no-admin-policies', [allow(['s3:*'], 'arn:aws:s3:::x')], ['IAM.1 passed', 'IAM.21 failed']],
    [
      'no-admin-policies',
      [policy({ Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] })],
      ['IAM.1 passed', 'IAM.21 passed'],
    ],
    ['password-policy', [user({}), settings({})], []],
    ['password-policy', [user(password()), settings({})], ['IAM.15 failed', 'IAM.16 failed', 'IAM.7 failed']],
    [
      'password-policy',
      [user(password()), settings({}, { MinimumPasswordLength: 14, PasswordReusePrevention: 24 })],
      ['IAM.15 passed', 'IAM.16 passed', 'IAM.7 failed'],
    ],
    ['trail-all-regions', [trail()], ['CloudTrail.1 passed']],
    ['trail-all-regions', [trail({ managementEvents: 'WriteOnly' })], ['CloudTrail.1 failed']],
    ['trail-all-regions', [trail({ logging: false })], ['CloudTrail.1 failed']],
    ['trail-all-regions', [trail({ logging: null })], ['CloudTrail.1 unknown']],
    [
      'root-not-used',
      [{ type: 'AWS::IAM::RootUser', data: { virtualMfa: true, credentials: null } }],
      ['hinomi/root-not-used unknown'],
    ],
    [
      'trail-delivery',
      [trail({ delivery: { recent: true, error: 'AccessDenied', digestRecent: true, digestError: null } })],
      ['hinomi/trail-delivery failed'],
    ],
    ['trail-encryption', [trail()], ['CloudTrail.2 failed']],
    ['trail-bucket', [trail(), bucket({ trail: kept })], ['CloudTrail.6 passed', 'CloudTrail.7 passed']],
    [
      'trail-bucket',
      [trail(), bucket({ publicByPolicy: true, trail: kept })],
      ['CloudTrail.6 failed', 'CloudTrail.7 passed'],
    ],
    ['trail-bucket', [trail(), bucket({ publicAccessBlock: null })], ['CloudTrail.6 unknown']],
    ['trail-retention', [trail(), bucket({ trail: kept })], ['hinomi/trail-retention passed']],
    [
      'trail-retention',
      [trail(), bucket({ trail: { ...kept, expirations: [{ rule: 'a', days: 90 }] } })],
      ['hinomi/trail-retention failed'],
    ],
    ['s3-bucket-block', [bucket({ publicAccessBlock: { ...ALL, BlockPublicAcls: false } })], ['S3.8 failed']],
    [
      's3-bucket-block',
      [{ type: 'AWS::S3::Bucket', data: { region: REGION, denied: 's3:GetBucketPolicy' } }],
      ['S3.8 unknown'],
    ],
    ['s3-tls', [bucket()], ['S3.5 failed']],
    ['s3-tls', [bucket({ policy: { Statement: [http] } })], ['S3.5 passed']],
    [
      's3-tls',
      [
        bucket({
          policy: {
            Statement: [{ ...http, Condition: { ...http.Condition, StringEquals: { 'aws:PrincipalTag/a': 'b' } } }],
          },
        }),
      ],
      ['S3.5 failed'],
    ],
    [
      'vpc-flow-logs',
      [{ type: 'AWS::EC2::VPC', region: REGION, data: { flowLogs: [{ status: 'ACTIVE', traffic: 'ACCEPT' }] } }],
      ['EC2.6 failed'],
    ],
    ['default-security-group', [group([], 'default'), group([rule(22, 22)])], ['EC2.2 passed']],
    ['open-ports', [group([rule(20, 25)])], ['EC2.53 failed', 'EC2.54 passed', 'EC2.19 failed']],
    [
      'open-ports',
      [group([rule(null, null, { protocol: '-1', ipv4: [], ipv6: ['::/0'] })])],
      ['EC2.53 passed', 'EC2.54 failed', 'EC2.19 failed'],
    ],
    [
      'open-ports',
      [group([rule(443, 443), rule(22, 22, { ipv4: ['10.0.0.0/8'] })])],
      ['EC2.53 passed', 'EC2.54 passed', 'EC2.19 passed'],
    ],
    [
      'kms-rotation',
      [
        { type: 'AWS::KMS::Key', region: REGION, data: { rotation: null } },
        { type: 'AWS::KMS::Key', region: REGION, data: { rotation: false } },
      ],
      ['KMS.4 failed'],
    ],
    [
      'rds-private',
      [{ type: 'AWS::RDS::DBInstance', region: REGION, data: { publiclyAccessible: true, encrypted: true } }],
      ['RDS.2 failed', 'RDS.3 passed'],
    ],
    [
      'rds-private',
      [{ type: 'AWS::RDS::DBInstance', region: REGION, data: { publiclyAccessible: false, encrypted: false } }],
      ['RDS.2 passed', 'RDS.3 failed'],
    ],
    ['guardduty', [service('GuardDuty', { state: 'disabled' })], ['GuardDuty.1 failed']],
    ['guardduty', [service('GuardDuty', { state: 'not_offered' })], []],
    [
      'guardduty',
      [
        service('GuardDuty', {
          state: 'enabled',
          running: true,
          features: [{ name: 'S3_DATA_EVENTS', enabled: false, with: [] }],
        }),
      ],
      ['GuardDuty.1 passed', 'GuardDuty.10 failed'],
    ],
    [
      'inspector',
      [service('InspectorV2', { state: 'enabled', scans: { ec2: 'ENABLED', ecr: 'DISABLED' } })],
      ['Inspector.1 passed', 'Inspector.2 failed'],
    ],
    [
      'external-analyzer',
      [
        service('AccessAnalyzer', {
          state: 'enabled',
          analyzers: [{ type: 'ACCOUNT_UNUSED_ACCESS', status: 'ACTIVE' }],
        }),
      ],
      ['IAM.28 failed'],
    ],
    [
      'config-recording',
      [
        service('Config', {
          state: 'enabled',
          recorders: [
            { service: null, allSupported: true, strategy: null, types: [], recording: true, lastStatus: 'Success' },
          ],
          channels: [],
        }),
      ],
      ['Config.1 passed'],
    ],
    [
      'security-contact',
      [
        {
          type: 'AWS::Account::Contacts',
          data: { security: { email: 'sec@gmail.test' }, operations: null, billing: null },
        },
      ],
      ['Account.1 failed'],
    ],
    [
      'budget-alert',
      [
        {
          type: 'AWS::Budgets::Budget',
          data: { type: 'COST', notifications: [{ type: 'FORECASTED', subscribers: 1 }] },
        },
      ],
      ['hinomi/budget-alert failed'],
    ],
    [
      'budget-alert',
      [{ type: 'AWS::Budgets::Budget', data: { type: 'COST', notifications: [{ type: 'ACTUAL', subscribers: 1 }] } }],
      ['hinomi/budget-alert passed'],
    ],
  ])('%s %#', (id, given, expected) => {
    expect(results(id, inventory(given))).toEqual(expected)
  })
})

describe('the organization', () => {
  const account = (data: object = {}) => ({
    type: 'AWS::Organizations::Account',
    data: { id: ACCOUNT, parent: 'ou-1', tags: {}, ...data },
  })
  const organization = (managementAccount: string, rootFeatures: string[] | null = []) => ({
    type: 'AWS::Organizations::Organization',
    data: { managementAccount, rootFeatures },
  })
  const root = { type: 'AWS::Organizations::Root', data: { id: 'r-1' } }
  const unit = { type: 'AWS::Organizations::OrganizationalUnit', data: { id: 'ou-1', parent: 'r-1' } }
  const scp = (statements: object[], target = 'r-1') => ({
    type: 'AWS::Organizations::Policy',
    data: { awsManaged: false, content: JSON.stringify({ Statement: statements }), targets: [{ id: target }] },
  })
  const guards = [
    {
      Effect: 'Deny',
      Action: ['organizations:Leave*', 'cloudtrail:StopLogging', 'guardduty:Delete*', 'config:*', 'securityhub:*'],
      Resource: '*',
    },
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:root'] } },
    },
    {
      Effect: 'Deny',
      NotAction: ['iam:*'],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': [REGION] } },
    },
  ]

  test('a root user without credentials needs no MFA where the organization manages them', () => {
    const given = [settings({ AccountMFAEnabled: 0, AccountPasswordPresent: 0 })]
    const central = [organization('9', ['RootCredentialsManagement'])]
    expect(results('root-mfa', inventory(given, { organization: central }))).toEqual(['IAM.9 passed'])
  })

  test('policies of the root and of units count for their accounts', () => {
    const of = (policies: Given[]) =>
      inventory([], { organization: [organization('9'), root, unit, account(), ...policies] })
    expect(results('service-control-policies', of([scp(guards)]))).toEqual(['hinomi/service-control-policies passed'])
    expect(results('service-control-policies', of([scp(guards, 'ou-2')]))).toEqual([
      'hinomi/service-control-policies failed',
    ])
    expect(results('service-control-policies', of([scp(guards.slice(1))]))).toEqual([
      'hinomi/service-control-policies failed',
    ])
  })

  test('the management account has no policies, but administrators', () => {
    const given = inventory([], { organization: [organization(ACCOUNT), root, account({ parent: 'r-1' })] })
    expect(results('service-control-policies', given)).toEqual([])
    expect(results('organizational-unit', given)).toEqual([])
    expect(results('delegated-administrators', given)).toEqual(['hinomi/delegated-administrators failed'])
  })

  test('an account at the root is in no unit', () => {
    const given = inventory([], { organization: [organization('9'), root, account({ parent: 'r-1' })] })
    expect(results('organizational-unit', given)).toEqual(['hinomi/organizational-unit failed'])
    expect(results('account-tags', given)).toEqual(['hinomi/account-tags failed'])
  })

  test("an analyzer in the administrator's account counts", () => {
    const analyzer = service('AccessAnalyzer', {
      state: 'enabled',
      analyzers: [{ type: 'ORGANIZATION', status: 'ACTIVE' }],
    })
    const given = inventory([service('AccessAnalyzer', { state: 'disabled' })], { organization: [analyzer] })
    expect(results('external-analyzer', given)).toEqual(['IAM.28 passed'])
  })
})

describe('what is not examined', () => {
  const denied = (action: string): Cell => ({ ...ok, state: 'denied', action })
  const unexamined = (id: string, given: Inventory) => check(id).unexamined?.(given, REGION)

  test('a denied service hides no other service of its cell', () => {
    const given = inventory(
      [
        service('Macie', { state: 'denied', action: 'macie2:GetMacieSession' }),
        service('GuardDuty', { state: 'disabled' }),
      ],
      { cells: { services: denied('macie2:GetMacieSession') } },
    )
    expect(unexamined('guardduty', given)).toBeNull()
  })

  test('a denied service names the action', () => {
    const action = 'guardduty:ListDetectors'
    const given = inventory([service('GuardDuty', { state: 'denied', action })], {
      cells: { services: denied(action) },
    })
    expect(unexamined('guardduty', given)).toMatchObject({ state: 'denied', action })
  })

  test('a role that cannot be assumed says nothing, whatever was read earlier', () => {
    const given = inventory([service('GuardDuty', { state: 'disabled' })], {
      cells: { services: denied('sts:AssumeRole') },
    })
    expect(unexamined('guardduty', given)).toMatchObject({ state: 'denied', action: 'sts:AssumeRole' })
  })

  test('an account without a support plan is the answer, not a failure to examine', () => {
    const given = inventory([], { cells: { 'trusted-advisor': { ...ok, state: 'no_plan' } } })
    expect(unexamined('support-plan', given)).toBeNull()
    expect(results('support-plan', given)).toEqual(['hinomi/support-plan failed'])
    expect(unexamined('support-plan', inventory([], { cells: { 'trusted-advisor': null } }))).toMatchObject({
      state: 'unread',
    })
  })
})

test('no control stands in two checks', () => {
  const all = standardChecks.flatMap(({ controls }) => controls)
  expect(new Set(all).size).toBe(all.length)
  expect(standardChecks.length).toBeGreaterThan(40)
})
