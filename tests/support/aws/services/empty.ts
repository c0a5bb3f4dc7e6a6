import type { AnyHandler } from './handler'

/** An answer with all lists of the operation, without items. */
export const EMPTY_LISTS = Symbol('empty lists')

/** Operations that moto lacks and whose lists are empty in a new account. */
const LISTS: Record<string, readonly string[]> = {
  accessanalyzer: ['ListArchiveRules'],
  amplify: ['ListBranches'],
  appsync: ['ListApis'],
  backup: ['ListProtectedResources'],
  budgets: ['DescribeNotificationsForBudget', 'DescribeSubscribersForNotification'],
  cloudfront: ['ListDistributionTenants', 'ListDistributionsByWebACLId'],
  cloudtrail: ['ListEventDataStores'],
  'config-service': ['DescribeConformancePacks', 'DescribeDeliveryChannelStatus'],
  ec2: ['DescribeVpcBlockPublicAccessOptions', 'GetEbsDefaultKmsKeyId', 'GetSerialConsoleAccessStatus'],
  fms: ['ListMemberAccounts'],
  guardduty: ['DescribeOrganizationConfiguration', 'ListPublishingDestinations'],
  securityhub: [
    'BatchGetSecurityControls',
    'DescribeStandards',
    'ListAutomationRules',
    'ListOrganizationAdminAccounts',
    'ListSecurityControlDefinitions',
  ],
  'sso-admin': ['GetPermissionsBoundaryForPermissionSet'],
  'waf-regional': ['ListWebACLs'],
  wafv2: ['ListManagedRuleSets'],
}

export const EMPTY: Record<string, Record<string, AnyHandler>> = Object.fromEntries(
  Object.entries(LISTS).map(([service, operations]) => [
    service,
    Object.fromEntries(operations.map(operation => [operation, () => EMPTY_LISTS])),
  ]),
)
