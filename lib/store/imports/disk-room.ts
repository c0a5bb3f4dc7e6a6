import 'server-only'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'
import { outageOf } from '../../outage'

/**
 * Whether the disk of the database has room for some 14 MB. The database sorts that much in a temporary file, which writes no WAL:
 * PostgreSQL stops where WAL finds no room.
 */
export async function hasRoom(_job: JobAccess): Promise<boolean> {
  try {
    await transaction(async client => {
      await client.query(`SET LOCAL work_mem = '64kB'`)
      await client.query('SELECT n FROM generate_series(1, 1000000) AS n ORDER BY n DESC OFFSET 1000000')
    })
    return true
  } catch (error) {
    if (outageOf(error)) return false
    throw error
  }
}
