import 'server-only'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import { itemsOf } from '../paging'

/** A permission set with everything that it allows, and its limit. */
export async function permissionSetOf(calls: CellCalls, InstanceArn: string, arn: string): Promise<InventoryLine> {
  const input = { InstanceArn, PermissionSetArn: arn }
  const { PermissionSet: set } = await calls.call('sso-admin:DescribePermissionSet', input)
  const { InlinePolicy } = await calls.call('sso-admin:GetInlinePolicyForPermissionSet', input)
  const managed = await itemsOf(
    calls,
    'sso-admin:ListManagedPoliciesInPermissionSet',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.AttachedManagedPolicies,
  )
  const customer = await itemsOf(
    calls,
    'sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.CustomerManagedPolicyReferences,
  )
  const boundary = await orNull(
    calls.call('sso-admin:GetPermissionsBoundaryForPermissionSet', input),
    'ResourceNotFoundException',
  )
  const { ManagedPolicyArn, CustomerManagedPolicyReference: own } = boundary?.PermissionsBoundary ?? {}
  const data = {
    instance: InstanceArn,
    description: set?.Description ?? null,
    sessionDuration: set?.SessionDuration ?? null,
    createdAt: set?.CreatedDate,
    inlinePolicy: documentOf(InlinePolicy),
    managedPolicies: managed.map(({ Arn }) => Arn),
    customerManagedPolicies: customer.map(({ Name, Path }) => ({ name: Name, path: Path ?? '/' })),
    permissionsBoundary: ManagedPolicyArn ?? (own ? { name: own.Name, path: own.Path ?? '/' } : null),
  }
  return inventoryOf(calls, { type: 'AWS::SSO::PermissionSet', arn, name: set?.Name ?? '', region: calls.region, data })
}

/** The assignments of permission sets: principals and accounts. */
export async function assignmentsOf(calls: CellCalls, InstanceArn: string, set: string): Promise<InventoryLine[]> {
  const of = { InstanceArn, PermissionSetArn: set }
  const accounts = await itemsOf(
    calls,
    'sso-admin:ListAccountsForProvisionedPermissionSet',
    of,
    { at: NextToken => ({ ...of, NextToken }), next: answer => answer.NextToken },
    answer => answer.AccountIds,
  )
  const records: InventoryLine[] = []
  for (const AccountId of accounts) {
    const input = { ...of, AccountId }
    const assignments = await itemsOf(
      calls,
      'sso-admin:ListAccountAssignments',
      input,
      { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
      answer => answer.AccountAssignments,
    )
    for (const { PrincipalType = '', PrincipalId = '' } of assignments) {
      const name = [AccountId, PrincipalType, PrincipalId].join('/')
      const data = { permissionSet: set, account: AccountId, principalType: PrincipalType, principal: PrincipalId }
      records.push(
        inventoryOf(calls, { type: 'AWS::SSO::Assignment', arn: `${set}/${name}`, name, region: calls.region, data }),
      )
    }
  }
  return records
}

/** One that is no JSON stays the text that it is. Without a policy, AWS answers an empty text. */
function documentOf(text: string | undefined): unknown {
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
