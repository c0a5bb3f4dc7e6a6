import 'server-only'
import type { Access } from '../access/proof'
import { now } from '../clock'
import { pool } from '../db'

/**
 * Marks open findings whose due date has passed, a bounded number a call, and returns how many. The mark is stored because
 * counts are kept by it: a page then never counts findings one by one, and every number has as many rows as it says.
 */
export async function markOverdue(_access: Access<'findings:triage-any'>): Promise<number> {
  const { rowCount } = await pool().query(
    `UPDATE finding f SET overdue = true FROM (
       SELECT account_id, id FROM finding
       WHERE status IN ('new', 'acknowledged', 'in_progress') AND due_at IS NOT NULL AND due_at < $1 AND NOT overdue
       ORDER BY account_id, id LIMIT 5000 FOR UPDATE SKIP LOCKED
     ) AS late WHERE f.account_id = late.account_id AND f.id = late.id`,
    [now()],
  )
  return rowCount ?? 0
}
