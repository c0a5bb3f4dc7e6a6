import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { deadlineSql } from '../../sql/findings/deadline'
import { noteOverdue } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

const BATCH = 1000
const deadline = deadlineSql('')

/**
 * Marks open findings as overdue if one of their dates has passed, up to 1,000 in a call, each with a line in its history.
 * Returns their number. The mark is stored because finding_count counts by it.
 */
export function markOverdue(access: JobAccess): Promise<number> {
  return setOverdue(access, true, at => sql`status IN (${openStatusSql}) AND NOT overdue AND ${deadline} < ${at}`)
}

/** Removes the marks of findings with no date that has passed, which a clock that was ahead leaves. Up to 1,000 in a call. */
export function unmarkOverdue(access: JobAccess): Promise<number> {
  return setOverdue(access, false, at => sql`overdue AND ${deadline} >= ${at}`)
}

async function setOverdue(
  { actor }: JobAccess,
  overdue: boolean,
  condition: (at: Date) => Prisma.Sql,
): Promise<number> {
  return transaction(async tx => {
    const at = now()
    const rows = await runIn<{ accountId: string; id: string }>(
      tx,
      sql`UPDATE finding SET overdue = ${overdue} WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM finding WHERE ${condition(at)} ORDER BY ${deadline} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
        RETURNING account_id AS "accountId", id`,
    )
    if (overdue) await noteOverdue(tx, { actor, at }, rows)
    return rows.length
  })
}
