import 'server-only'
import type { FailureReason } from '../../../domain/collection/failure'
import type { InventoryLine } from '../../../domain/collection/lines'
import {
  ORGANIZATION_TYPE,
  type OrganizationUnread,
  type UnreadDatum,
} from '../../../domain/collection/organization/unread'
import { AwsFailure } from '../../failure'
import type { CellCalls } from '../collector'
import { inventoryOf } from '../inventory'
import { itemsOf } from '../paging'

/** What the organization is, with what else could be read of it: `unread` names the rest, with the reason of each. */
export async function organizationRecords(calls: CellCalls): Promise<InventoryLine[]> {
  const { Organization } = await calls.call('organizations:DescribeOrganization', {})
  const trusted = await orUnread(trustedServices(calls))
  const features = await orUnread(rootFeatures(calls))
  const policies = await orUnread(serviceControlPolicies(calls))
  const delegated = await orUnread(administrators(calls))
  const unread: OrganizationUnread = {
    ...(trusted.unread && { trustedServices: trusted.unread }),
    ...(features.unread && { rootFeatures: features.unread }),
    ...(policies.unread && { policies: policies.unread }),
    ...(delegated.unread && { administrators: delegated.unread }),
  }
  const data = {
    id: Organization?.Id,
    featureSet: Organization?.FeatureSet,
    managementAccount: Organization?.MasterAccountId,
    trustedServices: trusted.value,
    rootFeatures: features.value,
    unread,
  }
  const { Arn: arn = '', Id: name = '' } = Organization ?? {}
  const record = inventoryOf(calls, { type: ORGANIZATION_TYPE, arn, name, data })
  return [record, ...(policies.value ?? []), ...(delegated.value ?? [])]
}

async function trustedServices(calls: CellCalls): Promise<(string | undefined)[]> {
  const trusted = await itemsOf(
    calls,
    'organizations:ListAWSServiceAccessForOrganization',
    {},
    { at: NextToken => ({ NextToken }), next: answer => answer.NextToken },
    answer => answer.EnabledServicePrincipals,
  )
  return trusted.map(({ ServicePrincipal }) => ServicePrincipal)
}

/** Failures that every later call shares. */
const ENDS: ReadonlySet<FailureReason> = new Set([
  'canceled',
  'no_credentials',
  'expired_credentials',
  'invalid_credentials',
  'clock',
])

/** A datum without which the accounts of the organization are still known, or why it could not be read. */
export async function orUnread<T>(read: Promise<T>): Promise<{ value: T | null; unread: UnreadDatum | null }> {
  try {
    return { value: await read, unread: null }
  } catch (error) {
    if (!(error instanceof AwsFailure) || ENDS.has(error.reason) || error.operation === 'sts:AssumeRole') throw error
    return { value: null, unread: { state: error.state, action: error.action ?? error.operation } }
  }
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
async function serviceControlPolicies(calls: CellCalls): Promise<InventoryLine[]> {
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
async function administrators(calls: CellCalls): Promise<InventoryLine[]> {
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
