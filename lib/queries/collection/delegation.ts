import 'server-only'
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
