import 'server-only'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'

/** Where counts over all accounts are kept, and by what they are counted. */
const kept = { control_delta: 'control, team, severity', count_delta: 'team, owner_key, status, severity, overdue' }

/** Sums up what was counted over all accounts, so that reading stays short. What is being written meanwhile is left for the next time. */
export async function sumCounts(_job: JobAccess): Promise<void> {
  for (const [table, columns] of Object.entries(kept)) {
    await transaction(async client => {
      // Two at once would sum the same rows up twice.
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`kept-counts:${table}`])
      await client.query(
        `WITH gone AS (DELETE FROM ${table} RETURNING ${columns}, n),
           sums AS (SELECT ${columns}, sum(n) AS n FROM gone GROUP BY ${columns} HAVING sum(n) <> 0)
         INSERT INTO ${table} (${columns}, n) SELECT * FROM sums`,
      )
    })
  }
}
