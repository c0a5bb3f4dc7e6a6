import 'server-only'
import type { Access } from '../../access/proof'
import { pool } from '../../db'
import { env } from '../../env'
import { AppError } from '../../errors'

/** So long a sender is asked to wait whose reports fill the queue. */
const RETRY_SECONDS = 60

/**
 * Throws too_many_requests where too many reports of the same member or token wait to be read, or too many bytes: those of others
 * have to get their turn, and the disk is everybody's.
 */
export async function requireRoom({ actor }: Access<'imports:write'>): Promise<void> {
  if (actor.kind === 'job') return
  const { rows } = await pool().query<{ reports: number; megabytes: number }>({
    name: 'waiting-reports',
    text: `SELECT count(*)::int AS reports, (coalesce(sum(size_bytes), 0) / 1048576)::int AS megabytes FROM import
           WHERE state IN ('receiving', 'queued', 'running') AND actor_kind = $1 AND actor_id = $2`,
    values: [actor.kind, actor.id],
  })
  const { reports = 0, megabytes = 0 } = rows[0] ?? {}
  const { HINOMI_MAX_WAITING_REPORTS: most, HINOMI_MAX_WAITING_MB: mostMegabytes } = env()
  if (reports < most && megabytes < mostMegabytes) return
  const params = { reports, megabytes, seconds: RETRY_SECONDS }
  throw new AppError('too_many_requests', { reason: 'queueFull', params })
}
