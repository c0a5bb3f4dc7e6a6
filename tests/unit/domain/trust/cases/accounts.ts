import { ACCOUNT, accounts, PARTNER, type TrustCase, VENDOR } from './case'

const ORG = { 'aws:PrincipalOrgID': 'o-k3str3l001' }
const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` })

/** Roles that other accounts assume. VENDOR is not the company's. */
export const accountCases: TrustCase[] = [
  { name: 'a role of the same account', trust: accounts({ AWS: `arn:aws:iam::${ACCOUNT}:role/deployer` }), fails: [] },
  { name: 'the whole own account', trust: accounts(root(ACCOUNT)), fails: [] },
  { name: 'another account of the company', trust: accounts(root(PARTNER)), fails: [] },
  { name: 'an administrator for the company', trust: accounts(root(PARTNER)), power: 'admin', fails: [] },
  { name: 'a service', trust: accounts({ Service: 'ec2.amazonaws.com' }), power: 'admin', fails: [] },
  { name: 'a third party without an external id', trust: accounts(root(VENDOR)), fails: ['trust-no-external-id'] },
  { name: 'a third party by its number', trust: accounts({ AWS: VENDOR }), fails: ['trust-no-external-id'] },
  {
    name: 'a role of a third party',
    trust: accounts({ AWS: [`arn:aws:iam::${PARTNER}:root`, `arn:aws:iam::${VENDOR}:role/agent`] }),
    fails: ['trust-no-external-id'],
  },
  {
    name: 'a third party with an external id',
    trust: accounts(root(VENDOR), { StringEquals: { 'sts:ExternalId': '5c0e9d2b71' } }),
    fails: [],
  },
  {
    name: 'an external id that is any',
    trust: accounts(root(VENDOR), { StringLike: { 'sts:ExternalId': '*' } }),
    fails: ['trust-no-external-id'],
  },
  {
    name: 'an external id where there is one',
    trust: accounts(root(VENDOR), { StringEqualsIfExists: { 'sts:ExternalId': '5c0e9d2b71' } }),
    fails: ['trust-no-external-id'],
  },
  {
    name: 'an external id under ForAllValues',
    trust: accounts(root(VENDOR), { 'ForAllValues:StringEquals': { 'sts:ExternalId': '5c0e9d2b71' } }),
    fails: ['trust-no-external-id'],
  },
  {
    name: 'an external id that it is not',
    trust: accounts(root(VENDOR), { StringNotEquals: { 'sts:ExternalId': 'none' } }),
    fails: ['trust-no-external-id'],
  },
  {
    name: 'people of a third party with MFA',
    trust: accounts(
      { AWS: `arn:aws:iam::${VENDOR}:user/consultant` },
      { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    ),
    fails: [],
  },
  {
    name: 'MFA only where the key is there',
    trust: accounts(root(VENDOR), { BoolIfExists: { 'aws:MultiFactorAuthPresent': true } }),
    fails: ['trust-no-external-id'],
  },
  {
    name: 'an administrator for a third party',
    trust: accounts(root(VENDOR), { StringEquals: { 'sts:ExternalId': '5c0e9d2b71' } }),
    power: 'admin',
    fails: ['trust-outside-admin'],
  },
  {
    name: 'an administrator for a third party without an external id',
    trust: accounts({ AWS: [VENDOR] }),
    power: 'admin',
    fails: ['trust-no-external-id', 'trust-outside-admin'],
  },
  {
    name: 'an administrator for people of a third party',
    trust: accounts({ AWS: VENDOR }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    power: 'admin',
    fails: ['trust-outside-admin'],
  },
  {
    name: 'a third party that has to be in the organization',
    trust: accounts(root(VENDOR), { StringEquals: ORG }),
    power: 'admin',
    fails: [],
  },
  { name: 'everybody', trust: accounts('*'), fails: ['trust-everybody'] },
  { name: 'everybody as an account', trust: accounts({ AWS: '*' }), fails: ['trust-everybody'] },
  {
    name: 'everybody with an external id',
    trust: accounts({ AWS: ['*'] }, { StringEquals: { 'sts:ExternalId': '5c0e9d2b71' } }),
    fails: ['trust-everybody'],
  },
  {
    name: 'everybody in any organization',
    trust: accounts('*', { StringLike: { 'aws:PrincipalOrgID': 'o-*' } }),
    fails: ['trust-everybody'],
  },
  {
    name: 'everybody with a role of that name',
    trust: accounts('*', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deployer' } }),
    fails: ['trust-everybody'],
  },
  {
    name: 'everybody but one',
    trust: {
      Statement: { Effect: 'Allow', NotPrincipal: { AWS: `arn:aws:iam::${VENDOR}:root` }, Action: 'sts:AssumeRole' },
    },
    fails: ['trust-everybody'],
  },
  {
    name: 'one role of an account of the company',
    trust: accounts('*', { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${PARTNER}:role/deployer` } }),
    fails: [],
  },
  { name: 'the whole organization', trust: accounts('*', { StringEquals: ORG }), fails: ['trust-whole-organization'] },
  {
    name: 'the whole organization, key in another case',
    trust: accounts({ AWS: '*' }, { stringequals: { 'AWS:PRINCIPALORGID': ['o-k3str3l001'] } }),
    fails: ['trust-whole-organization'],
  },
  {
    name: 'a part of the organization',
    trust: accounts('*', {
      'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-k3str3l001/r-ab12/ou-ab12-11111111/*' },
    }),
    fails: ['trust-whole-organization'],
  },
  {
    name: 'one account of the organization',
    trust: accounts('*', { StringEquals: { ...ORG, 'aws:PrincipalAccount': PARTNER } }),
    fails: [],
  },
  {
    name: 'the organization where the key is there',
    trust: accounts('*', { StringEqualsIfExists: ORG }),
    fails: ['trust-everybody'],
  },
  {
    name: 'a deleted role of another account',
    trust: accounts({ AWS: 'AROAIOSFODNN7DELETED' }),
    power: 'admin',
    fails: [],
  },
]
