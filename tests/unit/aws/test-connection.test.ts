import { describe, expect, test } from 'vitest'
import type { AwsAccess } from '../../../lib/aws/aws'
import { AwsFailure } from '../../../lib/aws/failure'
import { getIdentity } from '../../../lib/aws/identity'
import { listRegions } from '../../../lib/aws/regions'
import { type TestedConnection, testConnection } from '../../../lib/aws/test-connection'
import { collectors } from '../../../lib/domain/collection/collectors'
import type { ConnectionTestStep } from '../../../lib/domain/collection/connection-test'
import { type Answers, fakeCalls } from '../../support/aws/fake-calls'

const never = new AbortController().signal
const connection: TestedConnection = {
  account: '999999999999',
  isOrganization: true,
  partition: 'aws',
  roleName: 'HinomiReadOnly',
  externalId: '0'.repeat(32),
  region: 'ap-northeast-1',
  writeBack: null,
}

const whoAmI: Answers = {
  'sts:GetCallerIdentity': () => ({ Account: '999999999999', Arn: 'arn:aws:iam::999999999999:user/hinomi' }),
}

const organization: Answers = {
  'organizations:DescribeOrganization': () => ({ Organization: { Id: 'o-1', Arn: 'arn:aws:organizations::9:o-1' } }),
  'organizations:ListAWSServiceAccessForOrganization': () => ({}),
  'iam:ListOrganizationsFeatures': () => ({}),
  'organizations:ListRoots': () => ({ Roots: [{ Id: 'r-1', Arn: 'arn:aws:organizations::9:r-1', Name: 'Root' }] }),
  'organizations:ListTagsForResource': () => ({}),
  'organizations:ListAccountsForParent': () => ({
    Accounts: [
      { Id: '999999999999', Arn: 'arn:management', State: 'ACTIVE' },
      { Id: '222222222222', Arn: 'arn:suspended', State: 'SUSPENDED' },
      { Id: '111111111111', Arn: 'arn:member', State: 'ACTIVE' },
    ],
  }),
  'organizations:ListOrganizationalUnitsForParent': () => ({}),
}

function withoutPlan(operation: string): AwsFailure {
  return new AwsFailure({ reason: 'support_plan', operation, message: 'Premium Support is required' })
}

/** Answers of the services that the probes call; a name that is missing here is denied. */
const service: Answers = {
  'guardduty:ListDetectors': () => ({ DetectorIds: [] }),
  'support:DescribeTrustedAdvisorChecks': () => {
    throw withoutPlan('support:DescribeTrustedAdvisorChecks')
  },
  'trustedadvisor:ListRecommendations': () => {
    throw withoutPlan('trustedadvisor:ListRecommendations')
  },
  'account:GetContactInformation': () => ({ ContactInformation: undefined }),
  's3-control:GetPublicAccessBlock': () => {
    const operation = 's3-control:GetPublicAccessBlock'
    throw new AwsFailure({
      reason: 'request',
      operation,
      message: 'none',
      code: 'NoSuchPublicAccessBlockConfiguration',
    })
  },
}

function access(own: Answers, roles: Record<string, Answers>): AwsAccess & { places: string[] } {
  const places: string[] = []
  return {
    places,
    asSelf: (account, { region }) => fakeCalls(own, { account, region }),
    asRole: ({ account }, { region }) => {
      places.push(`${account} ${region}`)
      return fakeCalls(roles[account] ?? {}, { account, region })
    },
    forgetSession: () => {},
  }
}

async function steps(aws: AwsAccess, of: TestedConnection = connection): Promise<ConnectionTestStep[]> {
  const found: ConnectionTestStep[] = []
  for await (const step of testConnection(aws, of, never)) found.push(step)
  return found
}

const brief = ({ id, collector, account, state }: ConnectionTestStep) => [collector ?? id, account, state]

