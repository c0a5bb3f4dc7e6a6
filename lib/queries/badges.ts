import 'server-only'
import { type Access, holds } from '../access/proof'
import { now } from '../clock'
import { REVIEW_SHOWN_DAYS } from '../domain/exceptions/review'
import { Prisma } from '../generated/prisma/client'
import { askedBy, exceptionInScope } from '../sql/exceptions/where'
import { read } from '../sql/read'
import { openCountsInScope } from './findings/count'

const { sql } = Prisma

/** How many exceptions wait for the reader's decision. */
export async function waitingExceptions(access: Access<'findings:read'>): Promise<number> {
  if (access.actor.kind !== 'member' || !holds(access, 'exceptions:approve')) return 0
  const [row] = await read<{ n: number }>(sql`
    SELECT count(*)::int AS n FROM exception x
    WHERE state = 'requested' AND NOT ${askedBy(access)} AND ${exceptionInScope(access)}`)
  return row?.n ?? 0
}

/** How many reviews of exceptions the reader may answer, and how many of them are overdue. */
export async function dueReviews(access: Access<'findings:read'>): Promise<{ due: number; overdue: number }> {
  const none = { due: 0, overdue: 0 }
  if (access.actor.kind !== 'member' || !holds(access, 'exceptions:approve')) return none
  const shown = new Date(now().getTime() + REVIEW_SHOWN_DAYS * 86_400_000)
  const [row] = await read<{ due: number; overdue: number }>(sql`
    SELECT count(*)::int AS due, count(*) FILTER (WHERE x.review_at <= ${now()}::timestamptz)::int AS overdue FROM exception x
    WHERE x.state = 'approved' AND x.review_at <= ${shown}::timestamptz AND NOT ${askedBy(access)} AND ${exceptionInScope(access)}`)
  return row ?? none
}

/** The reader's own open findings in scope, and how many of them are overdue. Zero for a reader who is not a member. */
export async function sidebarBadges(access: Access<'findings:read'>): Promise<{ mine: number; mineOverdue: number }> {
  if (access.actor.kind !== 'member') return { mine: 0, mineOverdue: 0 }
  const [row] = await read<{ mine: number; overdue: number }>(sql`
    SELECT coalesce(sum(n), 0)::int AS mine, coalesce(sum(n) FILTER (WHERE overdue), 0)::int AS overdue
    FROM ${await openCountsInScope(access)} AND owner_key = ${access.actor.id}::uuid`)
  return { mine: row?.mine ?? 0, mineOverdue: row?.overdue ?? 0 }
}
