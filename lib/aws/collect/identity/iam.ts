import 'server-only'
import { z } from 'zod'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { inventoryOf } from '../inventory'
import { itemsOf, pagesOf } from '../paging'
import { credentialRows } from './credential-report'
import { iamProviders, iamSettings } from './iam-settings'

type Details = OutputOf<'iam:GetAccountAuthorizationDetails'>
type UserDetail = NonNullable<Details['UserDetailList']>[number]
type RoleDetail = NonNullable<Details['RoleDetailList']>[number]
type GroupDetail = NonNullable<Details['GroupDetailList']>[number]
type PolicyDetail = NonNullable<Details['Policies']>[number]

const Place = z.object({ marker: z.string().nullable() })

/**
 * Users with their access keys, groups, roles, policies and identity providers. GetAccountAuthorizationDetails lists
 * what takes several calls for each role and user otherwise. Policies of AWS are left out: entities name those that are
 * attached.
 */
export const iam: Collector = { id: 'iam', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const place = from ? Place.parse(from) : null
  const credentials = await credentialRows(calls)
  if (!place) {
    const settings = await iamSettings(calls, credentials.get('<root_account>'))
    yield { records: [...settings, ...(await iamProviders(calls))], next: { marker: null } }
  }
  const input = { Filter: ['User' as const, 'Role' as const, 'Group' as const, 'LocalManagedPolicy' as const] }
  const pages = pagesOf(
    calls,
    'iam:GetAccountAuthorizationDetails',
    input,
    { at: Marker => ({ ...input, Marker }), next: answer => answer.Marker },
    place?.marker ?? null,
  )
  for await (const { answer, next } of pages) {
    const records: object[] = []
    for (const user of answer.UserDetailList ?? []) {
      records.push(await userOf(calls, user, credentials.get(user.UserName ?? '')))
    }
    records.push(...(answer.GroupDetailList ?? []).map(group => groupOf(calls, group)))
    records.push(...(answer.RoleDetailList ?? []).map(role => roleOf(calls, role)))
    records.push(...(answer.Policies ?? []).map(policy => policyOf(calls, policy)))
    yield { records, next: next === null ? null : { marker: next } }
  }
}

async function userOf(calls: CellCalls, user: UserDetail, credentials: Record<string, string> | undefined) {
  const name = user.UserName ?? ''
  const data = {
    ...entity(user),
    groups: user.GroupList ?? [],
    inlinePolicies: inline(user.UserPolicyList),
    accessKeys: await keysOf(calls, name),
    // The report is up to four hours old: a new user is not in it.
    credentials: credentials ?? null,
  }
  return inventoryOf(calls, { type: 'AWS::IAM::User', arn: user.Arn ?? '', name, data })
}

async function keysOf(calls: CellCalls, UserName: string): Promise<object[]> {
  const keys = await itemsOf(
    calls,
    'iam:ListAccessKeys',
    { UserName },
    { at: Marker => ({ UserName, Marker }), next: answer => answer.Marker },
    answer => answer.AccessKeyMetadata,
  )
  const found: object[] = []
  for (const { AccessKeyId = '', Status, CreateDate } of keys) {
    const { AccessKeyLastUsed: used } = await calls.call('iam:GetAccessKeyLastUsed', { AccessKeyId })
    const lastUsed = used?.LastUsedDate
      ? { at: used.LastUsedDate, service: used.ServiceName, region: used.Region }
      : null
    found.push({ id: AccessKeyId, active: Status === 'Active', createdAt: CreateDate, lastUsed })
  }
  return found
}

function groupOf(calls: CellCalls, group: GroupDetail) {
  const data = { ...entity(group), inlinePolicies: inline(group.GroupPolicyList) }
  return inventoryOf(calls, { type: 'AWS::IAM::Group', arn: group.Arn ?? '', name: group.GroupName ?? '', data })
}

function roleOf(calls: CellCalls, role: RoleDetail) {
  const data = {
    ...entity(role),
    trustPolicy: decoded(role.AssumeRolePolicyDocument),
    inlinePolicies: inline(role.RolePolicyList),
    lastUsed: role.RoleLastUsed?.LastUsedDate
      ? { at: role.RoleLastUsed.LastUsedDate, region: role.RoleLastUsed.Region }
      : null,
  }
  return inventoryOf(calls, { type: 'AWS::IAM::Role', arn: role.Arn ?? '', name: role.RoleName ?? '', data })
}

function policyOf(calls: CellCalls, policy: PolicyDetail) {
  const version = policy.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion)
  const data = {
    path: policy.Path,
    createdAt: policy.CreateDate,
    updatedAt: policy.UpdateDate,
    attachments: policy.AttachmentCount ?? 0,
    document: decoded(version?.Document),
  }
  return inventoryOf(calls, {
    type: 'AWS::IAM::ManagedPolicy',
    arn: policy.Arn ?? '',
    name: policy.PolicyName ?? '',
    data,
  })
}

/** The fields that users, groups and roles share. */
function entity(detail: UserDetail | GroupDetail | RoleDetail) {
  return {
    path: detail.Path,
    createdAt: detail.CreateDate,
    attachedPolicies: (detail.AttachedManagedPolicies ?? []).map(({ PolicyArn }) => PolicyArn),
    ...('Tags' in detail && { tags: detail.Tags ?? [] }),
    ...('PermissionsBoundary' in detail && {
      permissionsBoundary: detail.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    }),
  }
}

function inline(policies: UserDetail['UserPolicyList']) {
  return (policies ?? []).map(({ PolicyName, PolicyDocument }) => ({
    name: PolicyName,
    document: decoded(PolicyDocument),
  }))
}

/** IAM encodes documents like parts of an address. One that is no JSON stays the text that it is. */
function decoded(document: string | undefined): unknown {
  if (document === undefined) return null
  try {
    return JSON.parse(decodeURIComponent(document))
  } catch {
    return document
  }
}
