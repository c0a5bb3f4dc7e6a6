import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { openStatuses } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { lockAccountsSql } from '../accounts/lock'

const { sql } = Prisma

/**
 * Takes the owner off a member's open findings in all accounts but `kept`, with a line in the history of each. Gives how many
 * there were. One statement, however many. The caller has changed the member's row, so that nobody assigns more meanwhile.
 */
export async function releaseFindings(
  tx: Prisma.TransactionClient,
  access: Access<'members:manage'>,
  member: { id: string; name: string },
  kept: readonly string[],
): Promise<number> {
  const { actor } = access
  const { id: memberId, name } = member
  const open = [...openStatuses]
  const held = await tx.$queryRaw<{ account_id: string }[]>`
    SELECT DISTINCT account_id FROM finding
    WHERE owner_id = ${memberId}::uuid AND status = ANY(${open}::text[]) AND NOT account_id = ANY(${[...kept]}::text[])`
  if (held.length === 0) return 0
  await tx.$queryRawUnsafe(
    lockAccountsSql,
    held.map(row => row.account_id),
  )
  const event = {
    accountId: sql`account_id`,
    findingId: sql`id`,
    kind: 'owner' as const,
    before: sql`jsonb_build_object('id', ${memberId}::text, 'name', ${name}::text)`,
  }
  return tx.$executeRaw`
    WITH released AS (
      UPDATE finding SET owner_id = NULL, owner_by = NULL, updated_at = ${now()}
      WHERE owner_id = ${memberId}::uuid AND status = ANY(${open}::text[]) AND NOT account_id = ANY(${[...kept]}::text[])
      RETURNING account_id, id
    )
    ${insertEvents({ actor, at: now() }, event, sql`released`)}`
}
