import { describe, expect, test } from 'vitest'
import { toUser } from '../../../../lib/domain/access-keys/iam-resources'
import { judgeKey, pipelineRules } from '../../../../lib/domain/access-keys/pipeline'

const AWS = 'arn:aws:iam::aws:policy'
const robot = { password_enabled: 'false', mfa_active: 'false' }
const person = { password_enabled: 'true', mfa_active: 'true' }

function judge(
  name: string,
  {
    service = null as string | null,
    groups = [] as never[],
    ...data
  }: Record<string, unknown> & { service?: string | null; groups?: never[] } = {},
) {
  const key = {
    id: 'AKIAEXAMPLE000000001',
    active: true,
    createdAt: '2026-01-01T00:00:00Z',
    lastUsed: service ? { at: '2026-11-01T00:00:00Z', service, region: 'us-east-1' } : null,
  }
  const user = toUser({
    arn: `arn:aws:iam::210987654321:user/${name}`,
    name,
    data: { path: '/', accessKeys: [key], credentials: robot, ...data },
  })
  const [first] = user.keys
  if (!first) throw new Error('no key')
  const { score, use, system, rules } = judgeKey(user, first, groups, new Map())
  return { score, use, system, rules: Object.fromEntries(rules.map(({ rule, result }) => [rule, result])) }
}

describe('a key is judged by its rules', () => {
  test.each([
    ['github-deploy', { service: 'ecr' }, 60, 'pipeline', 'github'],
    ['gha_prod', { service: 's3', attachedPolicies: [`${AWS}/AmazonECS_FullAccess`] }, 70, 'pipeline', 'github'],
    ['circleci', { service: 'lambda' }, 60, 'pipeline', 'circleci'],
    ['app.gitlab', {}, 45, 'probable', 'gitlab'],
    ['svc-terraform', { service: 'ec2' }, 45, 'probable', 'terraform'],
    ['backup', { service: 's3' }, 25, 'other', null],
    ['taro.yamada', { service: 'sts', credentials: person }, -25, 'other', null],
    ['deploy', { credentials: person }, -5, 'other', null],
    ['deploy', { credentials: null }, 35, 'other', null],
    ['cicada', {}, 10, 'other', null],
    [
      'runner',
      { tags: [{ Key: 'used-by', Value: 'bitbucket-pipeline' }], service: 'cloudformation' },
      60,
      'pipeline',
      'bitbucket',
    ],
    ['runner', { path: '/ci/', service: 'codedeploy' }, 60, 'pipeline', null],
    [
      'runner',
      {
        service: 's3',
        inlinePolicies: [
          { document: { Statement: { Effect: 'Allow', Action: ['s3:PutObject', 'cloudfront:*'], Resource: '*' } } },
        ],
      },
      35,
      'other',
      null,
    ],
  ] as const)('%s %j: %i, %s', (name, data, score, use, system) => {
    expect(judge(name, data as never)).toMatchObject({ score, use, system })
  })

  test('rules without data are not examined', () => {
    const { rules } = judge('deploy', { credentials: null })
    expect(rules).toMatchObject({
      userAgent: 'notExamined',
      addresses: 'notExamined',
      cadence: 'notExamined',
      secretName: 'notExamined',
      noConsole: 'notExamined',
      person: 'notExamined',
      name: 'yes',
      policies: 'no',
    })
    expect(Object.keys(rules)).toEqual(pipelineRules.map(({ id }) => id))
  })

  test('permissions of a group count', () => {
    const group = { attachedPolicies: [`${AWS}/PowerUserAccess`], inlinePolicies: [] }
    expect(judge('runner', { groups: [group] as never[] }).rules.policies).toBe('yes')
  })
})

test.each([
  [null],
  ['text'],
  [{ accessKeys: 'all', tags: { a: 1 }, groups: [1], attachedPolicies: null, credentials: { a: 1 } }],
  [{ accessKeys: [null, { id: 4 }, { id: 'x'.repeat(500), active: true }], createdAt: 'never' }],
])('a user of wrong types has no keys: %j', data => {
  const stored = { arn: 'arn:aws:iam::210987654321:user/x', name: 'x', data: data ?? {} }
  if (typeof data === 'string') expect(() => toUser(stored)).toThrow()
  else expect(toUser(stored).keys).toEqual([])
})
