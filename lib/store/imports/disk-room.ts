import 'server-only'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { outageOf } from '../../outage'
import { executeIn } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Whether the disk of the database has room for about 14 MB. The database sorts that much in a temporary file. This
 * writes no WAL, since PostgreSQL stops when the disk has no room for WAL.
 */
export async function hasRoom(_job: JobAccess): Promise<boolean> {
  try {
    await transaction(async tx => {
      await executeIn(tx, sql`SET LOCAL work_mem = '64kB'`)
      await executeIn(tx, sql`SELECT n FROM generate_series(1, 1000000) AS n ORDER BY n DESC OFFSET 1000000`)
    })
    return true
  } catch (error) {
    if (outageOf(error)) return false
    throw error
  }
}
