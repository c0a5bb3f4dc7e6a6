import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { ANNOUNCED_DAYS } from '../../domain/exceptions/exception'

/** Announces, once each, the exceptions that end soon: in the histories of what they cover. Returns how many. */
export async function announceExceptions(access: JobAccess): Promise<number> {
  const { actor } = access
  const until = new Date(now().getTime() + ANNOUNCED_DAYS * 86_400_000)
  return prisma().$transaction(async tx => {
    const rows = await tx.$queryRaw<{ id: number }[]>`
      UPDATE exception SET announced_at = ${now()}::timestamptz
      WHERE state = 'approved' AND NOT pending AND announced_at IS NULL AND expires_at <= ${until}::timestamptz RETURNING id`
    await tx.$executeRaw`
      INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, after, text)
      SELECT f.account_id, f.id, ${now()}::timestamptz, ${actor.kind}, ${actor.id}, ${actor.name}, 'expiring',
        to_jsonb(to_char(x.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), x.id::text
      FROM exception x JOIN finding f ON f.exception_id = x.id
      WHERE x.id = ANY(${rows.map(row => row.id)}::int[])`
    return rows.length
  })
}
