import 'server-only'
import type { JobAccess } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import type { Cell, OrganizationInventory, Resource } from '../../domain/checks/check'
import { writersOf } from '../../domain/collection/resources/written-types'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'

const { sql } = Prisma

/** Analyzers of the organization in the account of their administrator. */
const ANALYZERS = 'AWS::AccessAnalyzer::AccountSettings'
const OF_ORGANIZATION = ['ORGANIZATION', 'ORGANIZATION_UNUSED_ACCESS'].map(
  type => sql`a.data @> ${JSON.stringify({ analyzers: [{ type }] })}::jsonb`,
)

/** The organization that an account was connected with, as it was last read; null without one. */
export async function loadOrganization(_job: JobAccess, accountId: string): Promise<OrganizationInventory | null> {
  const [connection] = await readPrimary<{
    account: AccountId
    id: string
    state: Cell['state'] | null
    complete: boolean
    action: string | null
  }>(
    sql`SELECT c.id::text AS id, c.account_id AS account, v.state, v.complete_at IS NOT NULL AS complete, v.action
      FROM account a JOIN connection c ON c.id = a.connection_id AND c.kind = 'organization'
      LEFT JOIN coverage v ON v.account_id = c.account_id AND v.collector = 'organization' AND v.region = 'global'
      WHERE a.id = ${accountId}`,
  )
  if (!connection) return null
  const { account, id, state, complete, action } = connection
  const found = await readPrimary<Resource>(
    sql`SELECT region, type, arn, name, data, first_seen_at AS "firstSeenAt", changed_at AS "changedAt" FROM asset
        WHERE account_id = ${account} AND collector = 'organization'
      UNION ALL
      SELECT a.region, a.type, a.arn, a.name, a.data, a.first_seen_at, a.changed_at FROM asset a
        JOIN account o ON o.id = a.account_id AND o.connection_id = ${id}::uuid
        WHERE a.type = ${ANALYZERS} AND a.collector = ANY(${writersOf(ANALYZERS)}::text[])
          AND (${Prisma.join(OF_ORGANIZATION, ' OR ')})
      ORDER BY type, region, arn`,
  )
  return {
    account,
    cell: state === null ? null : { state, complete, action },
    resources: type => found.filter(resource => resource.type === type),
  }
}
