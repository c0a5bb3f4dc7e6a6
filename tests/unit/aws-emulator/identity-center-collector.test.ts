import {
  CreateGroupCommand,
  CreateGroupMembershipCommand,
  CreateUserCommand,
  IdentitystoreClient,
} from '@aws-sdk/client-identitystore'
import {
  AttachCustomerManagedPolicyReferenceToPermissionSetCommand,
  AttachManagedPolicyToPermissionSetCommand,
  CreateAccountAssignmentCommand,
  CreatePermissionSetCommand,
  ListInstancesCommand,
  ProvisionPermissionSetCommand,
  PutInlinePolicyToPermissionSetCommand,
  SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import { expect } from 'vitest'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const { account } = HOME
const region = 'us-east-1'

stopAtEnd()

/** A permission set for a group of one user, in this account. */
async function createAccess(emulator: Emulator, name: string): Promise<void> {
  const admin = new SSOAdminClient(setUpIn(emulator, account, region))
  const store = new IdentitystoreClient(setUpIn(emulator, account, region))
  const { Instances } = await admin.send(new ListInstancesCommand({}))
  const [{ InstanceArn, IdentityStoreId } = {}] = Instances ?? []
  const { PermissionSet } = await admin.send(
    new CreatePermissionSetCommand({ InstanceArn, Name: name, SessionDuration: 'PT4H' }),
  )
  const set = { InstanceArn, PermissionSetArn: PermissionSet?.PermissionSetArn }
  const InlinePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  })
  await admin.send(new PutInlinePolicyToPermissionSetCommand({ ...set, InlinePolicy }))
  await admin.send(
    new AttachManagedPolicyToPermissionSetCommand({
      ...set,
      ManagedPolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    }),
  )
  const CustomerManagedPolicyReference = { Name: 'own', Path: '/teams/' }
  await admin.send(
    new AttachCustomerManagedPolicyReferenceToPermissionSetCommand({ ...set, CustomerManagedPolicyReference }),
  )
  const { UserId } = await store.send(
    new CreateUserCommand({
      IdentityStoreId,
      UserName: `${name}-user`,
      DisplayName: 'Hanako Yamada',
      Name: { FamilyName: 'Yamada', GivenName: 'Hanako' },
      Emails: [{ Value: 'hanako@example.com', Primary: true }],
    }),
  )
  const { GroupId } = await store.send(new CreateGroupCommand({ IdentityStoreId, DisplayName: `${name}-group` }))
  await store.send(new CreateGroupMembershipCommand({ IdentityStoreId, GroupId, MemberId: { UserId: UserId ?? '' } }))
  const assignment = {
    TargetId: account,
    TargetType: 'AWS_ACCOUNT' as const,
    PrincipalType: 'GROUP' as const,
    PrincipalId: GroupId,
  }
  await admin.send(new CreateAccountAssignmentCommand({ ...set, ...assignment }))
  // AWS does it with the assignment, moto does not.
  await admin.send(new ProvisionPermissionSetCommand({ ...set, TargetId: account, TargetType: 'AWS_ACCOUNT' }))
}

test('identity center is read with ids and names, and with no other data of people', { timeout: START_MS }, async ({
  emulator,
}) => {
  await createAccess(emulator, 'operations')
  const pages = await collectedPages(emulator, 'identity-center', { region })
  const records = pages.flatMap(page => page.records).map(record => InventoryLine.parse(record))
  const byType = (type: string) => records.filter(record => record.type === type)
  expect(byType('AWS::SSO::Instance')).toHaveLength(1)
  expect(byType('AWS::SSO::PermissionSet')).toMatchObject([
    {
      name: 'operations',
      region,
      data: {
        sessionDuration: 'PT4H',
        inlinePolicy: { Statement: [{ Action: 's3:*' }] },
        managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        customerManagedPolicies: [{ name: 'own', path: '/teams/' }],
        permissionsBoundary: null,
      },
    },
  ])
  const [user] = byType('AWS::IdentityStore::User')
  const [group] = byType('AWS::IdentityStore::Group')
  expect(user?.name).toBe('operations-user')
  expect(byType('AWS::IdentityStore::GroupMembership')).toMatchObject([
    { data: { group: group?.data.id, user: user?.data.id } },
  ])
  expect(byType('AWS::SSO::Assignment')).toMatchObject([
    {
      data: {
        account,
        principalType: 'GROUP',
        principal: group?.data.id,
        permissionSet: byType('AWS::SSO::PermissionSet')[0]?.arn,
      },
    },
  ])
  expect(JSON.stringify(records)).not.toMatch(/Hanako|hanako@|Yamada/)
  expect(emulator.unanswered).toEqual([])
})

test('a reading that was interrupted continues where it was', { timeout: START_MS }, async ({ emulator }) => {
  for (let n = 0; n < 12; n += 1) await createAccess(emulator, `set-${String(n).padStart(2, '0')}`)
  const pages = await collectedPages(emulator, 'identity-center', { region })
  const arns = (from: number) =>
    pages.slice(from).flatMap(({ records }) => records.map(record => InventoryLine.parse(record).arn))
  for (const at of [0, 1, pages.length - 2]) {
    const next = pages[at]?.next ?? null
    const rest = await collectedPages(emulator, 'identity-center', { region, from: next })
    expect(rest.flatMap(({ records }) => records.map(record => InventoryLine.parse(record).arn))).toEqual(arns(at + 1))
  }
  expect(pages.length).toBeGreaterThan(3)
  expect(new Set(arns(0)).size).toBe(arns(0).length)
})
