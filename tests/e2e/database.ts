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
