import { accounts, GITHUB, github, providerArn, type TrustCase, tokenStatement, VENDOR } from './case'

const GOOD = 'repo:kestrel-works@418842/ledger@90211734:environment:production'
const AUD = { aud: 'sts.amazonaws.com' }
const statement = tokenStatement({ StringEquals: { ...AUD, sub: GOOD } })

/** Policies in unusual and broken forms, which IAM accepts or an emulator lets through. */
export const hostileCases: TrustCase[] = [
  {
    name: 'elements and keys in other cases',
    trust: {
      statement: [
        {
          effect: 'allow',
          principal: {
            federated: providerArn(GITHUB)
              .toUpperCase()
              .replace('ARN:AWS', 'arn:aws')
              .replace('OIDC-PROVIDER', 'oidc-provider'),
          },
          action: 'STS:AssumeRoleWithWebIdentity',
          condition: {
            STRINGEQUALS: { [`${GITHUB.toUpperCase()}:AUD`]: 'sts.amazonaws.com', [`${GITHUB}:SUB`]: [GOOD] },
          },
        },
      ],
    },
    fails: [],
  },
  {
    name: 'a single statement and lists everywhere',
    trust: {
      Statement: {
        ...statement,
        Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        Principal: { Federated: [providerArn(GITHUB)] },
      },
    },
    fails: [],
  },
  {
    name: 'all actions of STS',
    trust: { Statement: [{ ...tokenStatement({ StringEquals: AUD }), Action: 'sts:*' }] },
    fails: ['oidc-no-identity'],
  },
  {
    name: 'NotAction that leaves tokens in',
    trust: {
      Statement: [
        { Effect: 'Allow', Principal: { Federated: providerArn(GITHUB) }, NotAction: 'sts:TagSession', Condition: {} },
      ],
    },
    fails: ['oidc-no-identity', 'oidc-no-audience'],
  },
  {
    name: 'NotAction that leaves tokens out',
    trust: {
      Statement: [{ Effect: 'Allow', Principal: { Federated: providerArn(GITHUB) }, NotAction: 'sts:AssumeRole*' }],
    },
    fails: [],
  },
  {
    name: 'StringNotLike on the subject',
    trust: github('repo:kestrel-works/*', 'StringNotLike'),
    fails: ['oidc-no-identity'],
  },
  { name: 'IfExists on the subject, which every token has', trust: github(GOOD, 'StringEqualsIfExists'), fails: [] },
  {
    name: 'ForAnyValue with IfExists and a pattern for all',
    trust: github('*', 'ForAnyValue:StringLikeIfExists'),
    fails: ['oidc-any-project'],
  },
  {
    name: 'numbers and booleans as values',
    trust: github([12, true, null, { a: 1 }, GOOD], 'StringEquals'),
    fails: [],
  },
  { name: 'a condition without values', trust: github([]), fails: ['oidc-no-identity'] },
  {
    name: 'conditions that are no objects',
    trust: { Statement: [{ ...statement, Condition: 'none' }] },
    fails: ['oidc-no-identity', 'oidc-no-audience'],
  },
  {
    name: 'the condition of another issuer',
    trust: {
      Statement: [
        {
          ...statement,
          Condition: { StringEquals: { 'gitlab.com:sub': GOOD, 'gitlab.com:aud': 'sts.amazonaws.com' } },
        },
      ],
    },
    fails: ['oidc-no-identity', 'oidc-no-audience'],
  },
  { name: 'a principal that is a list', trust: { Statement: [{ ...statement, Principal: ['*'] }] }, fails: [] },
  {
    name: 'a principal that is missing',
    trust: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole' }] },
    fails: [],
  },
  { name: 'an empty list of statements', trust: { Version: '2012-10-17', Statement: [] }, fails: [] },
  {
    name: 'names that objects inherit',
    trust: accounts(
      JSON.parse(`{"__proto__": "*", "constructor": ["${VENDOR}"], "AWS": "${VENDOR}"}`) as unknown,
      JSON.parse('{"__proto__": {"sts:externalid": "x"}}') as unknown,
    ),
    fails: ['trust-no-external-id'],
  },
  {
    name: 'a wildcard that would take forever in a regular expression',
    trust: github([`repo:${'*a'.repeat(4000)}`]),
    fails: ['oidc-any-project'],
  },
  {
    name: 'two thousand subjects, one of them open',
    trust: github([
      ...Array.from({ length: 1999 }, (_, n) => `repo:kestrel-works@418842/app-${n}@${n}:environment:production`),
      'repo:*',
    ]),
    fails: ['oidc-any-project'],
  },
  { name: 'Deny alone', trust: { Statement: [{ Effect: 'Deny', Principal: '*', Action: '*' }] }, fails: [] },
]
