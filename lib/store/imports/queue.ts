import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import type { Reject } from '../../domain/imports/reject'
import { Prisma } from '../../generated/prisma/client'
import type { Outage } from '../../outage'
import { executeIn, runIn } from '../../sql/transaction'

const { sql } = Prisma

/** After so many of its own errors in a row, a report loses its place in the queue. */
const FAILURES_IN_TURN = 3
const MAX_FAILURES = 8

/** SQL: the pause after the n-th start or failure beyond those: 10 seconds, doubled each time, an hour at most. */
export const pauseSql = (n: Prisma.Sql) =>
  sql`least(interval '10 seconds' * power(2, least(${n}, 12)), interval '1 hour')`

/** Records that an outage stops the import and when it is tried again, for its page. */
export async function noteOutage(_job: JobAccess, id: number, outage: Outage, retryAt: Date): Promise<void> {
  await executeIn(
    pool(),
    sql`UPDATE import SET waits_for = ${outage}, retry_at = ${retryAt}
      WHERE id = ${id} AND state IN ('queued', 'running') AND coalesce(waits_for, '') <> 'error'`,
  )
}

/**
 * Counts an error of the import itself and returns the number since its last progress. After a few errors other imports
 * go first; after MAX_FAILURES the import fails. Committed batches stay, and the report is kept for a retry.
 */
export async function noteFailure(_job: JobAccess, id: number): Promise<number> {
  const rows = await runIn<{ failures: number }>(
    pool(),
    sql`UPDATE import SET failures = coalesce(failures, 0) + 1 WHERE id = ${id} AND state = 'running' RETURNING failures`,
  )
  const failures = rows[0]?.failures ?? 0
  if (failures >= MAX_FAILURES) {
    const error: Reject = { code: 'internal', params: {} }
    await executeIn(
      pool(),
      sql`UPDATE import SET state = 'failed', error = ${JSON.stringify(error)}, finished_at = ${now()}, waits_for = NULL, retry_at = NULL
       WHERE id = ${id} AND state = 'running'`,
    )
  } else if (failures > FAILURES_IN_TURN) {
    const pause = pauseSql(sql`${failures - FAILURES_IN_TURN - 1}::int`)
    await executeIn(
      pool(),
      sql`UPDATE import SET waits_for = 'error', retry_at = ${now()}::timestamptz + ${pause} WHERE id = ${id} AND state = 'running'`,
    )
  }
  return failures
}
