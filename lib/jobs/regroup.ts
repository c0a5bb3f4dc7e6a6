import 'server-only'
import { jobAccess } from '../access/job'
import { pool } from '../db'
import { regroup } from '../ingest/regroup'
import { log } from '../log'
import { loadControlTable } from '../store/policies/control-table'

/** Groups findings by the table of controls of this version. One worker does it; the others wait for its lock. */
export async function regroupFindings(): Promise<void> {
  const client = await pool().connect()
  // Without a listener, a connection that breaks while it only holds the lock would end the process.
  client.on('error', error => log.warn({ reason: error.message }, 'the database connection of the regrouping broke'))
  try {
    await client.query(`SELECT pg_advisory_lock(hashtextextended('regroup', 0))`)
    await loadControlTable()
    const { merged } = await regroup(jobAccess('regroup'))
    if (merged > 0) log.info({ merged }, 'findings that report one problem were merged')
  } finally {
    // The lock ends with the connection, even if unlocking fails.
    client.release(true)
  }
}
