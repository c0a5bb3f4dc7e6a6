import 'server-only'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Adds up the count changes of each control, so that reading them stays fast. Changes of running transactions are left
 * for the next call.
 */
export async function sumControlCounts(_job: JobAccess): Promise<void> {
  await transaction(async tx => {
    // Two at once would add up the same rows twice.
    await executeIn(tx, sql`SELECT pg_advisory_xact_lock(hashtextextended('control-counts', 0))`)
    await executeIn(
      tx,
      sql`WITH gone AS (DELETE FROM control_delta RETURNING control, team, severity, n),
         sums AS (SELECT control, team, severity, sum(n) AS n FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0)
       INSERT INTO control_delta (control, team, severity, n) SELECT * FROM sums`,
    )
  })
}
