import 'server-only'
import type { Access } from '../../access/proof'
import { hashRecoveryCode, newRecoveryCode } from '../../access/sign-in/recovery-code'
import { RECOVERY_CODES } from '../../domain/sign-in/second-factor'
import type { ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'

/** Replaces the member's recovery codes and returns the new ones, which are not stored in plain text. */
export async function makeRecoveryCodes(tx: ModelTx, access: Access): Promise<string[]> {
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

/**
 * Uses up one of the member's recovery codes. Returns false if it is wrong or used; only one of two calls at once gets
 * true.
 */
export async function spendRecoveryCode(tx: ModelTx, access: Access, code: string): Promise<boolean> {
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
