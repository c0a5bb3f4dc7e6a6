import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { NOTICE_DAYS, type Notice, type NoticeAction, noticeActions } from '../../domain/people/notices'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const MAX_ROWS = 100
const DAY_MS = 86_400_000

interface Row {
  id: string
  at: Date
  action: NoticeAction
  ip: string | null
  actorKind: string
  actorId: string
  actorName: string
  detail: unknown
}

const Text = z.string().optional().catch(undefined)
const Role = z.object({ role: z.string() }).optional().catch(undefined)
const Detail = z.object({ device: Text, name: Text, provider: Text, before: Role, after: Role })

/** Security events of the reader's own account within 90 days, the newest first, at most 100. */
export async function listNotices(access: Access): Promise<Notice[]> {
  return list(access, Prisma.empty)
}

/**
 * Those that the reader has not confirmed, in this browser (`readHere`) or in any. Omits what this session did within 15 minutes after
 * a proof of identity, but not what another session of the same member did.
 */
export async function listUnreadNotices(access: Access, session: string, readHere: Date | null): Promise<Notice[]> {
  return list(
    access,
    Prisma.sql`
      AND e.at > greatest(${readHere}::timestamptz, (SELECT notices_seen_at FROM member WHERE id = ${access.actor.id}::uuid), '-infinity')
      AND (e.action = 'session.start' OR NOT EXISTS (
        SELECT FROM proof p WHERE p.session = e.detail ->> 'session' AND e.at < p.at + interval '15 minutes'))`,
    proofsOf(access, session),
  )
}

/**
 * SQL: when the member of a session proved their identity, and the session's id from then on: `proof (at, session)`. Every
 * verification, and every second step, gives a session a new id; its audit entry records the previous one.
 */
function proofsOf({ actor }: Access, session: string): Prisma.Sql {
  const since = new Date(now().getTime() - DAY_MS)
  return Prisma.sql`
    WITH RECURSIVE begun AS MATERIALIZED (
      SELECT b.at, b.detail ->> 'session' AS session, coalesce(b.detail ->> 'before', b.detail ->> 'pending') AS before
      FROM audit_entry b
      WHERE b.target = ${`member:${actor.id}`} AND b.action IN ('session.start', 'session.pending', 'session.verify')
        AND b.at > ${since}),
    proof AS (
      SELECT at, session, before FROM begun WHERE session = ${session}
      UNION SELECT b.at, b.session, b.before FROM begun b JOIN proof p ON b.session = p.before)`
}

/**
 * Whether there are unconfirmed events from before this browser became known for the reader, such as the sign-in that made it known.
 */
export async function hasUnreadBefore(access: Access, since: Date): Promise<boolean> {
  const found = await list(
    access,
    Prisma.sql`AND e.at <= ${since} AND e.at > coalesce((SELECT notices_seen_at FROM member WHERE id = ${access.actor.id}::uuid), '-infinity')`,
  )
  return found.length > 0
}

async function list({ actor }: Access, further: Prisma.Sql, common = Prisma.empty): Promise<Notice[]> {
  if (actor.kind !== 'member') return []
  const since = new Date(now().getTime() - NOTICE_DAYS * DAY_MS)
  const rows = await read<Row>(Prisma.sql`${common}
    SELECT e.id::text, e.at, e.action, e.ip, e.actor_kind AS "actorKind", e.actor_id AS "actorId",
      e.actor_name AS "actorName", e.detail
    FROM audit_entry e
    WHERE e.target = ANY(array(
        SELECT ${`member:${actor.id}`}::text UNION ALL SELECT 'token:' || id FROM api_token WHERE created_by = ${actor.id}::uuid))
      AND e.action = ANY(${[...noticeActions]}::text[]) AND e.at > ${since}
      AND (e.action <> 'session.start' OR e.detail ->> 'newDevice' = 'true') ${further}
    ORDER BY e.id DESC LIMIT ${MAX_ROWS}`)
  return rows.map(row => toNotice(row, actor.id))
}

function toNotice({ actorKind, actorId, actorName, ...row }: Row, self: string): Notice {
  const { device, name, provider, before, after } = Detail.catch({}).parse(row.detail)
  const isOwn = actorId === self
  const other = !isOwn && (actorKind === 'member' || actorKind === 'token')
  return {
    id: row.id,
    at: row.at,
    action: row.action,
    isOwn,
    by: other ? actorName : null,
    ip: other ? null : row.ip,
    device: device || null,
    name: name ?? provider ?? null,
    role: before && after && before.role !== after.role ? { before: before.role, after: after.role } : null,
  }
}
