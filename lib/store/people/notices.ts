import 'server-only'
import { type Access, requireMemberActor } from '../../access/proof'
import { pool } from '../../db'

/** Notes that a member knows what happened to their account up to `at`, whichever browser they use next. */
export async function markNoticesRead(access: Access, at: Date): Promise<void> {
  const { id } = requireMemberActor(access)
  await pool().query('UPDATE member SET notices_seen_at = greatest(notices_seen_at, $2) WHERE id = $1', [id, at])
}
