import { expect, test } from 'vitest'
import { organization } from '../../../../lib/aws/collect/identity/organization'
import { AwsFailure } from '../../../../lib/aws/failure'
import { ACCOUNT_TYPE, InventoryLine } from '../../../../lib/domain/collection/lines'
import { ORGANIZATION_TYPE, unreadTypes } from '../../../../lib/domain/collection/organization/unread'
import { type Answers, fakeCalls, pagesOf, refused } from '../../../support/aws/fake-calls'

const arn = (what: string) => `arn:aws:organizations::999999999999:${what}`
const accounts: Record<string, string[]> = {
  'r-1': ['999999999999'],
  'ou-prod': ['111111111111', '222222222222', '333333333333'],
  'ou-web': ['444444444444'],
}
const units: Record<string, string[]> = { 'r-1': ['ou-prod', 'ou-dev'], 'ou-prod': ['ou-web'] }

/** A page holds two accounts. */
const PAGE = 2

const answers: Answers = {
  'organizations:DescribeOrganization': () => ({
    Organization: { Id: 'o-1', Arn: arn('organization/o-1'), FeatureSet: 'ALL', MasterAccountId: '999999999999' },
  }),
  'organizations:ListAWSServiceAccessForOrganization': () => ({
    EnabledServicePrincipals: [{ ServicePrincipal: 'guardduty.amazonaws.com' }],
  }),
  'iam:ListOrganizationsFeatures': () => ({ OrganizationId: 'o-1', EnabledFeatures: ['RootCredentialsManagement'] }),
  'organizations:ListRoots': () => ({ Roots: [{ Id: 'r-1', Arn: arn('root/o-1/r-1'), Name: 'Root' }] }),
  'organizations:ListAccountsForParent': ({ ParentId = '', NextToken = '0' }) => {
    const all = accounts[ParentId] ?? []
    const at = Number(NextToken)
    const more = at + PAGE < all.length
    return {
      Accounts: all.slice(at, at + PAGE).map(Id => ({
        Id,
        Arn: arn(`account/o-1/${Id}`),
        Name: `account ${Id}`,
        Email: `${Id}@example.com`,
        State: Id === '333333333333' ? 'SUSPENDED' : 'ACTIVE',
      })),
      ...(more && { NextToken: String(at + PAGE) }),
    }
  },
  'organizations:ListOrganizationalUnitsForParent': ({ ParentId = '' }) => ({
    OrganizationalUnits: (units[ParentId] ?? []).map(Id => ({ Id, Arn: arn(`ou/o-1/${Id}`), Name: Id.slice(3) })),
  }),
  'organizations:ListTagsForResource': ({ ResourceId }) => ({ Tags: [{ Key: 'of', Value: ResourceId }] }),
  'organizations:ListPolicies': () => ({
    Policies: [{ Id: 'p-1', Arn: arn('policy/o-1/p-1'), Name: 'guard rails', AwsManaged: false }],
  }),
  'organizations:DescribePolicy': () => ({ Policy: { Content: '{"Statement":[]}' } }),
  'organizations:ListTargetsForPolicy': () => ({ Targets: [{ TargetId: 'ou-prod', Type: 'ORGANIZATIONAL_UNIT' }] }),
  'organizations:ListDelegatedAdministrators': () => ({
    DelegatedAdministrators: [{ Id: '111111111111', Arn: arn('account/o-1/111111111111'), Name: 'audit' }],
  }),
  'organizations:ListDelegatedServicesForAccount': () => ({
    DelegatedServices: [{ ServicePrincipal: 'securityhub.amazonaws.com' }],
  }),
}

/** The records as they are after they were written. */
async function collected(from: unknown = null, extra: Answers = {}) {
  const pages = await pagesOf(
    organization,
    fakeCalls({ ...answers, ...extra }, { account: '999999999999' }),
    JSON.parse(JSON.stringify(from)),
  )
  return {
    pages,
    lines: pages.flatMap(({ records }) =>
      records.map(record => InventoryLine.parse(JSON.parse(JSON.stringify(record)))),
    ),
  }
}

