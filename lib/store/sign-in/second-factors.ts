import 'server-only'
import { type Access, requireMemberActor } from '../../access/proof'
import { isLive } from '../../access/session/sql'
import { prisma } from '../../db'
import type { FactorPolicy } from '../../domain/sign-in/second-factor'
import { AppError, NotFoundError } from '../../errors'
import { type Member, Prisma } from '../../generated/prisma/client'
import { executeIn, type ModelTx, runIn } from '../../sql/transaction'
import { holdFactorPolicy } from './factor-policy'
import { hasSecondFactor } from './member-factors'
import { makeRecoveryCodes } from './recovery-codes'
import { endSessions } from './sessions'

const { sql } = Prisma

/**
 * Locks the member whose factors change against sign-ins and other changes until the transaction ends, and returns the
 * policy. Throws `signInExpired` if the session has ended meanwhile, so that a running change does not survive a reset.
 */
export async function lockFactors(
  tx: ModelTx,
  access: Access,
  session: string,
): Promise<{ member: Member; policy: FactorPolicy }> {
  const { id } = requireMemberActor(access)
  const policy = await holdFactorPolicy(tx)
  await executeIn(tx, sql`SELECT FROM member WHERE id = ${id}::uuid FOR NO KEY UPDATE`)
  const member = await tx.member.findFirst({ where: { id, removedAt: null } })
  if (!member) throw new NotFoundError()
  const live = await runIn<{ id: string }>(
    tx,
    sql`SELECT s.id FROM session s WHERE s.id = ${session}::uuid AND s.member_id = ${id}::uuid AND ${isLive()} FOR UPDATE`,
  )
  if (live.length === 0) throw new AppError('conflict', { reason: 'signInExpired' })
  return { member, policy }
}

/**
 * Call it after adding a factor, in the same transaction and after lockFactors. Ends the member's other sessions.
 * Returns recovery codes to show once if the member has none left, else null.
 */
export async function factorAdded(tx: ModelTx, access: Access, keep: string): Promise<{ codes: string[] | null }> {
  const memberId = access.actor.id
  await endSessions(tx, access, { memberId, id: { not: keep } }, 'factor')
  const left = await tx.recoveryCode.count({ where: { memberId, usedAt: null } })
  return { codes: left > 0 ? null : await makeRecoveryCodes(tx, access) }
}

/**
 * Call it after removing a factor, in the same transaction and after lockFactors. Ends the member's other sessions.
 * Throws `lastFactor` if none is left and the role needs one. Without a factor the recovery codes are deleted.
 */
export async function factorRemoved(
  tx: ModelTx,
  access: Access,
  { member, policy }: { member: Member; policy: FactorPolicy },
  keep: string,
): Promise<void> {
  await endSessions(tx, access, { memberId: member.id, id: { not: keep } }, 'factor')
  if (await hasSecondFactor(tx, member.id)) return
  if (policy.roles.some(role => role === member.role)) throw new AppError('conflict', { reason: 'lastFactor' })
  await tx.recoveryCode.deleteMany({ where: { memberId: member.id } })
}

/**
 * Replaces the actor's recovery codes and returns them; the database stores hashes. Throws `noFactor` if the actor has
 * no factor.
 */
export async function replaceRecoveryCodes(access: Access, session: string): Promise<{ codes: string[] }> {
  return prisma().$transaction(async tx => {
    const { member } = await lockFactors(tx, access, session)
    if (!(await hasSecondFactor(tx, member.id))) throw new AppError('conflict', { reason: 'noFactor' })
    return { codes: await makeRecoveryCodes(tx, access) }
  })
}
