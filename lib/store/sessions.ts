import 'server-only'
import type { ById } from '../access/member-input'
import type { Access } from '../access/proof'
import type { SigningBrowser } from '../access/session'
import { isExpired, isIdle } from '../access/session-sql'
import { prisma } from '../db'
import { NotFoundError } from '../errors'
import { Prisma } from '../generated/prisma/client'
import { recordAudit } from './audit'

/** Why a session ended: by the member, by an administrator, or by what happened to the member. */
type EndReason = 'sign-out' | 'new-sign-in' | 'member' | 'admin' | 'password' | 'reset' | 'removed' | 'expired' | 'idle'

interface Ended {
  id: string
  memberId: string
}

/**
 * Begins a session of the member who signs in, and ends the one that the browser had. Gives its id. `provedAt` is when a provider
 * last saw them prove who they are: one that signs somebody in without asking proves nothing new.
 */
export async function startSession(
  tx: Prisma.TransactionClient,
  access: Access,
  browser: SigningBrowser,
  provedAt?: Date,
): Promise<string> {
  if (browser.session) await endSessions(tx, access, { id: browser.session }, 'new-sign-in')
  const { id } = await tx.session.create({
    data: { memberId: access.actor.id, ip: access.ip, device: browser.device },
  })
  if (provedAt) {
    await tx.$executeRaw(
      Prisma.sql`UPDATE session SET verified_at = least(verified_at, ${provedAt}::timestamptz) WHERE id = ${id}::uuid`,
    )
  }
  return id
}

/** Ends those of the sessions that have not ended, each with a line in the audit log. Gives how many. */
export async function endSessions(
  tx: Prisma.TransactionClient,
  access: Access,
  which: Prisma.SessionWhereInput,
  why: EndReason,
): Promise<number> {
  const ended = await tx.session.updateManyAndReturn({
    where: { AND: [which, { endedAt: null }] },
    data: { endedAt: new Date() },
    select: { id: true, memberId: true },
  })
  await recordEnds(tx, access, ended, why)
  return ended.length
}

/** Ends all sessions of a member. */
export async function endMemberSessions(access: Access<'members:manage'>, { id }: ById): Promise<{ ended: number }> {
  return prisma().$transaction(async tx => {
    const member = await tx.member.findFirst({ where: { id, removedAt: null }, select: { id: true } })
    if (!member) throw new NotFoundError()
    return { ended: await endSessions(tx, access, { memberId: id }, 'admin') }
  })
}

/** Marks sessions that have expired or are idle as ended, for the audit log: they have signed nobody in since. */
export async function endStaleSessions(access: Access<'members:manage'>): Promise<void> {
  for (const [why, stale] of [
    ['expired', isExpired],
    ['idle', isIdle()],
  ] as const) {
    await prisma().$transaction(async tx => {
      const ended = await tx.$queryRaw<Ended[]>(Prisma.sql`
        UPDATE session s SET ended_at = now() WHERE s.ended_at IS NULL AND ${stale}
        RETURNING s.id, s.member_id AS "memberId"`)
      await recordEnds(tx, access, ended, why)
    })
  }
}

/** Drops sessions that ended before `before`; the audit log keeps when they began and ended. */
export async function dropEndedSessions(_access: Access<'members:manage'>, before: Date): Promise<number> {
  const { count } = await prisma().session.deleteMany({ where: { endedAt: { lt: before } } })
  return count
}

async function recordEnds(
  tx: Prisma.TransactionClient,
  access: Access,
  ended: readonly Ended[],
  why: EndReason,
): Promise<void> {
  for (const { id, memberId } of ended) {
    await recordAudit(tx, access, {
      action: 'session.end',
      target: `member:${memberId}`,
      detail: { why, session: id },
    })
  }
}
