import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { openStatuses } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'

const { sql } = Prisma

/**
 * Removes a member as the owner of open findings in all accounts except `kept`, with a line in the history of each.
 * Returns their number. The caller has updated the member's row, which keeps others from assigning more.
 */
export async function releaseFindings(
  tx: Tx,
  access: Access<'members:manage'>,
  member: { id: string; name: string },
  kept: readonly string[],
): Promise<number> {
  const { actor } = access
  const { id: memberId, name } = member
  const open = [...openStatuses]
  const rows = await runIn<{ account_id: string }>(
    tx,
    sql`SELECT DISTINCT account_id FROM finding
      WHERE owner_id = ${memberId}::uuid AND status = ANY(${open}::text[]) AND NOT account_id = ANY(${[...kept]}::text[])`,
  )
  if (rows.length === 0) return 0
  const accounts = rows.map(row => row.account_id)
  await lockAccounts(tx, accounts)
  const event = {
    accountId: sql`account_id`,
    findingId: sql`id`,
    kind: 'owner' as const,
    before: sql`jsonb_build_object('id', ${memberId}::text, 'name', ${name}::text)`,
  }
  return executeIn(
    tx,
    sql`WITH released AS (
      UPDATE finding SET owner_id = NULL, owner_by = NULL, updated_at = ${now()}
      WHERE owner_id = ${memberId}::uuid AND status = ANY(${open}::text[]) AND NOT account_id = ANY(${[...kept]}::text[])
      RETURNING account_id, id
    )
    ${insertEvents({ actor, at: now() }, event, sql`released`)}`,
  )
}
