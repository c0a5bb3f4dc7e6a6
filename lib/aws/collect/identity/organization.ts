import 'server-only'
import { z } from 'zod'
import { ACCOUNT_TYPE } from '../../../domain/collection/lines'
import type { UnreadDatum } from '../../../domain/collection/organization/unread'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { inventoryOf } from '../inventory'
import { itemsOf } from '../paging'
import { organizationRecords, orUnread } from './organization-settings'

/** A root or an organizational unit whose accounts and units are still to be read. `path` are the names above it. */
const Unit = z.object({ id: z.string(), path: z.array(z.string()) })
type Unit = z.infer<typeof Unit>
const Place = z.object({ open: z.array(Unit), token: z.string().nullable() })

/**
 * The organization from the top down: ListParents and ListAccounts answer less per call, and throttle large
 * organizations.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
export const organization: Collector = { id: 'organization', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  let place = from ? Place.parse(from) : null
  if (!place) {
    const { records, roots } = await topOf(calls)
    place = { open: roots, token: null }
    yield { records, next: place }
  }
  for (let [unit] = place.open; unit; [unit] = place.open) {
    const { records, token } = await accountsIn(calls, unit, place.token)
    if (token === null) {
      const units = await unitsIn(calls, unit)
      records.push(...units.records)
      place = { open: [...units.open, ...place.open.slice(1)], token: null }
    } else place = { ...place, token }
    yield { records, next: place }
  }
  // Last, so that it can say what of the organization could not be read.
  yield { records: await organizationRecords(calls), next: null }
}

async function topOf(calls: CellCalls): Promise<{ records: object[]; roots: Unit[] }> {
  const records: object[] = []
  const found = await itemsOf(
    calls,
    'organizations:ListRoots',
    {},
    { at: NextToken => ({ NextToken }), next: answer => answer.NextToken },
    answer => answer.Roots,
  )
  const roots: Unit[] = []
  for (const { Id: id = '', Arn: arn = '', Name: name = '' } of found) {
    roots.push({ id, path: [] })
    records.push(inventoryOf(calls, { type: 'AWS::Organizations::Root', arn, name, data: { id } }))
  }
  return { records, roots }
}

async function accountsIn(
  calls: CellCalls,
  unit: Unit,
  token: string | null,
): Promise<{ records: object[]; token: string | null }> {
  const answer = await calls.call('organizations:ListAccountsForParent', {
    ParentId: unit.id,
    ...(token !== null && { NextToken: token }),
  })
  const records: object[] = []
  for (const { Id: id = '', Arn: arn = '', Name: name = '', ...account } of answer.Accounts ?? []) {
    const data = {
      id,
      email: account.Email,
      // Status is the older field, without the states of an account that is being created or closed.
      status: account.State ?? account.Status,
      joinedAt: account.JoinedTimestamp,
      joinedMethod: account.JoinedMethod,
      parent: unit.id,
      unit: unit.path.join('/'),
      ...(await tagsOf(calls, id)),
    }
    records.push(inventoryOf(calls, { type: ACCOUNT_TYPE, arn, name, data }))
  }
  return { records, token: answer.NextToken || null }
}

async function unitsIn(calls: CellCalls, parent: Unit): Promise<{ records: object[]; open: Unit[] }> {
  const ParentId = parent.id
  const found = await itemsOf(
    calls,
    'organizations:ListOrganizationalUnitsForParent',
    { ParentId },
    { at: NextToken => ({ ParentId, NextToken }), next: answer => answer.NextToken },
    answer => answer.OrganizationalUnits,
  )
  const records: object[] = []
  const open: Unit[] = []
  for (const { Id: id = '', Arn: arn = '', Name: name = '' } of found) {
    const path = [...parent.path, name]
    const data = { id, parent: parent.id, path, ...(await tagsOf(calls, id)) }
    records.push(inventoryOf(calls, { type: 'AWS::Organizations::OrganizationalUnit', arn, name, data }))
    open.push({ id, path })
  }
  return { records, open }
}

/** The tags of an account or a unit; null where they could not be read, with the reason. */
async function tagsOf(
  calls: CellCalls,
  ResourceId: string,
): Promise<{ tags: object | null; tagsUnread?: UnreadDatum }> {
  const read = itemsOf(
    calls,
    'organizations:ListTagsForResource',
    { ResourceId },
    { at: NextToken => ({ ResourceId, NextToken }), next: answer => answer.NextToken },
    answer => answer.Tags,
  )
  const { value, unread } = await orUnread(read)
  if (unread !== null) return { tags: null, tagsUnread: unread }
  return {
    tags: Object.fromEntries(
      (value ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])),
    ),
  }
}
