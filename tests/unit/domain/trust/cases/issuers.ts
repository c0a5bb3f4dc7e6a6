import { type TrustCase, tokens } from './case'

const CIRCLE = 'oidc.circleci.com/org/5f0f5a39-8d6e-4c65-9c0a-0a9d43c2b6c1'
const CIRCLE_AUD = { aud: '5f0f5a39-8d6e-4c65-9c0a-0a9d43c2b6c1' }
const PROJECT = '0b8b8f43-7f1b-43a5-9c7e-63b8d2f6a1f9'
const BITBUCKET = 'api.bitbucket.org/2.0/workspaces/kestrel/pipelines-config/identity/oidc'
const BITBUCKET_AUD = { aud: 'ari:cloud:bitbucket::workspace/9d1c5e0e-12ab-4d9f-8a65-4f8f2a7e90b3' }
const GITLAB_AUD = { aud: 'https://gitlab.com' }
const TFC_AUD = { aud: 'aws.workload.identity' }
const EKS = 'oidc.eks.eu-west-1.amazonaws.com/id/7C0F11A2B3D4E5F60718293A4B5C6D7E'

/** Roles that other issuers' tokens assume. */
export const issuerCases: TrustCase[] = [
  {
    name: 'GitLab: a branch of a project',
    trust: tokens(
      { StringEquals: { ...GITLAB_AUD, sub: 'project_path:kestrel/ledger:ref_type:branch:ref:main' } },
      'gitlab.com',
    ),
    fails: [],
  },
  {
    name: 'GitLab: tags of a project',
    trust: tokens(
      { StringEquals: GITLAB_AUD, StringLike: { sub: 'project_path:kestrel/ledger:ref_type:tag:ref:v*' } },
      'gitlab.com',
    ),
    fails: [],
  },
  {
    name: 'GitLab: all branches',
    trust: tokens(
      { StringEquals: GITLAB_AUD, StringLike: { sub: 'project_path:kestrel/ledger:ref_type:branch:ref:*' } },
      'gitlab.com',
    ),
    fails: ['oidc-all-refs'],
  },
  {
    name: 'GitLab: everything of a project',
    trust: tokens({ StringEquals: GITLAB_AUD, StringLike: { sub: 'project_path:kestrel/ledger:*' } }, 'gitlab.com'),
    fails: ['oidc-all-refs'],
  },
  {
    name: 'GitLab: a whole group',
    trust: tokens(
      { StringEquals: GITLAB_AUD, StringLike: { sub: 'project_path:kestrel/*:ref_type:branch:ref:main' } },
      'gitlab.com',
    ),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'GitLab: any project',
    trust: tokens({ StringEquals: GITLAB_AUD, StringLike: { sub: 'project_path:*' } }, 'gitlab.com'),
    fails: ['oidc-any-project'],
  },
  {
    name: 'GitLab: groups that begin alike',
    trust: tokens({ StringEquals: GITLAB_AUD, StringLike: { sub: 'project_path:kestrel*' } }, 'gitlab.com'),
    fails: ['oidc-any-project'],
  },
  {
    name: 'GitLab: the audience alone, which everybody can choose',
    trust: tokens({ StringEquals: GITLAB_AUD }, 'gitlab.com'),
    fails: ['oidc-no-identity'],
  },
  {
    name: 'CircleCI: a project',
    trust: tokens(
      {
        StringEquals: CIRCLE_AUD,
        StringLike: { sub: `org/5f0f5a39-8d6e-4c65-9c0a-0a9d43c2b6c1/project/${PROJECT}/user/*` },
      },
      CIRCLE,
    ),
    fails: [],
  },
  {
    name: 'CircleCI: a project by the claim of 2026',
    trust: tokens({ StringEquals: { ...CIRCLE_AUD, 'oidc.circleci.com/project-id': PROJECT } }, CIRCLE),
    fails: [],
  },
  {
    name: 'CircleCI: any project of the organization',
    trust: tokens({ StringEquals: CIRCLE_AUD }, CIRCLE),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'CircleCI: any project by a pattern',
    trust: tokens(
      { StringEquals: CIRCLE_AUD, StringLike: { sub: 'org/5f0f5a39-8d6e-4c65-9c0a-0a9d43c2b6c1/project/*' } },
      CIRCLE,
    ),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'Bitbucket: a repository',
    trust: tokens(
      { StringEquals: BITBUCKET_AUD, StringLike: { sub: '{3a1c7b52-0e44-4f7d-a0f3-24d6a3bb1f10}:*' } },
      BITBUCKET,
    ),
    fails: [],
  },
  {
    name: 'Bitbucket: any repository of the workspace',
    trust: tokens({ StringEquals: BITBUCKET_AUD, StringLike: { sub: '*' } }, BITBUCKET),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'Bitbucket: no audience',
    trust: tokens({ StringLike: { sub: '{3a1c7b52-0e44-4f7d-a0f3-24d6a3bb1f10}*' } }, BITBUCKET),
    fails: ['oidc-no-audience'],
  },
  {
    name: 'Terraform Cloud: a workspace',
    trust: tokens(
      { StringEquals: TFC_AUD, StringLike: { sub: 'organization:kestrel:project:core:workspace:network:run_phase:*' } },
      'app.terraform.io',
    ),
    fails: [],
  },
  {
    name: 'Terraform Cloud: a workspace of any project',
    trust: tokens(
      {
        StringEquals: TFC_AUD,
        StringLike: { sub: 'organization:kestrel:project:*:workspace:network:run_phase:apply' },
      },
      'app.terraform.io',
    ),
    fails: [],
  },
  {
    name: 'Terraform Cloud: a whole organization',
    trust: tokens({ StringEquals: TFC_AUD, StringLike: { sub: 'organization:kestrel:*' } }, 'app.terraform.io'),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'Terraform Cloud: any organization',
    trust: tokens(
      { StringEquals: TFC_AUD, StringLike: { sub: 'organization:*:workspace:network:*' } },
      'app.terraform.io',
    ),
    fails: ['oidc-any-project'],
  },
  {
    name: 'Buildkite: a pipeline',
    trust: tokens(
      {
        StringEquals: { aud: 'sts.amazonaws.com' },
        StringLike: { sub: 'organization:kestrel:pipeline:ledger:ref:refs/heads/main:*' },
      },
      'agent.buildkite.com',
    ),
    fails: [],
  },
  {
    name: 'Vercel: one environment of a team',
    trust: tokens(
      { StringEquals: { aud: 'https://vercel.com/kestrel', sub: 'owner:kestrel:project:web:environment:production' } },
      'oidc.vercel.com/kestrel',
    ),
    fails: [],
  },
  {
    name: 'EKS: one service account',
    trust: tokens({ StringEquals: { aud: 'sts.amazonaws.com', sub: 'system:serviceaccount:payments:worker' } }, EKS),
    fails: [],
  },
  {
    name: 'EKS: any service account',
    trust: tokens({ StringEquals: { aud: 'sts.amazonaws.com' }, StringLike: { sub: 'system:serviceaccount:*' } }, EKS),
    fails: ['oidc-whole-organization'],
  },
  {
    name: 'Cognito: one identity pool',
    trust: tokens(
      { StringEquals: { aud: 'eu-west-1:0f5a398d-6e4c-459c-8a0a-9d43c2b6c15f' } },
      'cognito-identity.amazonaws.com',
    ),
    fails: [],
  },
  {
    name: 'an own issuer with its application',
    trust: tokens({ StringEquals: { aud: '0oa1example' } }, 'login.kestrel.example'),
    fails: [],
  },
]
