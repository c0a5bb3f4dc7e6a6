import 'server-only'
import type { ById } from '../../access/member-input'
import type { Access, JobAccess } from '../../access/proof'
import type { PendingSignIn } from '../../access/session/pending'
import type { SigningBrowser } from '../../access/session/session'
import { isExpired, isIdle, isLive } from '../../access/session/sql'
import { prisma } from '../../db'
import type { SessionStage } from '../../domain/sign-in/second-factor'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { recordAudit } from '../audit/audit'

/** Why a session ended: by the member, by an administrator, or by what happened to the member. */
type EndReason =
  | 'sign-out'
  | 'new-sign-in'
  | 'cancelled'
  | 'member'
  | 'admin'
  | 'password'
  | 'factor'
  | 'reset'
  | 'factors-reset'
  | 'removed'
  | 'expired'
  | 'idle'

interface Ended {
  id: string
  memberId: string
}

interface Beginning {
  /** What proved who the member is: password, or the id of a provider. */
  by: string
  /** Only a complete session is a sign-in, by which the audit log calls it. */
  stage: SessionStage
  /** When a provider last saw the member prove who they are: one that signs somebody in without asking proves nothing new. */
  provedAt: Date | undefined
}

/** Begins a session of the member, and ends the one that the browser had. Gives its id. */
export async function startSession(
  tx: Prisma.TransactionClient,
  access: Access,
  browser: SigningBrowser,
  { by, stage, provedAt }: Beginning,
): Promise<string> {
  const { id: memberId } = access.actor
  if (browser.session) await endSessions(tx, access, { id: browser.session }, 'new-sign-in')
  const { id } = await tx.session.create({
    data: { memberId, ip: access.ip, device: browser.device, stage, beganBy: by },
  })
  if (provedAt) {
    await tx.$executeRaw(
      Prisma.sql`UPDATE session SET verified_at = least(verified_at, ${provedAt}::timestamptz) WHERE id = ${id}::uuid`,
    )
  }
  const complete = stage === 'complete'
  const device = complete ? await noteSignIn(tx, memberId, browser) : null
  await recordAudit(tx, access, {
    action: complete ? 'session.start' : 'session.pending',
    target: `member:${memberId}`,
    detail: { by, session: id, ...(complete ? device : { stage }) },
  })
  return id
}

/**
 * Puts a complete session with an id of its own in the place of one that was pending: nobody who knew the old id gets further by it.
 * What was a session before and had to set up a second factor lasts no longer than it would have. Throws `signInExpired` where it has
 * ended, expired or gone on meanwhile, or the member was removed.
 */
export async function completeSession(
  tx: Prisma.TransactionClient,
  { session: before, stage, member, access }: PendingSignIn,
  by: string,
  browser: SigningBrowser,
): Promise<string> {
  const [ended] = await tx.$queryRaw<{ createdAt: Date; verifiedAt: Date }[]>(Prisma.sql`
    UPDATE session s SET ended_at = now()
    WHERE s.id = ${before}::uuid AND s.member_id = ${member.id}::uuid AND s.stage = ${stage} AND ${isLive()}
    RETURNING s.created_at AS "createdAt", s.verified_at AS "verifiedAt"`)
  const device = await noteSignIn(tx, member.id, browser)
  if (!ended || !device) throw new AppError('conflict', { reason: 'signInExpired' })
  const since = stage === 'enrolment' ? ended : {}
  const data = { memberId: member.id, ip: access.ip, device: browser.device, beganBy: by, ...since }
  const { id } = await tx.session.create({ data })
  const detail = { by, session: id, pending: before, ...device }
  await recordAudit(tx, access, { action: 'session.start', target: `member:${member.id}`, detail })
  return id
}

/** Notes that a member signed in. Gives what the audit log says of the device, or null where the member was removed. */
async function noteSignIn(
  tx: Prisma.TransactionClient,
  id: string,
  { device, known }: SigningBrowser,
): Promise<{ device: string; newDevice?: true } | null> {
  const [before] = await tx.$queryRaw<{ at: Date | null }[]>(Prisma.sql`
    UPDATE member m SET last_sign_in_at = now()
    FROM (SELECT id, last_sign_in_at FROM member WHERE id = ${id}::uuid FOR NO KEY UPDATE) before
    WHERE m.id = before.id AND m.removed_at IS NULL RETURNING before.last_sign_in_at AS at`)
  if (!before) return null
  // Of the first sign-in of all there is nobody to tell.
  return { device, ...(known?.member !== id && before.at !== null ? { newDevice: true } : {}) }
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
export async function endStaleSessions(access: JobAccess): Promise<void> {
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
export async function dropEndedSessions(_access: JobAccess, before: Date): Promise<number> {
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
