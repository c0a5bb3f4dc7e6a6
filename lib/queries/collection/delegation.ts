import 'server-only'
import { z } from 'zod'
import { type Access, requireAllAccounts } from '../../access/proof'
import {
  AdministratorData,
  type Delegation,
  OrganizationData,
  toDelegation,
} from '../../domain/collection/organization/delegation'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

const ORGANIZATION = 'AWS::Organizations::Organization'
const ADMINISTRATOR = 'AWS::Organizations::DelegatedAdministrator'
const ROOT = 'AWS::Organizations::Root'
/** It becomes part of a command. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html */
const RootId = z.string().regex(/^r-[0-9a-z]{4,32}$/)

export interface DelegationView extends Delegation {
  /** Names of the accounts by id. */
  names: Record<string, string>
}

/**
 * The administrators of services in the organization that a connection read in this account; null where it was not
 * read.
 */
export async function getDelegation(
  access: Access<'accounts:manage'>,
  accountId: string,
): Promise<DelegationView | null> {
  requireAllAccounts(access)
  const rows = await read<{ type: string; data: unknown }>(
    sql`SELECT type, data FROM asset WHERE account_id = ${accountId} AND collector = 'organization'
      AND type = ANY(${[ORGANIZATION, ADMINISTRATOR]}::text[]) ORDER BY arn`,
  )
  const organization = OrganizationData.safeParse(rows.find(({ type }) => type === ORGANIZATION)?.data)
  if (!organization.success) return null
  const administrators = rows
    .filter(({ type }) => type === ADMINISTRATOR)
    .flatMap(({ data }) => AdministratorData.safeParse(data).data ?? [])
  const delegation = toDelegation(organization.data, administrators)
  const ids = [...delegation.administrators, delegation.management ?? '']
  const named = await read<{ id: string; name: string }>(
    sql`SELECT id, name FROM account WHERE id = ANY(${ids}::text[])`,
  )
  return { ...delegation, names: Object.fromEntries(named.map(({ id, name }) => [id, name])) }
}

/** The id of the root of the organization that a connection read in this account; null where it was not read. */
export async function getOrganizationRoot(
  access: Access<'accounts:manage'>,
  accountId: string,
): Promise<string | null> {
  requireAllAccounts(access)
  const rows = await read<{ id: string | null }>(
    sql`SELECT data ->> 'id' AS id FROM asset WHERE account_id = ${accountId} AND collector = 'organization'
      AND type = ${ROOT} ORDER BY arn LIMIT 1`,
  )
  return RootId.safeParse(rows[0]?.id).data ?? null
}
