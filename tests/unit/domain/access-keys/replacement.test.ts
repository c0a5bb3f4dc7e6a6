import { describe, expect, test } from 'vitest'
import type { ReplacementContext } from '../../../../lib/domain/access-keys/replacement/context'
import { replacementContext } from '../../../../lib/domain/access-keys/replacement/context-of'
import { replacementOf } from '../../../../lib/domain/access-keys/replacement/replacement'
import { roleProblems } from '../../../../lib/domain/trust/check-trust'
import { pipelineSystems } from '../../../../lib/domain/trust/issuers'

const ACCOUNT = '210987654321'
const context: ReplacementContext = {
  partition: 'aws',
  account: ACCOUNT,
  region: 'ap-northeast-1',
  user: 'github-deploy',
  key: 'AKIAEXAMPLE000000001',
  attachedPolicies: ['arn:aws:iam::aws:policy/AmazonECS_FullAccess', `arn:aws:iam::${ACCOUNT}:policy/deploy`],
  otherPermissions: true,
  providers: new Map(),
  subjects: new Map(),
}

describe.each(pipelineSystems)('what replaces a key of %s', system => {
  const replacement = replacementOf(system, context)

  test('has a trust policy that fails none of our checks', () => {
    const role = {
      arn: `arn:aws:iam::${ACCOUNT}:role/new`,
      trustPolicy: JSON.parse(replacement.trustPolicy) as unknown,
      createdAt: new Date('2026-11-01T00:00:00Z'),
      lastUsedAt: null,
      attachedPolicies: context.attachedPolicies,
      inlinePolicies: [],
    }
    const at = new Date('2026-11-27T00:00:00Z')
    const problems = roleProblems(role, {
      account: ACCOUNT,
      own: new Set(),
      documents: new Map(),
      providers: new Map(),
      at,
    })
    expect(problems).toEqual([])
  })

  test('names the account, the role and the Region, and no key in the workflow', () => {
    expect(replacement.trustPolicy).toContain(`arn:aws:iam::${ACCOUNT}:oidc-provider/`)
    expect(replacement.workflow.text).toContain(`arn:aws:iam::${ACCOUNT}:role/github-deploy-oidc`)
    expect(replacement.workflow.text).toContain('ap-northeast-1')
    expect(replacement.workflow.text).not.toContain('AKIA')
    expect(replacement.commands.policies).toHaveLength(2)
    expect(replacement.commands.retire[0]).toContain('AKIAEXAMPLE000000001')
    expect(replacement.unset.length).toBeGreaterThan(0)
    for (const word of replacement.unset)
      expect(replacement.trustPolicy + replacement.commands.provider[0]).toContain(word)
  })
})

const provider = (host: string, audiences: string[]) => ({
  type: 'AWS::IAM::OIDCProvider',
  arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`,
  name: host,
  data: { audiences },
})

test('the values of the account are filled in', () => {
  const trustPolicy = {
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringLike: {
          'token.actions.githubusercontent.com:sub': ['repo:kestrel-works/web:*', 'repo:kestrel-works@418842/web@7:*'],
        },
      },
    },
  }
  const user = { name: 'ci', arn: `arn:aws:iam::${ACCOUNT}:user/ci` }
  const filled = replacementContext(ACCOUNT, { id: 'AKIAEXAMPLE000000001', region: null, user }, [
    provider('token.actions.githubusercontent.com', ['kestrel-tools']),
    provider('oidc.circleci.com/org/5f0f5a39-8d6e-4c65-9c0a-0a9d43c2b6c1', []),
    { type: 'AWS::IAM::Role', arn: `arn:aws:iam::${ACCOUNT}:role/web`, name: 'web', data: { trustPolicy } },
    {
      type: 'AWS::IAM::User',
      ...user,
      data: { attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'], groups: ['ci'] },
    },
  ])
  expect(filled).toMatchObject({
    partition: 'aws',
    otherPermissions: true,
    attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  })
  const github = replacementOf('github', filled)
  expect(github).toMatchObject({ trusted: true, unset: ['REPOSITORY', 'REPOSITORY_ID', 'REGION'] })
  expect(github.commands.provider).toEqual([])
  expect(github.trustPolicy).toContain('repo:kestrel-works@418842/REPOSITORY@REPOSITORY_ID:ref:refs/heads/main')
  expect(github.workflow.text).toContain('audience: kestrel-tools')
  const circle = replacementOf('circleci', filled)
  expect(circle).toMatchObject({ trusted: true, unset: ['PROJECT_ID', 'REGION'] })
  expect(replacementOf('gitlab', filled).trusted).toBe(false)
})

test('a user that administers the account is no model for the role', () => {
  const of = (policy: string) =>
    replacementOf('github', { ...context, attachedPolicies: [`arn:aws:iam::aws:policy/${policy}`] })
  expect(of('AdministratorAccess').admin).toBe(true)
  expect(of('AmazonECS_FullAccess').admin).toBe(false)
})

test('hostile names never reach a command', () => {
  const hostile = {
    ...context,
    user: 'a; rm -rf /',
    key: '$(id)',
    region: 'x\n- run: id',
    attachedPolicies: ['arn:aws:iam::aws:policy/a`id`'],
  }
  const { commands, workflow, unset } = replacementOf('github', hostile)
  expect(JSON.stringify([commands, workflow])).not.toMatch(/rm -rf|\$\(|run: id|`/)
  expect(unset).toEqual(expect.arrayContaining(['USER_NAME', 'ACCESS_KEY_ID', 'REGION']))
})
