import 'server-only'
import type { OperationTable } from './operation'

/** The organization and IAM Identity Center, read with the role of the management or delegated account. */
export const organization = {
  'iam:ListOrganizationsFeatures': { iam: ['iam:ListOrganizationsFeatures'], rate: 'iam' },
  'identitystore:ListGroupMemberships': { iam: ['identitystore:ListGroupMemberships'], rate: 'default' },
  'identitystore:ListGroups': { iam: ['identitystore:ListGroups'], rate: 'default' },
  'identitystore:ListUsers': { iam: ['identitystore:ListUsers'], rate: 'default' },
  'organizations:DescribeOrganization': { iam: ['organizations:DescribeOrganization'], rate: 'organizations' },
  'organizations:DescribePolicy': { iam: ['organizations:DescribePolicy'], rate: 'organizations' },
  'organizations:ListAWSServiceAccessForOrganization': {
    iam: ['organizations:ListAWSServiceAccessForOrganization'],
    rate: 'organizations',
  },
  'organizations:ListAccountsForParent': { iam: ['organizations:ListAccountsForParent'], rate: 'organizations' },
  'organizations:ListDelegatedAdministrators': {
    iam: ['organizations:ListDelegatedAdministrators'],
    rate: 'organizations',
  },
  'organizations:ListDelegatedServicesForAccount': {
    iam: ['organizations:ListDelegatedServicesForAccount'],
    rate: 'organizations',
  },
  'organizations:ListOrganizationalUnitsForParent': {
    iam: ['organizations:ListOrganizationalUnitsForParent'],
    rate: 'organizations',
  },
  'organizations:ListPolicies': { iam: ['organizations:ListPolicies'], rate: 'organizations' },
  'organizations:ListRoots': { iam: ['organizations:ListRoots'], rate: 'organizations' },
  'organizations:ListTagsForResource': { iam: ['organizations:ListTagsForResource'], rate: 'organizations' },
  'organizations:ListTargetsForPolicy': { iam: ['organizations:ListTargetsForPolicy'], rate: 'organizations' },
  'sso-admin:DescribePermissionSet': { iam: ['sso:DescribePermissionSet'], rate: 'default' },
  'sso-admin:GetInlinePolicyForPermissionSet': { iam: ['sso:GetInlinePolicyForPermissionSet'], rate: 'default' },
  'sso-admin:GetPermissionsBoundaryForPermissionSet': {
    iam: ['sso:GetPermissionsBoundaryForPermissionSet'],
    rate: 'default',
  },
  'sso-admin:ListAccountAssignments': { iam: ['sso:ListAccountAssignments'], rate: 'default' },
  'sso-admin:ListAccountsForProvisionedPermissionSet': {
    iam: ['sso:ListAccountsForProvisionedPermissionSet'],
    rate: 'default',
  },
  'sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet': {
    iam: ['sso:ListCustomerManagedPolicyReferencesInPermissionSet'],
    rate: 'default',
  },
  'sso-admin:ListInstances': { iam: ['sso:ListInstances'], rate: 'default' },
  'sso-admin:ListManagedPoliciesInPermissionSet': { iam: ['sso:ListManagedPoliciesInPermissionSet'], rate: 'default' },
  'sso-admin:ListPermissionSets': { iam: ['sso:ListPermissionSets'], rate: 'default' },
} as const satisfies OperationTable
