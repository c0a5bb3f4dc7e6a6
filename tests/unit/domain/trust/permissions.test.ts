import { expect, test } from 'vitest'
import { mayCall, type Permitted, passesAnyRole, powerOf } from '../../../../lib/domain/trust/permissions'

const AWS = 'arn:aws:iam::aws:policy'
const OWN = 'arn:aws:iam::210987654321:policy'
const allow = (Action: unknown, Resource: unknown = '*') => ({ Statement: [{ Effect: 'Allow', Action, Resource }] })
const documents = new Map<string, unknown>([
  [`${OWN}/everything`, allow('*:*')],
  [`${OWN}/images`, allow(['ecr:PutImage', 'ecr:Get*'], 'arn:aws:ecr:*:*:repository/app')],
  [`${OWN}/reading`, allow(['s3:Get*', 's3:ListBucket'])],
  [`${OWN}/iam`, allow('iam:*')],
  [`${OWN}/broken`, 'no JSON'],
])

function permitted(
  attachedPolicies: string[],
  document?: unknown,
  permissionsBoundary: string | null = null,
): Permitted {
  return { attachedPolicies, inlinePolicies: document === undefined ? [] : [{ document }], permissionsBoundary }
}

test.each([
  [permitted([`${AWS}/AdministratorAccess`]), 'admin'],
  [permitted(['arn:aws-cn:iam::aws:policy/AdministratorAccess']), 'admin'],
  [permitted([`${AWS}/PowerUserAccess`, `${AWS}/IAMFullAccess`]), 'admin'],
  [permitted([`${AWS}/PowerUserAccess`]), 'write'],
  [permitted([`${OWN}/everything`]), 'admin'],
  [permitted([`${OWN}/iam`]), 'admin'],
  [permitted([], allow('*', 'arn:aws:s3:::app/*')), 'write'],
  [permitted([], { Statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' } }), 'write'],
  [permitted([], { Statement: { Effect: 'Allow', NotAction: 'account:*', Resource: '*' } }), 'admin'],
  [permitted([], { Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }), 'read'],
  [permitted([`${AWS}/ReadOnlyAccess`, `${OWN}/reading`]), 'read'],
  [permitted([`${AWS}/job-function/ViewOnlyAccess`, `${AWS}/AmazonS3ReadOnlyAccess`]), 'read'],
  [permitted([`${AWS}/AmazonS3FullAccess`]), 'write'],
  [permitted([`${OWN}/broken`, `${OWN}/unknown`]), 'read'],
  [permitted([`${AWS}/AdministratorAccess`], undefined, `${OWN}/images`), 'write'],
  [permitted([`${AWS}/AdministratorAccess`], undefined, `${AWS}/AdministratorAccess`), 'admin'],
] as const)('%j may %s', (subject, power) => {
  expect(powerOf([subject], documents)).toBe(power)
})

test('groups add their permissions', () => {
  expect(powerOf([permitted([]), permitted([`${OWN}/everything`])], documents)).toBe('admin')
})

test('an action is allowed by a document, not by what it leaves out', () => {
  const user = permitted([`${OWN}/images`])
  expect(mayCall([user], documents, 'ecr:putimage')).toBe(true)
  expect(mayCall([user], documents, 'ecs:updateservice')).toBe(false)
})

test.each([
  [allow('iam:PassRole'), true],
  [allow('iam:*'), true],
  [allow('iam:PassRole', 'arn:aws:iam::210987654321:role/deploy'), false],
  [allow('ecs:*'), false],
])('%j passes any role: %s', (document, expected) => {
  expect(passesAnyRole([permitted([], document)], documents)).toBe(expected)
})
