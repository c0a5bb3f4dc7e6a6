import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import { noteOverdue } from '../../sql/findings/events'
import { openStatusText } from '../../sql/findings/open'

const BATCH = 1000

/**
 * Marks open findings whose due date has passed, each with a line in its history, a bounded number a call, and returns how many. The mark is stored because
 * counts are kept by it: a page then never counts findings one by one, and every number has as many rows as it says.
 */
export function markOverdue(access: JobAccess): Promise<number> {
  return setOverdue(access, true, `status IN (${openStatusText}) AND NOT overdue AND due_at < $2`)
}

/** Takes back marks of findings that are not due yet, as a clock that was ahead leaves them. As markOverdue otherwise. */
export function unmarkOverdue(access: JobAccess): Promise<number> {
  return setOverdue(access, false, 'overdue AND due_at >= $2')
}

async function setOverdue({ actor }: JobAccess, overdue: boolean, condition: string): Promise<number> {
  return transaction(async client => {
    const at = now()
    const { rows } = await client.query<{ accountId: string; id: string }>(
      // The planner takes the two conditions for independent and expects many rows: order, limit and ctid keep it from a sequential scan.
      `UPDATE finding SET overdue = $1 WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM finding WHERE ${condition} ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
       RETURNING account_id AS "accountId", id`,
      [overdue, at],
    )
    if (overdue) await noteOverdue(client, { actor, at }, rows)
    return rows.length
  })
}
