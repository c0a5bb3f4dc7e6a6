import { pool } from '../../../lib/db'

/** Runs `work` and returns its result with the new audit log entries of the actor. Resets the counts of earlier refusals. */
export async function audited<T>(actor: string, work: () => Promise<T>): Promise<{ result: T; actions: string[] }> {
  const before = await pool().query<{ last: string }>(
    'WITH gone AS (DELETE FROM audit_throttle) SELECT coalesce(max(id), 0) AS last FROM audit_entry',
  )
  const result = await work()
  const { rows } = await pool().query<{ action: string }>(
    'SELECT action FROM audit_entry WHERE id > $1 AND actor_id = $2',
    [before.rows[0]?.last, actor],
  )
  return { result, actions: rows.map(({ action }) => action) }
}

/** The number of refusals among them. */
export const countRefusals = (actions: readonly string[]) =>
  actions.filter(action => action === 'access.refused').length
