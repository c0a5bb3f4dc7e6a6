import 'server-only'
import type { SecondFactor } from '../../domain/sign-in/second-factor'
import type { Prisma } from '../../generated/prisma/client'

/** The second factors that a member has set up. Recovery codes are none: they replace one that was lost. */
export async function factorsOf(tx: Prisma.TransactionClient, member: string): Promise<SecondFactor[]> {
  const [totp, passkeys] = [
    await tx.member.count({ where: { id: member, totpSince: { not: null } } }),
    await tx.passkey.count({ where: { memberId: member } }),
  ]
  return [...(totp > 0 ? ['totp' as const] : []), ...(passkeys > 0 ? ['passkey' as const] : [])]
}

export async function hasSecondFactor(tx: Prisma.TransactionClient, member: string): Promise<boolean> {
  return (await factorsOf(tx, member)).length > 0
}

/** Deletes what the database keeps of a member's authenticator app. */
export async function dropTotp(tx: Prisma.TransactionClient, id: string): Promise<void> {
  await tx.member.update({ where: { id }, data: { totpSecret: null, totpSince: null, totpLastStep: null } })
}

/** Deletes all that a member's second factors are made of. */
export async function dropFactors(tx: Prisma.TransactionClient, memberId: string): Promise<void> {
  await dropTotp(tx, memberId)
  await tx.passkey.deleteMany({ where: { memberId } })
  await tx.passkeyChallenge.deleteMany({ where: { memberId } })
  await tx.recoveryCode.deleteMany({ where: { memberId } })
}