describe('a test of a connection', () => {
  test('goes through credentials, role, organization, a member that is active, and each collector', async () => {
    const aws = access(whoAmI, {
      '999999999999': { ...whoAmI, ...organization, 'sso-admin:ListInstances': () => ({}) },
      '111111111111': { ...whoAmI, ...service },
    })
    const found = await steps(aws)
    expect(found.slice(0, 4).map(brief)).toEqual([
      ['credentials', null, 'ok'],
      ['role', '999999999999', 'ok'],
      ['organization', '999999999999', 'ok'],
      ['member', '111111111111', 'ok'],
    ])
    const of = (id: string) => found.find(({ collector }) => collector === id)
    expect(found.slice(4)).toHaveLength(collectors.length - 1)
    expect(of('guardduty')).toMatchObject({ state: 'ok', account: '111111111111' })
    expect(of('account')).toMatchObject({ state: 'ok' })
    expect(of('identity-center')).toMatchObject({ state: 'ok', account: '999999999999' })
    expect(of('trusted-advisor')).toMatchObject({ state: 'skipped', failure: { reason: 'support_plan' } })
    expect(of('kms')).toMatchObject({ state: 'failed', failure: { reason: 'permission', action: 'kms:ListKeys' } })
  })

  test('a datum of the organization that cannot be read hides no member account', async () => {
    const { 'iam:ListOrganizationsFeatures': _, 'organizations:ListTagsForResource': _tags, ...rest } = organization
    const aws = access(whoAmI, { '999999999999': { ...whoAmI, ...rest }, '111111111111': whoAmI })
    expect((await steps(aws)).slice(2, 4).map(brief)).toEqual([
      ['organization', '999999999999', 'ok'],
      ['member', '111111111111', 'ok'],
    ])
  })

  test('reads services with Regions in the named Region, and others in that of the partition', async () => {
    const aws = access(whoAmI, { '999999999999': { ...whoAmI, ...organization }, '111111111111': whoAmI })
    await steps(aws)
    expect(new Set(aws.places)).toEqual(
      new Set([
        '999999999999 ap-northeast-1',
        '999999999999 us-east-1',
        '111111111111 ap-northeast-1',
        '111111111111 us-east-1',
      ]),
    )
  })

  test('skips what needs a failed step', async () => {
    const none = await steps(access({}, {}))
    expect(none[0]).toMatchObject({ id: 'credentials', state: 'failed' })
    expect(new Set(none.slice(1).map(({ state }) => state))).toEqual(new Set(['skipped']))
    const noMember = await steps(access(whoAmI, { '999999999999': { ...whoAmI, ...organization } }))
    expect(noMember.slice(1, 4).map(brief)).toEqual([
      ['role', '999999999999', 'ok'],
      ['organization', '999999999999', 'ok'],
      ['member', '111111111111', 'failed'],
    ])
    const rest = noMember.slice(4).filter(({ collector }) => collector !== 'identity-center')
    expect(new Set(rest.map(({ state }) => state))).toEqual(new Set(['skipped']))
  })

  test('writing back is tried by its own role, with a finding that does not exist', async () => {
    const sent: object[] = []
    const update: Answers = {
      'securityhub:BatchUpdateFindings': input => {
        sent.push(input)
        return { ProcessedFindings: [], UnprocessedFindings: [] }
      },
    }
    const writeBack = { account: '111111111111', region: 'eu-west-1', roleName: 'HinomiWriteBack' }
    const aws = access(whoAmI, { '111111111111': { ...whoAmI, ...update } })
    const written = (await steps(aws, { ...connection, writeBack })).at(-1)
    expect(written).toMatchObject({ id: 'write-back', account: '111111111111', state: 'ok' })
    expect(sent).toMatchObject([{ FindingIdentifiers: [{ Id: 'Hinomi/connection-test' }] }])
    const denied = await steps(access(whoAmI, { '111111111111': whoAmI }), { ...connection, writeBack })
    expect(denied.at(-1)).toMatchObject({ id: 'write-back', state: 'failed' })
    expect((await steps(aws)).some(({ id }) => id === 'write-back')).toBe(false)
  })

  test('a single account has no organization', async () => {
    const found = await steps(access(whoAmI, { '999999999999': { ...whoAmI, ...service } }), {
      ...connection,
      isOrganization: false,
    })
    expect(found.slice(0, 3).map(brief)).toEqual([
      ['credentials', null, 'ok'],
      ['role', '999999999999', 'ok'],
      ['account', '999999999999', 'ok'],
    ])
    expect(found.some(({ collector }) => collector === 'identity-center')).toBe(false)
  })
})

describe('the identity of the process', () => {
  const session = 'arn:aws:sts::999999999999:assumed-role/Hinomi/i-1'
  const identity: Answers = { 'sts:GetCallerIdentity': () => ({ Account: '999999999999', Arn: session }) }

  test('has the path of its role where it may read it', async () => {
    const role = 'arn:aws:iam::999999999999:role/apps/Hinomi'
    const found = await getIdentity(
      fakeCalls({
        ...identity,
        'iam:GetRole': ({ RoleName }) => ({
          Role: { Path: '/apps/', RoleName, RoleId: 'x', Arn: role, CreateDate: new Date(0) },
        }),
      }),
    )
    expect(found).toMatchObject({ account: '999999999999', arn: session, principal: { arn: role, pathKnown: true } })
  })

  test('has none where it may not, and says so', async () => {
    const found = await getIdentity(fakeCalls(identity))
    expect(found.principal).toMatchObject({ arn: 'arn:aws:iam::999999999999:role/Hinomi', pathKnown: false })
  })
})

describe('the Regions of an account', () => {
  test('are those of the account, enabled or not', async () => {
    const found = await listRegions(
      fakeCalls({
        'account:ListRegions': ({ NextToken }) =>
          NextToken === undefined
            ? { NextToken: 'more', Regions: [{ RegionName: 'us-east-1', RegionOptStatus: 'ENABLED_BY_DEFAULT' }] }
            : {
                Regions: [
                  { RegionName: 'ap-east-1', RegionOptStatus: 'ENABLED' },
                  { RegionName: 'af-south-1', RegionOptStatus: 'DISABLED' },
                  { RegionName: 'me-south-1', RegionOptStatus: 'ENABLING' },
                ],
              },
      }),
    )
    expect(found).toEqual({ enabled: ['ap-east-1', 'us-east-1'], disabled: ['af-south-1', 'me-south-1'] })
  })

  test('are those of EC2 where the account does not say them', async () => {
    const found = await listRegions(
      fakeCalls({
        'ec2:DescribeRegions': () => ({
          Regions: [
            { RegionName: 'us-east-1', OptInStatus: 'opt-in-not-required' },
            { RegionName: 'ap-east-1', OptInStatus: 'opted-in' },
            { RegionName: 'af-south-1', OptInStatus: 'not-opted-in' },
          ],
        }),
      }),
    )
    expect(found).toEqual({ enabled: ['ap-east-1', 'us-east-1'], disabled: ['af-south-1'] })
  })

  test('a role that cannot be assumed is no reason to ask EC2', async () => {
    const calls = fakeCalls({
      'account:ListRegions': () => {
        throw new AwsFailure({ reason: 'role', operation: 'sts:AssumeRole', message: 'no' })
      },
    })
    await expect(listRegions(calls)).rejects.toMatchObject({ reason: 'role' })
    expect(calls.called).toEqual(['account:ListRegions'])
  })
})
