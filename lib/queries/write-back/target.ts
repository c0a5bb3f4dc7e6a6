import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import { hubCollector } from '../../domain/collection/write-back/decision'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

/**
 * One account and Region in which a connection writes back, that of an administrator first. Null where it does not, or
 * has read none.
 */
export async function writeBackTarget(
  access: Access<'accounts:manage'>,
  id: string,
): Promise<{ account: AccountId; region: string; roleName: string } | null> {
  requireAllAccounts(access)
  const [target] = await read<{ account: AccountId; region: string; roleName: string }>(
    sql`SELECT coalesce(v.via, v.account_id) AS account, v.region, w.role_name AS "roleName"
      FROM write_back w JOIN connection c ON c.id = w.connection_id
      JOIN coverage v ON v.collector = ${hubCollector} AND v.ok_at IS NOT NULL
        AND (v.account_id = c.account_id OR v.account_id IN (SELECT a.id FROM account a WHERE a.connection_id = c.id))
      WHERE w.connection_id = ${id}::uuid AND w.enabled ORDER BY v.via IS NULL, v.account_id, v.region LIMIT 1`,
  )
  return target ?? null
}
