import 'server-only'
import type { Prisma } from '../../generated/prisma/client'

/**
 * Holds the list of members until the transaction ends. Whatever counts members or administrators before it writes takes this
 * first, so that two at the same time cannot both see themselves as allowed.
 */
export async function lockMembers(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('members', 0))`
}
