import 'server-only'
import { z } from 'zod'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { inventoryOf } from '../inventory'
import { itemsOf, pagesOf } from '../paging'
import { assignmentsOf, permissionSetOf } from './permission-sets'

/** Few enough that a page of permission sets, each with its assignments, is read within a minute or two. */
const SETS_PER_PAGE = 10
const PRINCIPALS_PER_PAGE = 100

const parts = ['sets', 'users', 'groups'] as const
type Part = (typeof parts)[number]
const Place = z.object({ instance: z.string(), part: z.enum(parts), token: z.string().nullable() })
type Place = z.infer<typeof Place>

interface Instance {
  arn: string
  store: string
}

/**
 * Instances of IAM Identity Center in a Region, with their permission sets, assignments, users and groups. An
 * organization has one instance, in a Region of its choice. Of users only the id, the name and the state are kept.
 */
export const identityCenter: Collector = { id: 'identity-center', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const { records, instances } = await instancesOf(calls)
  const places = instances.flatMap(({ arn }) => parts.map((part): Place => ({ instance: arn, part, token: null })))
  const start = from ? Place.parse(from) : null
  if (!start) yield { records, next: places[0] ?? null }
  const at = start ? places.findIndex(({ instance, part }) => instance === start.instance && part === start.part) : 0
  // An instance that was deleted meanwhile: what it had is gone with it.
  for (const [n, place] of places.entries()) {
    if (n < at) continue
    const instance = instances.find(({ arn }) => arn === place.instance)
    if (!instance) continue
    const token = start && n === at ? start.token : null
    for await (const page of READERS[place.part](calls, instance, token)) {
      yield {
        records: page.records,
        next: page.token === null ? (places[n + 1] ?? null) : { ...place, token: page.token },
      }
    }
  }
}

interface PartPage {
  records: InventoryLine[]
  token: string | null
}

const READERS: Readonly<
  Record<Part, (calls: CellCalls, instance: Instance, token: string | null) => AsyncGenerator<PartPage>>
> = { sets: readSets, users: readUsers, groups: readGroups }

async function instancesOf(calls: CellCalls): Promise<{ records: InventoryLine[]; instances: Instance[] }> {
  const found = await itemsOf(
    calls,
    'sso-admin:ListInstances',
    {},
    { at: NextToken => ({ NextToken }), next: answer => answer.NextToken },
    answer => answer.Instances,
  )
  const records: InventoryLine[] = []
  const instances: Instance[] = []
  for (const {
    InstanceArn: arn = '',
    IdentityStoreId: store = '',
    Name,
    OwnerAccountId,
    Status,
    CreatedDate,
  } of found) {
    instances.push({ arn, store })
    const data = { identityStore: store, owner: OwnerAccountId, status: Status, createdAt: CreatedDate }
    records.push(
      inventoryOf(calls, { type: 'AWS::SSO::Instance', arn, name: Name || store, region: calls.region, data }),
    )
  }
  return { records, instances }
}

async function* readSets(
  calls: CellCalls,
  { arn: InstanceArn }: Instance,
  from: string | null,
): AsyncGenerator<PartPage> {
  const input = { InstanceArn, MaxResults: SETS_PER_PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: (a: { NextToken?: string | undefined }) => a.NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'sso-admin:ListPermissionSets', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const arn of answer.PermissionSets ?? []) {
      const assignments = await assignmentsOf(calls, InstanceArn, arn)
      records.push(await permissionSetOf(calls, InstanceArn, arn), ...assignments)
    }
    yield { records, token: next }
  }
}

async function* readUsers(calls: CellCalls, { store }: Instance, from: string | null): AsyncGenerator<PartPage> {
  const input = { IdentityStoreId: store, MaxResults: PRINCIPALS_PER_PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: (a: { NextToken?: string | undefined }) => a.NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'identitystore:ListUsers', input, paging, from)) {
    const records = (answer.Users ?? []).map(({ UserId = '', UserName = '', UserStatus }) =>
      inventoryOf(calls, {
        type: 'AWS::IdentityStore::User',
        arn: `${store}/user/${UserId}`,
        name: UserName,
        region: calls.region,
        data: { id: UserId, status: UserStatus ?? null },
      }),
    )
    yield { records, token: next }
  }
}

async function* readGroups(calls: CellCalls, { store }: Instance, from: string | null): AsyncGenerator<PartPage> {
  const input = { IdentityStoreId: store, MaxResults: PRINCIPALS_PER_PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: (a: { NextToken?: string | undefined }) => a.NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'identitystore:ListGroups', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const { GroupId = '', DisplayName = '' } of answer.Groups ?? []) {
      const arn = `${store}/group/${GroupId}`
      records.push(
        inventoryOf(calls, {
          type: 'AWS::IdentityStore::Group',
          arn,
          name: DisplayName,
          region: calls.region,
          data: { id: GroupId },
        }),
        ...(await membershipsOf(calls, store, GroupId)),
      )
    }
    yield { records, token: next }
  }
}

async function membershipsOf(calls: CellCalls, store: string, GroupId: string): Promise<InventoryLine[]> {
  const input = { IdentityStoreId: store, GroupId, MaxResults: PRINCIPALS_PER_PAGE }
  const memberships = await itemsOf(
    calls,
    'identitystore:ListGroupMemberships',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.GroupMemberships,
  )
  return memberships.map(({ MembershipId = '', MemberId }) =>
    inventoryOf(calls, {
      type: 'AWS::IdentityStore::GroupMembership',
      arn: `${store}/membership/${MembershipId}`,
      name: MembershipId,
      region: calls.region,
      data: { group: GroupId, user: MemberId?.UserId ?? null },
    }),
  )
}
