import 'server-only'
import { type Access, requireMemberActor } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn } from '../../sql/transaction'

const { sql } = Prisma

/** Records that a member has seen the notices about their account up to `at`, in any browser. */
export async function markNoticesRead(access: Access, at: Date): Promise<void> {
  const { id } = requireMemberActor(access)
  await executeIn(pool(), sql`UPDATE member SET notices_seen_at = greatest(notices_seen_at, ${at}) WHERE id = ${id}`)
}
