import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Locks the list of members until the transaction ends. Take it before counting members or administrators for a write,
 * so that two writers cannot both pass the check.
 */
export async function lockMembers(tx: Tx): Promise<void> {
  await executeIn(tx, sql`SELECT pg_advisory_xact_lock(hashtextextended('members', 0))`)
}
