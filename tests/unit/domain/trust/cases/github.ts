import { GITHUB, github, providerArn, type TrustCase, tokenStatement, tokens } from './case'

const AUD = { aud: 'sts.amazonaws.com' }
const NEW = 'repo:kestrel-works@418842/ledger@90211734'

/** Roles that GitHub Actions assumes. */
export const githubCases: TrustCase[] = [
  {
    name: 'branch of one repository, both forms',
    trust: github(['repo:kestrel-works/ledger:ref:refs/heads/main', `${NEW}:ref:refs/heads/main`], 'StringEquals'),
    fails: [],
  },
  {
    name: 'environment of one repository, immutable form',
    trust: github(`${NEW}:environment:production`, 'StringEquals'),
    fails: [],
  },
  {
    name: 'branch of one repository in the classic form only',
    trust: github('repo:kestrel-works/ledger:ref:refs/heads/main', 'StringEquals'),
    fails: ['oidc-classic-subject'],
  },
  {
    name: 'classic form as a pattern',
    trust: github('repo:kestrel-works/ledger:environment:prod-*'),
    fails: ['oidc-classic-subject'],
  },
  {
    name: 'classic form with all tags',
    trust: github(['repo:kestrel-works/ledger:ref:refs/tags/v*', 'repo:kestrel-works/web:ref:refs/tags/v*']),
    fails: ['oidc-classic-subject'],
  },
  { name: 'audience alone', trust: tokens({ StringEquals: AUD }), fails: ['oidc-no-identity'] },
  { name: 'no condition at all', trust: tokens({}), fails: ['oidc-no-identity', 'oidc-no-audience'] },
  {
    name: 'subject only in a negative condition',
    trust: tokens({ StringEquals: AUD, Null: { sub: 'false' } }),
    fails: ['oidc-no-identity'],
  },
  {
    name: 'environment alone, which every repository can name so',
    trust: tokens({ StringEquals: { ...AUD, environment: 'production' } }),
    fails: ['oidc-no-identity'],
  },
  {
    name: 'branch alone',
    trust: tokens({ StringEquals: { ...AUD, ref: 'refs/heads/main', workflow: 'deploy' } }),
    fails: ['oidc-no-identity'],
  },
  {
    name: 'Null on the subject demands that there is one',
    trust: tokens({ StringEquals: AUD, StringNotEqualsIfExists: {} }),
    fails: ['oidc-no-identity'],
  },
  { name: 'any subject', trust: github('*'), fails: ['oidc-any-project'] },
  { name: 'any repository', trust: github('repo:*'), fails: ['oidc-any-project'] },
  { name: 'any owner and any repository', trust: github('repo:*/*:ref:refs/heads/main'), fails: ['oidc-any-project'] },
  {
    name: 'owner that only begins with the name',
    trust: github('repo:kestrel*/ledger:*'),
    fails: ['oidc-any-project'],
  },
  {
    name: 'one place in the owner open',
    trust: github('repo:kestrel-work?/ledger:ref:refs/heads/main'),
    fails: ['oidc-any-project'],
  },
  { name: 'environment of any repository', trust: github('*:environment:production'), fails: ['oidc-any-project'] },
  {
    name: 'one good value beside one for all',
    trust: github([`${NEW}:environment:production`, 'repo:*']),
    fails: ['oidc-any-project'],
  },
  {
    name: 'ForAllValues on the subject',
    trust: github(`${NEW}:ref:refs/heads/main`, 'ForAllValues:StringLike'),
    fails: ['oidc-any-project'],
  },
  {
    name: 'ForAllValues with equality',
    trust: tokens({ 'ForAllValues:StringEquals': { sub: `${NEW}:environment:production`, ...AUD } }),
    fails: ['oidc-any-project', 'oidc-no-audience'],
  },
  {
    name: 'ForAllValues beside a condition that holds',
    trust: tokens({
      StringEquals: { ...AUD, repository_id: '90211734', environment: 'production' },
      'ForAllValues:StringLike': { sub: 'repo:*' },
    }),
    fails: [],
  },
  {
    name: 'ForAnyValue needs the claim',
    trust: github(`${NEW}:environment:production`, 'ForAnyValue:StringEquals'),
    fails: [],
  },
  {
    name: 'whole organization, classic',
    trust: github('repo:kestrel-works/*'),
    fails: ['oidc-whole-organization', 'oidc-classic-subject'],
  },
  {
    name: 'whole organization on one branch',
    trust: github('repo:kestrel-works/*:ref:refs/heads/main'),
    fails: ['oidc-whole-organization', 'oidc-classic-subject'],
  },
  {
    name: 'whole organization by its id',
    trust: github('repo:kestrel-works@418842/*'),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'whole enterprise',
    trust: tokens({ StringEquals: { ...AUD, enterprise_id: '7731' } }),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'repositories of an owner by the claim',
    trust: tokens({ StringEquals: AUD, StringLike: { repository: 'kestrel-works/*' } }),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'any repository by the claim',
    trust: tokens({ StringEquals: AUD, StringLike: { repository: '*' } }),
    fails: ['oidc-any-project'],
  },
  {
    name: 'whole organization narrowed by the repository',
    trust: tokens({
      StringEquals: { ...AUD, repository_id: '90211734', ref: 'refs/heads/main' },
      StringLike: { sub: ['repo:kestrel-works/*', 'repo:kestrel-works@*/*'] },
    }),
    fails: [],
  },
  { name: 'all refs of a repository, immutable', trust: github(`${NEW}:*`), fails: ['oidc-all-refs'] },
  {
    name: 'pull requests of a repository',
    trust: github([`${NEW}:ref:refs/heads/main`, `${NEW}:pull_request`], 'StringEquals'),
    fails: ['oidc-all-refs'],
  },
  { name: 'all branches of a repository', trust: github(`${NEW}:ref:refs/heads/*`), fails: ['oidc-all-refs'] },
  {
    name: 'repositories that begin alike',
    trust: github('repo:kestrel-works@418842/ledger-*'),
    fails: ['oidc-all-refs'],
  },
  {
    name: 'repository by its id, without a branch',
    trust: tokens({ StringEquals: { ...AUD, repository_id: '90211734' } }),
    fails: ['oidc-all-refs'],
  },
  { name: 'all refs, but the role only reads', trust: github(`${NEW}:*`), power: 'read', fails: [] },
  {
    name: 'all refs, but one environment',
    trust: tokens({ StringEquals: { ...AUD, environment: 'production' }, StringLike: { sub: `${NEW}:*` } }),
    fails: [],
  },
  {
    name: 'reusable workflow by the claim of 2026',
    trust: tokens({
      StringEquals: {
        ...AUD,
        job_workflow_ref: 'kestrel-works/pipelines/.github/workflows/deploy.yml@refs/heads/main',
      },
    }),
    fails: [],
  },
  {
    name: 'no audience',
    trust: tokens({ StringEquals: { sub: `${NEW}:ref:refs/heads/main` } }),
    fails: ['oidc-no-audience'],
  },
  {
    name: 'audience that is any',
    trust: tokens({ StringLike: { aud: '*', sub: `${NEW}:environment:*` } }),
    fails: ['oidc-no-audience', 'oidc-all-refs'],
  },
  {
    name: 'no audience where the provider has two',
    trust: tokens({ StringEquals: { sub: `${NEW}:environment:production` } }),
    audiences: ['sts.amazonaws.com', 'kestrel-tools'],
    fails: ['oidc-no-audience'],
  },
  {
    name: 'wildcard where it is a plain character',
    trust: github('repo:kestrel-works@418842/ledger@90211734:*', 'StringEquals'),
    fails: ['oidc-literal-wildcard'],
  },
  {
    name: 'wildcard in one of two equal values',
    trust: github([`${NEW}:ref:refs/heads/*`, `${NEW}:environment:production`], 'StringEquals'),
    fails: ['oidc-literal-wildcard'],
  },
  {
    name: 'wildcard where case does not matter',
    trust: github('repo:Kestrel-Works/*', 'StringEqualsIgnoreCase'),
    fails: ['oidc-literal-wildcard'],
  },
  { name: 'escaped wildcard is one by intention', trust: github(`${NEW}:environment:star-\${*}`), fails: [] },
  {
    name: 'administrator from one environment',
    trust: github(`${NEW}:environment:production`, 'StringEquals'),
    power: 'admin',
    fails: ['oidc-admin-role'],
  },
  {
    name: 'administrator from every branch',
    trust: github(`${NEW}:*`),
    power: 'admin',
    fails: ['oidc-admin-role', 'oidc-all-refs'],
  },
  {
    name: 'administrator for the world',
    trust: tokens({}),
    power: 'admin',
    fails: ['oidc-no-identity', 'oidc-no-audience', 'oidc-admin-role'],
  },
  {
    name: 'two issuers in one statement',
    trust: {
      Statement: {
        ...tokenStatement({ StringEquals: { ...AUD, sub: `${NEW}:environment:production` } }),
        Principal: { Federated: [providerArn(GITHUB), providerArn('gitlab.com')] },
      },
    },
    fails: ['oidc-mixed-issuers', 'oidc-no-identity', 'oidc-no-audience'],
  },
  {
    name: 'two issuers, one own',
    trust: {
      Statement: {
        ...tokenStatement({ StringEquals: { ...AUD, sub: `${NEW}:environment:production` } }),
        Principal: { Federated: [providerArn(GITHUB), providerArn('login.kestrel.example')] },
      },
    },
    fails: ['oidc-mixed-issuers', 'oidc-whole-organization'],
  },
  {
    name: 'the same issuer twice',
    trust: {
      Statement: {
        ...tokenStatement({ StringEquals: { ...AUD, sub: `${NEW}:environment:production` } }),
        Principal: { Federated: [providerArn(GITHUB), providerArn(GITHUB)] },
      },
    },
    fails: [],
  },
  {
    name: 'not used for a year',
    trust: github(`${NEW}:environment:production`, 'StringEquals'),
    lastUsedAt: '2025-10-01T00:00:00Z',
    fails: ['oidc-unused'],
  },
  {
    name: 'never used',
    trust: github(`${NEW}:environment:staging`, 'StringEquals'),
    lastUsedAt: '',
    fails: ['oidc-unused'],
  },
  {
    name: 'last used 91 days ago',
    trust: github(`${NEW}:environment:staging`, 'StringEquals'),
    lastUsedAt: '2026-08-27T23:00:00Z',
    fails: ['oidc-unused'],
  },
  {
    name: 'three issuers, each with its own conditions',
    trust: {
      Statement: {
        ...tokenStatement({ StringEquals: { ...AUD, sub: `${NEW}:environment:production` } }),
        Principal: { Federated: [GITHUB, 'app.terraform.io', 'gitlab.com'].map(providerArn) },
      },
    },
    fails: ['oidc-mixed-issuers', 'oidc-no-identity', 'oidc-no-audience'],
  },
  {
    name: 'used within 90 days',
    trust: github(`${NEW}:environment:staging`, 'StringEquals'),
    lastUsedAt: '2026-08-31T00:00:00Z',
    fails: [],
  },
  {
    name: 'Deny for all other subjects',
    trust: {
      Statement: [
        tokenStatement({ StringEquals: AUD }),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { StringNotEquals: { [`${GITHUB}:sub`]: `${NEW}:environment:production` } },
        },
      ],
    },
    fails: [],
  },
  {
    name: 'Deny that needs a second condition to hold',
    trust: {
      Statement: [
        tokenStatement({ StringEquals: AUD }),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: {
            StringNotEquals: { [`${GITHUB}:sub`]: `${NEW}:environment:production`, 'aws:SourceIp': '192.0.2.1' },
          },
        },
      ],
    },
    fails: ['oidc-no-identity'],
  },
]
