import 'server-only'
import type { Access } from '../../access/proof'
import { hashRecoveryCode, newRecoveryCode } from '../../access/sign-in/recovery-code'
import { RECOVERY_CODES } from '../../domain/sign-in/second-factor'
import type { Prisma } from '../../generated/prisma/client'
import { recordAudit } from '../audit/audit'

/** Gives the member a new set of recovery codes, which are given here once, and deletes the old one. */
export async function makeRecoveryCodes(tx: Prisma.TransactionClient, access: Access): Promise<string[]> {
  const memberId = access.actor.id
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  await tx.recoveryCode.deleteMany({ where: { memberId } })
  await tx.recoveryCode.createMany({
    data: codes.map(code => ({ memberId, codeHash: hashRecoveryCode(memberId, code.replaceAll('-', '')) })),
  })
  const detail = { codes: codes.length }
  await recordAudit(tx, access, { action: 'factor.codes', target: `member:${memberId}`, detail })
  return codes
}

/** Uses up one of the member's recovery codes. False where it is none of them or was used. Of two at once, one gets true. */
export async function spendRecoveryCode(tx: Prisma.TransactionClient, access: Access, code: string): Promise<boolean> {
  const memberId = access.actor.id
  const { count } = await tx.recoveryCode.updateMany({
    where: { memberId, codeHash: hashRecoveryCode(memberId, code), usedAt: null },
    data: { usedAt: new Date() },
  })
  if (count === 0) return false
  const left = await tx.recoveryCode.count({ where: { memberId, usedAt: null } })
  await recordAudit(tx, access, { action: 'factor.code-used', target: `member:${memberId}`, detail: { left } })
  return true
}
