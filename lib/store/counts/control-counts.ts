import 'server-only'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'

/** Sums up the differences by control, so that reading them stays short. What is being written meanwhile is left for the next time. */
export async function sumControlCounts(_job: JobAccess): Promise<void> {
  await transaction(async client => {
    // Two at once would sum the same rows up twice.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('control-counts', 0))`)
    await client.query(
      `WITH gone AS (DELETE FROM control_delta RETURNING control, team, severity, n),
         sums AS (SELECT control, team, severity, sum(n) AS n FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0)
       INSERT INTO control_delta (control, team, severity, n) SELECT * FROM sums`,
    )
  })
}
