import { describe, expect, test } from 'vitest'
import { providerProblems, type Role, roleProblems } from '../../../../lib/domain/trust/check-trust'
import { statementsOf } from '../../../../lib/domain/trust/document'
import { type TrustCheck, trustCheckIds } from '../../../../lib/domain/trust/trust-check'
import { accountCases } from './cases/accounts'
import { ACCOUNT, GITHUB, github, PARTNER, type TrustCase, tokens } from './cases/case'
import { githubCases } from './cases/github'
import { hostileCases } from './cases/hostile'
import { issuerCases } from './cases/issuers'

const cases = [...githubCases, ...issuerCases, ...accountCases, ...hostileCases]
const POLICIES = { admin: 'AdministratorAccess', write: 'AmazonECS_FullAccess', read: 'ReadOnlyAccess' }

function roleOf({ trust, power = 'write', lastUsedAt = '2026-11-20T00:00:00Z' }: TrustCase): Role {
  return {
    arn: `arn:aws:iam::${ACCOUNT}:role/examined`,
    trustPolicy: trust,
    createdAt: new Date('2025-01-10T00:00:00Z'),
    lastUsedAt: lastUsedAt === '' ? null : new Date(lastUsedAt),
    attachedPolicies: [`arn:aws:iam::aws:policy/${POLICIES[power]}`],
    inlinePolicies: [],
  }
}

const context = (audiences: string[]) => ({
  account: ACCOUNT,
  own: new Set([ACCOUNT, PARTNER]),
  documents: new Map<string, unknown>(),
  providers: new Map([[GITHUB, { audiences }]]),
  at: new Date('2026-11-27T00:00:00Z'),
})

function foundIn(each: TrustCase): TrustCheck[] | null {
  const problems = roleProblems(roleOf(each), context(each.audiences ?? ['sts.amazonaws.com']))
  return problems && [...new Set(problems.map(({ check }) => check))].sort()
}

test('every labelled trust policy fails just the checks of its label', () => {
  const wrong = cases.flatMap(each => {
    const found = foundIn(each)
    const expected = [...each.fails].sort()
    return JSON.stringify(found) === JSON.stringify(expected) ? [] : [{ name: each.name, expected, found }]
  })
  process.stdout.write(`trust policies: ${cases.length - wrong.length} right, ${wrong.length} wrong\n`)
  expect(wrong).toEqual([])
  expect(cases.length).toBeGreaterThanOrEqual(60)
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
})

test('every check of roles has three labelled cases that fail it, and many that pass', () => {
  const counts = trustCheckIds
    .filter(check => check !== 'oidc-provider-audiences')
    .map(check => [check, cases.filter(({ fails }) => fails.includes(check)).length] as const)
  process.stdout.write(`${counts.map(([check, n]) => `${check} ${n}`).join(', ')}\n`)
  expect(counts.filter(([, n]) => n < 3)).toEqual([])
  expect(cases.filter(({ fails }) => fails.length === 0).length).toBeGreaterThan(20)
})

test.each([
  [null],
  ['no JSON'],
  [42],
  [[]],
  [{}],
  [{ Statement: 'all' }],
  [{ Statement: [null] }],
  [{ Statement: [{ Effect: 1, Principal: '*' }] }],
])('what is no policy is not examined: %j', trust => {
  expect(statementsOf(trust)).toBeNull()
  expect(foundIn({ name: '', trust, fails: [] })).toBeNull()
})

test('a deeply nested policy is read without recursion', () => {
  let nested: unknown = { Statement: [] }
  for (let depth = 0; depth < 100_000; depth += 1) nested = { Statement: nested, Effect: 'Allow' }
  expect(statementsOf(nested)).toHaveLength(1)
})

test('a policy of many thousand statements takes no time', () => {
  const Statement = Array.from({ length: 50_000 }, () => (tokens({}) as { Statement: unknown[] }).Statement[0])
  const started = performance.now()
  expect(foundIn({ name: '', trust: { Statement }, fails: [] })).toEqual(['oidc-no-audience', 'oidc-no-identity'])
  expect(performance.now() - started).toBeLessThan(1000)
})

describe('identity providers', () => {
  const role = roleOf({ name: '', trust: github('*'), fails: [] })
  test.each([
    [GITHUB, ['sts.amazonaws.com'], [role], []],
    [GITHUB, ['sts.amazonaws.com', 'https://github.com/kestrel-works'], [role], ['oidc-provider-audiences']],
    [GITHUB, ['kestrel-tools'], [role], ['oidc-provider-audiences']],
    ['app.terraform.io', ['aws.workload.identity', '*'], [], ['oidc-provider-audiences', 'oidc-unused']],
    ['gitlab.com', ['anything', 'else'], [], ['oidc-unused']],
    [GITHUB, ['sts.amazonaws.com'], [], ['oidc-unused']],
    [GITHUB, ['sts.amazonaws.com'], [{ ...role, trustPolicy: 'no JSON' }], []],
  ])('%s with audiences %j', (address, audiences, roles, expected) => {
    expect(providerProblems(address, { audiences }, roles).map(({ check }) => check)).toEqual(expected)
  })
})
