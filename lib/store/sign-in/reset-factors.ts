import 'server-only'
import type { ById } from '../../access/member-input'
import type { Access } from '../../access/proof'
import { forgetCodes } from '../../access/sign-in/code-attempts'
import { prisma } from '../../db'
import type { SecondFactor } from '../../domain/sign-in/second-factor'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { dropFactors, factorsOf } from './member-factors'
import { endSessions } from './sessions'

const { sql } = Prisma

/**
 * Removes the second factors of a member who lost them, and ends the member's sessions. The password stays. Throws
 * `resetOwnFactors`: the profile page, which follows the policy, removes one's own.
 */
export async function resetFactors(
  access: Access<'members:manage'>,
  which: ById | { email: string },
): Promise<{ removed: SecondFactor[] }> {
  const { id, removed } = await prisma().$transaction(async tx => {
    const found = await tx.member.findFirst({ where: { ...which, removedAt: null }, select: { id: true, email: true } })
    if (!found) throw new NotFoundError()
    if (found.id === access.actor.id) throw new AppError('conflict', { reason: 'resetOwnFactors' })
    await executeIn(tx, sql`SELECT FROM member WHERE id = ${found.id}::uuid FOR NO KEY UPDATE`)
    const factors = await factorsOf(tx, found.id)
    await dropFactors(tx, found.id)
    await endSessions(tx, access, { memberId: found.id }, 'factors-reset')
    const detail = { email: found.email, factors }
    await recordAudit(tx, access, { action: 'member.reset-factors', target: `member:${found.id}`, detail })
    return { id: found.id, removed: factors }
  })
  await forgetCodes(id)
  return { removed }
}