test('walks the organization from the top: every account and unit once, with their units and tags', async () => {
  const { pages, lines } = await collected()
  const of = (type: string) => lines.filter(line => line.type === `AWS::Organizations::${type}`)
  expect(of('Account').map(({ data }) => [data.id, data.unit, data.status])).toEqual([
    ['999999999999', '', 'ACTIVE'],
    ['111111111111', 'prod', 'ACTIVE'],
    ['222222222222', 'prod', 'ACTIVE'],
    ['333333333333', 'prod', 'SUSPENDED'],
    ['444444444444', 'prod/web', 'ACTIVE'],
  ])
  expect(of('OrganizationalUnit').map(({ name }) => name)).toEqual(['prod', 'dev', 'web'])
  expect(of('Account')[1]?.data.tags).toEqual({ of: '111111111111' })
  expect(of('Organization')[0]?.data).toMatchObject({
    managementAccount: '999999999999',
    trustedServices: ['guardduty.amazonaws.com'],
    rootFeatures: ['RootCredentialsManagement'],
  })
  expect(of('Policy')[0]?.data).toMatchObject({ content: '{"Statement":[]}', targets: [{ id: 'ou-prod' }] })
  expect(of('DelegatedAdministrator')[0]?.data).toMatchObject({
    account: '111111111111',
    services: [{ principal: 'securityhub.amazonaws.com' }],
  })
  expect(pages.at(-1)?.next).toBeNull()
})

test('goes on after any page with exactly the records that follow', async () => {
  const { pages, lines } = await collected()
  let before = 0
  for (const { records, next } of pages.slice(0, -1)) {
    before += records.length
    const rest = await collected(next)
    expect(rest.lines).toEqual(lines.slice(before))
  }
})

test.each([
  ['ServiceAccessNotEnabledException', []],
  ['OrganizationNotInAllFeaturesModeException', []],
  ['AccountNotManagementOrDelegatedAdministratorException', null],
])('root features after %s: %j', async (code, features) => {
  const { lines } = await collected(null, {
    'iam:ListOrganizationsFeatures': () => {
      throw refused('iam:ListOrganizationsFeatures', code)
    },
  })
  const record = lines.find(({ type }) => type === ORGANIZATION_TYPE)
  expect(record?.data).toMatchObject({ rootFeatures: features, unread: {} })
})

test.each([
  ['iam:ListOrganizationsFeatures', 'rootFeatures'],
  ['organizations:ListAWSServiceAccessForOrganization', 'trustedServices'],
  ['organizations:ListPolicies', 'policies'],
  ['organizations:ListTargetsForPolicy', 'policies'],
  ['organizations:ListDelegatedAdministrators', 'administrators'],
  ['organizations:ListDelegatedServicesForAccount', 'administrators'],
] as const)('without %s only %s is unknown, and every account is known', async (operation, datum) => {
  const { [operation]: _, ...others } = answers
  const complete = await collected()
  const lines = (await pagesOf(organization, fakeCalls(others, { account: '999999999999' })))
    .flatMap(({ records }) => records)
    .map(record => InventoryLine.parse(JSON.parse(JSON.stringify(record))))
  const accountsOf = (all: readonly InventoryLine[]) => all.filter(({ type }) => type === ACCOUNT_TYPE)
  expect(accountsOf(lines)).toEqual(accountsOf(complete.lines))
  const record = lines.find(({ type }) => type === ORGANIZATION_TYPE)
  expect(record?.data.unread).toEqual({ [datum]: { state: 'denied', action: expect.stringContaining(':') } })
  expect(record && unreadTypes(record)).toEqual(
    { policies: ['AWS::Organizations::Policy'], administrators: ['AWS::Organizations::DelegatedAdministrator'] }[
      datum as string
    ] ?? [],
  )
})

test('without tags the accounts are known, and their tags are not', async () => {
  const { 'organizations:ListTagsForResource': _, ...others } = answers
  const lines = (await pagesOf(organization, fakeCalls(others))).flatMap(({ records }) => records)
  const found = lines.map(line => InventoryLine.parse(line)).filter(({ type }) => type === ACCOUNT_TYPE)
  expect(found).toHaveLength(5)
  expect(found[0]?.data).toMatchObject({ tags: null, tagsUnread: { state: 'denied' } })
})

test('a canceled call ends the reading: nothing is unknown because of it', async () => {
  const canceled = () => {
    throw new AwsFailure({ reason: 'canceled', operation: 'iam:ListOrganizationsFeatures', message: 'stop' })
  }
  await expect(collected(null, { 'iam:ListOrganizationsFeatures': canceled })).rejects.toMatchObject({
    reason: 'canceled',
  })
})

test('a missing permission is a failure, and not an empty organization', async () => {
  const { 'organizations:ListRoots': _roots, ...others } = answers
  await expect(pagesOf(organization, fakeCalls(others))).rejects.toMatchObject({ state: 'denied' })
})
