import 'server-only'
import type { Access } from '../../access/proof'
import { isLive } from '../../access/session/sql'
import type { SessionRow } from '../../domain/people/views'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'

/** The reader's own live and complete sessions, the most recently used first. `current` is the session of this request. */
export async function listOwnSessions({ actor }: Access, current: string): Promise<SessionRow[]> {
  if (actor.kind !== 'member') return []
  return readPrimary<SessionRow>(Prisma.sql`
    SELECT s.id, s.created_at AS "createdAt", s.last_used_at AS "lastUsedAt", s.ip, s.device, s.id = ${current}::uuid AS "isCurrent"
    FROM session s WHERE s.member_id = ${actor.id}::uuid AND s.stage = 'complete' AND ${isLive()}
    ORDER BY "isCurrent" DESC, s.last_used_at DESC, s.id LIMIT 100`)
}
