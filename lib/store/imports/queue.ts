import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import type { Reject } from '../../domain/imports/reject'
import type { Outage } from '../../outage'

/** So many errors of its own in a row a report keeps its place for, and is tried again after. */
const FAILURES_IN_TURN = 3
const MAX_FAILURES = 8

/** SQL of the pause after the n-th start or failure past those: 10 seconds, doubled each time, an hour at most. */
export const pauseSql = (n: string) => `least(interval '10 seconds' * power(2, least(${n}, 12)), interval '1 hour')`

/** Notes that an outage holds the import up and when it is tried again, for those who look at it meanwhile. */
export async function noteOutage(_job: JobAccess, id: number, outage: Outage, retryAt: Date): Promise<void> {
  await pool().query(
    `UPDATE import SET waits_for = $2, retry_at = $3 WHERE id = $1 AND state IN ('queued', 'running') AND coalesce(waits_for, '') <> 'error'`,
    [id, outage, retryAt],
  )
}

/**
 * Counts an error of the import itself and returns how many there were since its last progress. After a few others go first; after
 * MAX_FAILURES the import is given up. What was committed stays, and the report is kept to be tried again.
 */
export async function noteFailure(_job: JobAccess, id: number): Promise<number> {
  const { rows } = await pool().query<{ failures: number }>(
    `UPDATE import SET failures = coalesce(failures, 0) + 1 WHERE id = $1 AND state = 'running' RETURNING failures`,
    [id],
  )
  const failures = rows[0]?.failures ?? 0
  if (failures >= MAX_FAILURES) {
    const error: Reject = { code: 'internal', params: {} }
    await pool().query(
      `UPDATE import SET state = 'failed', error = $2, finished_at = $3, waits_for = NULL, retry_at = NULL
       WHERE id = $1 AND state = 'running'`,
      [id, JSON.stringify(error), now()],
    )
  } else if (failures > FAILURES_IN_TURN) {
    await pool().query(
      `UPDATE import SET waits_for = 'error', retry_at = $2::timestamptz + ${pauseSql('$3::int')} WHERE id = $1 AND state = 'running'`,
      [id, now(), failures - FAILURES_IN_TURN - 1],
    )
  }
  return failures
}
