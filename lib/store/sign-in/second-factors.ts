import 'server-only'
import { type Access, requireMemberActor } from '../../access/proof'
import { isLive } from '../../access/session/sql'
import { prisma } from '../../db'
import type { FactorPolicy } from '../../domain/sign-in/second-factor'
import { AppError, NotFoundError } from '../../errors'
import { type Member, Prisma } from '../../generated/prisma/client'
import { holdFactorPolicy } from './factor-policy'
import { hasSecondFactor } from './member-factors'
import { makeRecoveryCodes } from './recovery-codes'
import { endSessions } from './sessions'

/**
 * The member whose factors are changed, locked against sign-ins and other changes until the transaction ends, and the policy. Throws
 * `signInExpired` where the session that asks has ended meanwhile: a reset must leave nothing behind that was under way.
 */
export async function lockFactors(
  tx: Prisma.TransactionClient,
  access: Access,
  session: string,
): Promise<{ member: Member; policy: FactorPolicy }> {
  const { id } = requireMemberActor(access)
  const policy = await holdFactorPolicy(tx)
  await tx.$executeRaw`SELECT FROM member WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  const member = await tx.member.findFirst({ where: { id, removedAt: null } })
  if (!member) throw new NotFoundError()
  const live = await tx.$queryRaw<unknown[]>(
    Prisma.sql`SELECT s.id FROM session s WHERE s.id = ${session}::uuid AND s.member_id = ${id}::uuid AND ${isLive()} FOR UPDATE`,
  )
  if (live.length === 0) throw new AppError('conflict', { reason: 'signInExpired' })
  return { member, policy }
}

/**
 * To be called after a member added a factor, in the same transaction and after lockFactors. Ends the member's other sessions. Gives
 * recovery codes to show once where the member has none left, else null.
 */
export async function factorAdded(
  tx: Prisma.TransactionClient,
  access: Access,
  keep: string,
): Promise<{ codes: string[] | null }> {
  const memberId = access.actor.id
  await endSessions(tx, access, { memberId, id: { not: keep } }, 'factor')
  const left = await tx.recoveryCode.count({ where: { memberId, usedAt: null } })
  return { codes: left > 0 ? null : await makeRecoveryCodes(tx, access) }
}

/**
 * To be called after a member removed a factor, in the same transaction and after lockFactors. Ends the member's other sessions.
 * Throws `lastFactor` where none is left and the member's role needs one; without a factor there are no recovery codes either.
 */
export async function factorRemoved(
  tx: Prisma.TransactionClient,
  access: Access,
  { member, policy }: { member: Member; policy: FactorPolicy },
  keep: string,
): Promise<void> {
  await endSessions(tx, access, { memberId: member.id, id: { not: keep } }, 'factor')
  if (await hasSecondFactor(tx, member.id)) return
  if (policy.roles.some(role => role === member.role)) throw new AppError('conflict', { reason: 'lastFactor' })
  await tx.recoveryCode.deleteMany({ where: { memberId: member.id } })
}

/** Replaces the reader's recovery codes. They are given here once; the database keeps their hashes. Throws `noFactor` for who has none. */
export async function replaceRecoveryCodes(access: Access, session: string): Promise<{ codes: string[] }> {
  return prisma().$transaction(async tx => {
    const { member } = await lockFactors(tx, access, session)
    if (!(await hasSecondFactor(tx, member.id))) throw new AppError('conflict', { reason: 'noFactor' })
    return { codes: await makeRecoveryCodes(tx, access) }
  })
}
