import pg from 'pg'
import { joinDatabase } from '../../scripts/launch/database.mjs'

/** Runs a statement in the database of the product, and returns its rows. */
export async function sql(text: string): Promise<unknown[]> {
  const database = await joinDatabase(process.env.E2E_DATA_DIR ?? '')
  const client = new pg.Client({ connectionString: database.url })
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end()
    await database.leave()
  }
}

/** Lets checks run that wait for further reports, if none is on its way. A run that has begun is due ten minutes later. */
export async function endWaitForReports(): Promise<void> {
  await sql(`UPDATE check_run SET due_at = now() WHERE due_at BETWEEN now() AND now() + interval '1 minute'
    AND NOT EXISTS (SELECT FROM collection_round WHERE state IN ('planning', 'running'))
    AND NOT EXISTS (SELECT FROM import WHERE state IN ('receiving', 'queued', 'running'))`)
}
