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
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'

const { sql } = Prisma

/** Why a session ended: by the member, by an administrator, or because of a change to the member. */
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
  /** The proof of the member: password, or the id of a provider. */
  by: string
  /** The audit log records a sign-in only for a complete session. */
  stage: SessionStage
  /**
   * When a provider last authenticated the member. It may be earlier than the sign-in, which then proves nothing new.
   */
  provedAt: Date | undefined
}

/** Begins a session of the member and ends the browser's former one. Returns the session id. */
export async function startSession(
  tx: ModelTx,
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
    await executeIn(
      tx,
      sql`UPDATE session SET verified_at = least(verified_at, ${provedAt}::timestamptz) WHERE id = ${id}::uuid`,
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
 * Replaces a pending session by a complete one with a new id, so that the old id is useless to others. A session that
 * had to enrol keeps its start, so that it does not last longer. Throws `signInExpired` if the pending session has
 * ended, expired or was completed, or the member was removed.
 */
export async function completeSession(
  tx: ModelTx,
  { session: before, stage, member, access }: PendingSignIn,
  by: string,
  browser: SigningBrowser,
): Promise<string> {
  const [ended] = await runIn<{ createdAt: Date; verifiedAt: Date }>(
    tx,
    sql`UPDATE session s SET ended_at = now()
    WHERE s.id = ${before}::uuid AND s.member_id = ${member.id}::uuid AND s.stage = ${stage} AND ${isLive()}
    RETURNING s.created_at AS "createdAt", s.verified_at AS "verifiedAt"`,
  )
  const device = await noteSignIn(tx, member.id, browser)
  if (!ended || !device) throw new AppError('conflict', { reason: 'signInExpired' })
  const since = stage === 'enrolment' ? ended : {}
  const data = { memberId: member.id, ip: access.ip, device: browser.device, beganBy: by, ...since }
  const { id } = await tx.session.create({ data })
  const detail = { by, session: id, pending: before, ...device }
  await recordAudit(tx, access, { action: 'session.start', target: `member:${member.id}`, detail })
  return id
}

/** Records that a member signed in. Returns the device for the audit log, or null if the member was removed. */
async function noteSignIn(
  tx: Tx,
  id: string,
  { device, known }: SigningBrowser,
): Promise<{ device: string; newDevice?: true } | null> {
  const [before] = await runIn<{ at: Date | null }>(
    tx,
    sql`UPDATE member m SET last_sign_in_at = now()
    FROM (SELECT id, last_sign_in_at FROM member WHERE id = ${id}::uuid FOR NO KEY UPDATE) before
    WHERE m.id = before.id AND m.removed_at IS NULL RETURNING before.last_sign_in_at AS at`,
  )
  if (!before) return null
  // The first sign-in of all is no notice: nobody could have been warned before.
  return { device, ...(known?.member !== id && before.at !== null ? { newDevice: true } : {}) }
}

/** Ends those of the sessions that have not ended, each with an audit entry. Returns their number. */
export async function endSessions(
  tx: ModelTx,
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

/** Marks expired and idle sessions as ended, for the audit log. They were already rejected before. */
export async function endStaleSessions(access: JobAccess): Promise<void> {
  for (const [why, stale] of [
    ['expired', isExpired],
    ['idle', isIdle()],
  ] as const) {
    await prisma().$transaction(async tx => {
      const ended = await runIn<Ended>(
        tx,
        sql`UPDATE session s SET ended_at = now() WHERE s.ended_at IS NULL AND ${stale}
        RETURNING s.id, s.member_id AS "memberId"`,
      )
      await recordEnds(tx, access, ended, why)
    })
  }
}

/** Deletes sessions that ended before `before`; the audit log keeps their start and end. */
export async function dropEndedSessions(_access: JobAccess, before: Date): Promise<number> {
  const { count } = await prisma().session.deleteMany({ where: { endedAt: { lt: before } } })
  return count
}

async function recordEnds(tx: Tx, access: Access, ended: readonly Ended[], why: EndReason): Promise<void> {
  for (const { id, memberId } of ended) {
    await recordAudit(tx, access, {
      action: 'session.end',
      target: `member:${memberId}`,
      detail: { why, session: id },
    })
  }
}
