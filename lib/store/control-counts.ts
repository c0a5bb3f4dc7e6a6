import 'server-only'
import type { Access } from '../access/proof'
import { transaction } from '../db'

/** Sums up what was counted of controls, so that reading stays short. What is being written meanwhile is left for the next time. */
export async function sumControlCounts(_access: Access<'imports:write'>): Promise<void> {
  await transaction(async client => {
    // Two at once would sum the same rows up twice.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('control-counts', 0))`)
    await client.query(
      `WITH gone AS (DELETE FROM control_delta RETURNING control, team, severity, n)
       INSERT INTO control_delta (control, team, severity, n)
       SELECT control, team, severity, sum(n) FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0`,
    )
  })
}
