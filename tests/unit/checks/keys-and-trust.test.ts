import { describe, expect, test } from 'vitest'
import { AccountId } from '../../../lib/domain/accounts/account-id'
import type { Inventory, Resource } from '../../../lib/domain/checks/check'
import { evaluate } from '../../../lib/domain/checks/evaluate'
import { evidenceName } from '../../../lib/domain/checks/evidence'
import { keyChecks } from '../../../lib/domain/checks/keys/pipeline-keys'
import { trustChecks } from '../../../lib/domain/checks/trust/trust'
import { canonicalTitle } from '../../../lib/domain/controls/text/titles'
import { StandardLimits } from '../../../lib/domain/standard/limits'

const ACCOUNT = '210987654321'
const GITHUB = 'token.actions.githubusercontent.com'
const checks = [...keyChecks, ...trustChecks]
const at = new Date('2026-11-27T00:00:00Z')

function resource(type: string, arn: string, data: Record<string, unknown>): Resource {
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  return { region: 'global', type, arn: `arn:aws:iam::${ACCOUNT}:${arn}`, name, data, firstSeenAt: at, changedAt: at }
}

function inventory(resources: readonly Resource[], more: Partial<Inventory> = {}): Inventory {
  return {
    account: { id: AccountId.parse(ACCOUNT), name: 'Shop', environment: null, tags: {} },
    now: at,
    regions: [],
    ownAccounts: new Set([ACCOUNT, '345678901234']),
    keyMarks: new Map(),
    limits: StandardLimits.parse({}),
    off: new Set(),
    organization: null,
    resources: type => resources.filter(each => each.type === type),
    cell: () => ({ state: 'ok', complete: true, action: null }),
    ...more,
  }
}

function user(name: string, key: object = {}, more: object = {}): Resource {
  const stored = {
    id: 'AKIAEXAMPLE000000001',
    active: true,
    createdAt: '2025-02-01T00:00:00.000Z',
    lastUsed: { at: '2026-11-26T00:00:00Z', service: 'ecr', region: 'eu-west-1' },
    ...key,
  }
  return resource('AWS::IAM::User', `user/${name}`, {
    path: '/',
    accessKeys: [stored],
    credentials: { password_enabled: 'false' },
    ...more,
  })
}

function role(name: string, statement: object, more: object = {}): Resource {
  const trustPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }
  return resource('AWS::IAM::Role', `role/${name}`, {
    trustPolicy,
    createdAt: '2026-11-01T00:00:00Z',
    attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    ...more,
  })
}

