import 'server-only'
import type { InventoryLine } from '../../../domain/collection/lines'
import { AwsFailure } from '../../failure'
import type { CellCalls } from '../collector'
import { inventoryOf } from '../inventory'
import { itemsOf } from '../paging'

/** The organization, the services that it trusts, and how root users of its members are managed. */
export async function organizationRecord(calls: CellCalls): Promise<InventoryLine> {
  const { Organization } = await calls.call('organizations:DescribeOrganization', {})
  const trusted = await itemsOf(
    calls,
    'organizations:ListAWSServiceAccessForOrganization',
    {},
    { at: NextToken => ({ NextToken }), next: answer => answer.NextToken },
    answer => answer.EnabledServicePrincipals,
  )
  const data = {
    id: Organization?.Id,
    featureSet: Organization?.FeatureSet,
    managementAccount: Organization?.MasterAccountId,
    trustedServices: trusted.map(({ ServicePrincipal }) => ServicePrincipal),
    rootFeatures: await rootFeatures(calls),
  }
  return inventoryOf(calls, {
    type: 'AWS::Organizations::Organization',
    arn: Organization?.Arn ?? '',
    name: Organization?.Id ?? '',
    data,
  })
}

/** Features that need trusted access for IAM, and all features of the organization. */
const NO_FEATURES = ['ServiceAccessNotEnabledException', 'OrganizationNotInAllFeaturesModeException']
const NOT_ADMINISTRATOR = 'AccountNotManagementOrDelegatedAdministratorException'

/** Null where the account of the connection manages other services, but not IAM. */
async function rootFeatures(calls: CellCalls): Promise<readonly string[] | null> {
  try {
    return (await calls.call('iam:ListOrganizationsFeatures', {})).EnabledFeatures ?? []
  } catch (error) {
    if (error instanceof AwsFailure && NO_FEATURES.includes(error.code)) return []
    if (error instanceof AwsFailure && error.code === NOT_ADMINISTRATOR) return null
    throw error
  }
}

/** Service control policies with their contents and the roots, units and accounts that they are attached to. */
export async function serviceControlPolicies(calls: CellCalls): Promise<InventoryLine[]> {
  const input = { Filter: 'SERVICE_CONTROL_POLICY' as const }
  const policies = await itemsOf(
    calls,
    'organizations:ListPolicies',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.Policies,
  )
  const records: InventoryLine[] = []
  for (const { Id: PolicyId = '', Arn: arn = '', Name: name = '', AwsManaged } of policies) {
    const { Policy } = await calls.call('organizations:DescribePolicy', { PolicyId })
    const targets = await itemsOf(
      calls,
      'organizations:ListTargetsForPolicy',
      { PolicyId },
      { at: NextToken => ({ PolicyId, NextToken }), next: answer => answer.NextToken },
      answer => answer.Targets,
    )
    const data = {
      id: PolicyId,
      awsManaged: AwsManaged ?? false,
      content: Policy?.Content ?? '',
      targets: targets.map(({ TargetId, Type }) => ({ id: TargetId, type: Type })),
    }
    records.push(inventoryOf(calls, { type: 'AWS::Organizations::Policy', arn, name, data }))
  }
  return records
}

/** Delegated administrators with their services. */
export async function administrators(calls: CellCalls): Promise<InventoryLine[]> {
  const accounts = await itemsOf(
    calls,
    'organizations:ListDelegatedAdministrators',
    {},
    { at: NextToken => ({ NextToken }), next: answer => answer.NextToken },
    answer => answer.DelegatedAdministrators,
  )
  const records: InventoryLine[] = []
  for (const { Id: AccountId = '', Arn: arn = '', Name: name = '' } of accounts) {
    const services = await itemsOf(
      calls,
      'organizations:ListDelegatedServicesForAccount',
      { AccountId },
      { at: NextToken => ({ AccountId, NextToken }), next: answer => answer.NextToken },
      answer => answer.DelegatedServices,
    )
    const data = {
      account: AccountId,
      services: services.map(({ ServicePrincipal, DelegationEnabledDate }) => ({
        principal: ServicePrincipal,
        since: DelegationEnabledDate,
      })),
    }
    records.push(inventoryOf(calls, { type: 'AWS::Organizations::DelegatedAdministrator', arn, name, data }))
  }
  return records
}
