import { describe, expect, test } from 'vitest'
import { account } from '../../../../lib/aws/collect/identity/account'
import { credentialReport } from '../../../../lib/aws/collect/identity/credential-report'
import { iam } from '../../../../lib/aws/collect/identity/iam'
import { InventoryLine } from '../../../../lib/domain/collection/lines'
import { credentialReportIn } from '../../../../lib/sources/credential-report/answer'
import { type Answers, fakeCalls, pagesOf, refused } from '../../../support/aws/fake-calls'

const arn = (what: string) => `arn:aws:iam::111111111111:${what}`
const csv = [
  'user,arn,password_enabled,mfa_active',
  `<root_account>,${arn('root')},not_supported,true`,
  `ci,${arn('user/ci')},false,false`,
  `"a,b","${arn('user/a,b')}",true,false`,
].join('\n')
const document = encodeURIComponent('{"Statement":[{"Effect":"Allow"}]}')
let reports = 0

const answers: Answers = {
  'iam:GenerateCredentialReport': () => {
    reports += 1
    return { State: reports % 2 === 0 ? 'COMPLETE' : 'STARTED' }
  },
  'iam:GetCredentialReport': () => ({
    Content: new TextEncoder().encode(csv),
    ReportFormat: 'text/csv',
    GeneratedTime: new Date('2026-11-26T23:00:00Z'),
  }),
  'iam:GetAccountSummary': () => ({ SummaryMap: { AccountMFAEnabled: 1 } }),
  'iam:GetAccountPasswordPolicy': () => {
    throw refused('iam:GetAccountPasswordPolicy', 'NoSuchEntityException')
  },
  'iam:ListAccountAliases': () => ({ AccountAliases: ['acme'] }),
  'iam:ListVirtualMFADevices': () => ({ VirtualMFADevices: [{ SerialNumber: arn('mfa/root-account-mfa-device') }] }),
  'iam:ListOpenIDConnectProviders': () => ({
    OpenIDConnectProviderList: [{ Arn: arn('oidc-provider/token.actions.githubusercontent.com') }],
  }),
  'iam:GetOpenIDConnectProvider': () => ({
    Url: 'token.actions.githubusercontent.com',
    ClientIDList: ['sts.amazonaws.com'],
  }),
  'iam:ListSAMLProviders': () => ({ SAMLProviderList: [{ Arn: arn('saml-provider/okta') }] }),
  'iam:ListServerCertificates': () => ({
    ServerCertificateMetadataList: [
      {
        Path: '/',
        ServerCertificateName: 'old',
        ServerCertificateId: 'x',
        Arn: arn('server-certificate/old'),
        Expiration: new Date(0),
      },
    ],
  }),
  'iam:GetAccountAuthorizationDetails': ({ Marker }) =>
    Marker === undefined
      ? {
          IsTruncated: true,
          Marker: 'second',
          UserDetailList: [
            {
              UserName: 'ci',
              Arn: arn('user/ci'),
              UserPolicyList: [{ PolicyName: 'deploy', PolicyDocument: document }],
              AttachedManagedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
            },
            { UserName: 'a,b', Arn: arn('user/a,b') },
            { UserName: 'new', Arn: arn('user/new') },
          ],
        }
      : {
          RoleDetailList: [{ RoleName: 'github', Arn: arn('role/github'), AssumeRolePolicyDocument: document }],
          GroupDetailList: [{ GroupName: 'all', Arn: arn('group/all') }],
          Policies: [
            {
              PolicyName: 'own',
              Arn: arn('policy/own'),
              PolicyVersionList: [
                { VersionId: 'v1', IsDefaultVersion: false, Document: 'old' },
                { VersionId: 'v2', IsDefaultVersion: true, Document: '100%' },
              ],
            },
          ],
        },
  'iam:ListAccessKeys': ({ UserName }) => ({
    AccessKeyMetadata:
      UserName === 'ci'
        ? [
            { AccessKeyId: 'AKIA1', Status: 'Active' },
            { AccessKeyId: 'AKIA2', Status: 'Inactive' },
          ]
        : [],
  }),
  'iam:GetAccessKeyLastUsed': ({ AccessKeyId }) => ({
    AccessKeyLastUsed:
      AccessKeyId === 'AKIA1'
        ? { LastUsedDate: new Date('2026-11-01T00:00:00Z'), ServiceName: 's3', Region: 'eu-west-1' }
        : { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' },
  }),
}

const linesOf = (records: readonly object[]) =>
  records.map(record => InventoryLine.parse(JSON.parse(JSON.stringify(record))))

describe('iam', () => {
  test('reads settings, providers, users with their keys, groups, roles and policies', async () => {
    const pages = await pagesOf(iam, fakeCalls(answers))
    const lines = pages.flatMap(({ records }) => linesOf(records))
    const one = (type: string, name?: string) =>
      lines.find(line => line.type === `AWS::IAM::${type}` && (name === undefined || line.name === name))?.data
    expect(one('AccountSettings')).toMatchObject({ passwordPolicy: null, aliases: ['acme'] })
    expect(one('RootUser')).toMatchObject({ virtualMfa: true, credentials: { mfa_active: 'true' } })
    expect(one('OIDCProvider', 'token.actions.githubusercontent.com')).toMatchObject({
      audiences: ['sts.amazonaws.com'],
    })
    expect(one('SAMLProvider', 'okta')).toBeDefined()
    expect(one('ServerCertificate')).toMatchObject({ expiresAt: '1970-01-01T00:00:00.000Z' })
    expect(one('User', 'ci')).toMatchObject({
      attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      inlinePolicies: [{ name: 'deploy', document: { Statement: [{ Effect: 'Allow' }] } }],
      credentials: { password_enabled: 'false' },
      accessKeys: [
        { id: 'AKIA1', active: true, lastUsed: { service: 's3', region: 'eu-west-1' } },
        { id: 'AKIA2', active: false, lastUsed: null },
      ],
    })
    expect(one('User', 'a,b')).toMatchObject({ credentials: { password_enabled: 'true' } })
    expect(one('User', 'new')).toMatchObject({ credentials: null, accessKeys: [] })
    expect(one('Role', 'github')).toMatchObject({ trustPolicy: { Statement: [{ Effect: 'Allow' }] }, lastUsed: null })
    expect(one('Group', 'all')).toBeDefined()
    // Only the version that is in force, and text that is no JSON as it is.
    expect(one('ManagedPolicy', 'own')).toMatchObject({ document: '100%' })
  })

  test('goes on after any page', async () => {
    const pages = await pagesOf(iam, fakeCalls(answers))
    for (const [n, { next }] of pages.slice(0, -1).entries()) {
      const rest = await pagesOf(iam, fakeCalls(answers), JSON.parse(JSON.stringify(next)))
      expect(rest).toEqual(pages.slice(n + 1))
    }
  })
})

test('the credential report is one that its reader reads', async () => {
  const [page] = await pagesOf(credentialReport, fakeCalls(answers))
  const found = credentialReportIn(JSON.parse(JSON.stringify(page?.records[0])))
  expect(found?.text).toBe(csv)
  expect(found?.beside).toEqual({ GeneratedTime: '2026-11-26T23:00:00.000Z' })
})

test('a report that is never ready is a failure', async () => {
  const calls = fakeCalls({ ...answers, 'iam:GenerateCredentialReport': () => ({ State: 'INPROGRESS' }) })
  await expect(pagesOf(credentialReport, calls)).rejects.toMatchObject({ reason: 'timeout' })
})

test('an account without contacts and without a block says so, and keeps no address or telephone number', async () => {
  const calls = fakeCalls({
    'account:GetContactInformation': () => ({
      ContactInformation: {
        FullName: 'A',
        AddressLine1: 'street 1',
        City: 'c',
        PostalCode: 'p',
        CountryCode: 'JP',
        PhoneNumber: '+81',
        CompanyName: 'ACME',
      },
    }),
    'account:GetAlternateContact': ({ AlternateContactType }) => {
      if (AlternateContactType !== 'SECURITY') throw refused('account:GetAlternateContact', 'ResourceNotFoundException')
      return {
        AlternateContact: { Name: 'CSIRT', Title: 'team', EmailAddress: 'csirt@example.com', PhoneNumber: '+81' },
      }
    },
    's3-control:GetPublicAccessBlock': () => {
      throw refused('s3-control:GetPublicAccessBlock', 'NoSuchPublicAccessBlockConfiguration')
    },
  })
  const [page] = await pagesOf(account, calls)
  const [contacts, block] = linesOf(page?.records ?? [])
  expect(contacts?.data).toEqual({
    company: 'ACME',
    country: 'JP',
    security: { name: 'CSIRT', title: 'team', email: 'csirt@example.com' },
    operations: null,
    billing: null,
  })
  expect(block?.data).toEqual({ block: null })
})
