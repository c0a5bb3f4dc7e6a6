import 'server-only'
import type { SecondFactor } from '../../domain/sign-in/second-factor'
import type { ModelTx } from '../../sql/transaction'

/** The second factors of a member. Recovery codes are none: they replace a lost one. */
export async function factorsOf(tx: ModelTx, member: string): Promise<SecondFactor[]> {
  const [totp, passkeys] = [
    await tx.member.count({ where: { id: member, totpSince: { not: null } } }),
    await tx.passkey.count({ where: { memberId: member } }),
  ]
  return [...(totp > 0 ? ['totp' as const] : []), ...(passkeys > 0 ? ['passkey' as const] : [])]
}

export async function hasSecondFactor(tx: ModelTx, member: string): Promise<boolean> {
  return (await factorsOf(tx, member)).length > 0
}

/** Deletes the stored data of a member's authenticator app. */
export async function dropTotp(tx: ModelTx, id: string): Promise<void> {
  await tx.member.update({ where: { id }, data: { totpSecret: null, totpSince: null, totpLastStep: null } })
}

/** Deletes all second factors of a member. */
export async function dropFactors(tx: ModelTx, memberId: string): Promise<void> {
  await dropTotp(tx, memberId)
  await tx.passkey.deleteMany({ where: { memberId } })
  await tx.passkeyChallenge.deleteMany({ where: { memberId } })
  await tx.recoveryCode.deleteMany({ where: { memberId } })
}