const tokens = (sub: string, more: object = {}) =>
  role(
    'deploy',
    {
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${GITHUB}:sub`]: sub, [`${GITHUB}:aud`]: 'sts.amazonaws.com' } },
    },
    more,
  )
const provider = resource('AWS::IAM::OIDCProvider', `oidc-provider/${GITHUB}`, { audiences: ['sts.amazonaws.com'] })

function failedIn(given: Inventory) {
  return evaluate(given, checks).records.filter(({ result }) => result === 'failed')
}

test('every check has texts, and no evidence is without a name', () => {
  for (const { controls } of checks) {
    expect(canonicalTitle('ja', controls[0]), controls[0]).not.toBeNull()
    expect(canonicalTitle('en', controls[0]), controls[0]).not.toBeNull()
  }
  const found = failedIn(
    inventory([
      user('github-deploy', {}, { attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      tokens('repo:*'),
      provider,
    ]),
  )
  for (const { name } of found.flatMap(({ evidence }) => evidence)) expect(evidenceName('ja', name)).not.toBe(name)
})

test('where IAM was not read, nothing is examined', () => {
  const denied = inventory([user('github-deploy')], {
    cell: () => ({ state: 'denied', complete: false, action: 'iam:ListUsers' }),
  })
  const { records, examined } = evaluate(denied, checks)
  expect(records).toEqual([])
  expect(examined.every(({ unexamined }) => unexamined.length === 1)).toBe(true)
})

describe('keys of pipelines', () => {
  test('fail with the reasons, and with the issuer that the account trusts already', () => {
    const [found, ...others] = failedIn(
      inventory([user('github-deploy'), provider, tokens('repo:a@1/b@2:environment:prod')]),
    )
    expect(others).toEqual([])
    expect(found).toMatchObject({
      check: 'pipeline-key',
      control: 'hinomi/pipeline-key',
      severity: 'high',
      resource: { id: 'AWS::IAM::AccessKey:AKIAEXAMPLE000000001', type: 'AwsIamAccessKey' },
      firstObservedAt: '2025-02-01T00:00:00.000Z',
    })
    expect(found?.evidence.map(({ name, value }) => [name, value])).toEqual([
      ['keyUser', `arn:aws:iam::${ACCOUNT}:user/github-deploy`],
      ['keyScore', 60],
      ['keyRuleName', 'github-deploy'],
      ['keyRuleNoConsole', true],
      ['keyRuleDeployServices', 'ecr'],
      ['keyIssuerTrusted', true],
      ['keyIssuer', GITHUB],
    ])
  })

  test.each([
    ['an inactive key', user('github-deploy', { active: false }), new Map()],
    ['a key that is probably one', user('deploy', { lastUsed: null }), new Map()],
    ['a key that a person took out', user('github-deploy'), new Map([['AKIAEXAMPLE000000001', 'other' as const]])],
  ])('are not %s', (_name, given, keyMarks) => {
    expect(failedIn(inventory([given], { keyMarks }))).toEqual([])
  })

  test('are those that a person marked', () => {
    const keyMarks = new Map([['AKIAEXAMPLE000000001', 'pipeline' as const]])
    const [found] = failedIn(inventory([user('taro')], { keyMarks }))
    expect(found?.evidence).toContainEqual({ name: 'keyMarked', value: true })
  })

  test.each([
    ['AdministratorAccess', { attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] }],
    [
      'iam:PassRole everywhere',
      { inlinePolicies: [{ document: { Statement: { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' } } }] },
    ],
  ])('must not have %s', (_name, more) => {
    const found = failedIn(inventory([user('github-deploy', {}, more)]))
    expect(found.map(({ check, severity }) => [check, severity])).toContainEqual(['pipeline-key-admin', 'critical'])
  })

  test('are left over once a role is used instead', () => {
    const unused = user('github-deploy-ci', {
      lastUsed: { at: '2026-11-12T00:00:00Z', service: 'ecr', region: 'eu-west-1' },
    })
    const used = tokens('repo:a@1/b@2:environment:prod', { lastUsed: { at: '2026-11-26T00:00:00Z' } })
    const left = (given: readonly Resource[]) =>
      failedIn(inventory(given)).some(({ check }) => check === 'pipeline-key-left-over')
    expect(left([unused, used, provider])).toBe(true)
    expect(left([user('github-deploy-ci'), used, provider])).toBe(false)
    expect(
      left([unused, tokens('repo:a@1/b@2:environment:prod', { lastUsed: { at: '2026-11-01T00:00:00Z' } }), provider]),
    ).toBe(false)
    expect(left([unused, provider])).toBe(false)
  })
})

describe('trust policies', () => {
  test('fail with the place in the policy', () => {
    const found = failedIn(inventory([tokens('repo:kestrel/*'), provider]))
    expect(found.map(({ check }) => check).sort()).toEqual(['oidc-classic-subject', 'oidc-whole-organization'])
    expect(found.find(({ check }) => check === 'oidc-whole-organization')?.evidence).toEqual([
      { name: 'trustStatement', value: '1' },
      { name: 'trustSubject', value: `${GITHUB}:sub`, as: 'code' },
      { name: 'trustValue', value: 'repo:kestrel/*', as: 'code' },
    ])
  })

  test('pass what they do not fail, and only what was asked', () => {
    const { records } = evaluate(inventory([tokens('repo:a@1/b@2:environment:prod'), provider]), trustChecks)
    expect(records.every(({ result }) => result === 'passed')).toBe(true)
    expect(
      records.filter(({ resource }) => resource.type === 'AwsIamRole').every(({ check }) => check.startsWith('oidc-')),
    ).toBe(true)
    const service = role('lambda', { Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' })
    expect(evaluate(inventory([service]), trustChecks).records).toEqual([])
  })

  test('of third parties fail, of the company do not', () => {
    const of = (account: string) =>
      role(`for-${account}`, { Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' })
    const found = failedIn(inventory([of('345678901234'), of('678901234567')]))
    expect(found.map(({ check, resource: { id } }) => [check, id])).toEqual([
      ['trust-no-external-id', `arn:aws:iam::${ACCOUNT}:role/for-678901234567`],
    ])
  })

  test('two thousand roles are judged in little time', () => {
    const roles = Array.from({ length: 2000 }, (_, n) => ({
      ...tokens(`repo:kestrel/app-${n}:*`),
      arn: `arn:aws:iam::${ACCOUNT}:role/r${n}`,
    }))
    const started = performance.now()
    expect(failedIn(inventory([...roles, provider])).length).toBe(2000)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
