import 'server-only'
import type { Access } from '../access/proof'
import { pool } from '../db'
import { ForbiddenError } from '../errors'

/** Notes that a member knows what happened to their account up to `at`, whichever browser they use next. */
export async function markNoticesRead(access: Access, at: Date): Promise<void> {
  if (access.actor.kind !== 'member') throw new ForbiddenError()
  await pool().query('UPDATE member SET notices_seen_at = greatest(notices_seen_at, $2) WHERE id = $1', [
    access.actor.id,
    at,
  ])
}
