import 'server-only'
import type { Access } from '../../access/proof'
import { pool } from '../../db'
import { env } from '../../env'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

/** How long a sender is asked to wait whose reports fill the queue. */
const RETRY_SECONDS = 60

/**
 * Throws too_many_requests if too many reports or bytes of the same member or token wait to be imported, so that other
 * senders get their turn and the disk does not fill up.
 */
export async function requireRoom({ actor }: Access<'imports:write'>): Promise<void> {
  if (actor.kind === 'job') return
  const rows = await runIn<{ reports: number; megabytes: number }>(
    pool(),
    sql`SELECT count(*)::int AS reports, (coalesce(sum(size_bytes), 0) / 1048576)::int AS megabytes FROM import
      WHERE state IN ('receiving', 'queued', 'running') AND actor_kind = ${actor.kind} AND actor_id = ${actor.id}`,
    'waiting-reports',
  )
  const { reports = 0, megabytes = 0 } = rows[0] ?? {}
  const { HINOMI_MAX_WAITING_REPORTS: most, HINOMI_MAX_WAITING_MB: mostMegabytes } = env()
  if (reports < most && megabytes < mostMegabytes) return
  const params = { reports, megabytes, seconds: RETRY_SECONDS }
  throw new AppError('too_many_requests', { reason: 'queueFull', params })
}
