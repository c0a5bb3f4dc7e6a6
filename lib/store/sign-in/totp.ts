import 'server-only'
import { z } from 'zod'
import { type Access, requireMemberActor } from '../../access/proof'
import { forgetCodes } from '../../access/sign-in/code-attempts'
import { offerTotp, openOffer, openTotp, sealTotp, totpStep } from '../../access/sign-in/totp'
import { prisma } from '../../db'
import { readCode, type TotpOffer } from '../../domain/sign-in/second-factor'
import { AppError, NotFoundError } from '../../errors'
import { log } from '../../log'
import type { ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { dropTotp } from './member-factors'
import { factorAdded, factorRemoved, lockFactors } from './second-factors'

export const ConfirmTotp = z.object({ offer: z.string().max(1000), code: z.string().max(100) })
export type ConfirmTotp = z.infer<typeof ConfirmTotp>

/**
 * Offers a new secret for the actor's authenticator app. The present one stays in use until a code of the new one is
 * entered.
 */
export function beginTotp(access: Access, session: string): TotpOffer {
  return offerTotp(requireMemberActor(access), session)
}

/**
 * Sets up the authenticator app whose secret was offered to this session, given one of its codes. Returns recovery
 * codes to show once if the member has none. Throws `wrongCode`, and `offerExpired` for an offer to another member or
 * session, or older than 15 minutes.
 */
export async function confirmTotp(
  access: Access,
  session: string,
  { offer, code }: ConfirmTotp,
): Promise<{ codes: string[] | null }> {
  const { id } = access.actor
  const secret = openOffer(id, session, offer)
  if (!secret) throw new AppError('conflict', { reason: 'offerExpired' })
  const read = readCode(code)
  const step = read?.kind === 'totp' ? totpStep(secret, read.code) : null
  if (step === null) throw wrongCode()
  const done = await prisma().$transaction(async tx => {
    const { member } = await lockFactors(tx, access, session)
    await tx.member.update({
      where: { id },
      data: { totpSecret: sealTotp(id, secret), totpSince: new Date(), totpLastStep: step },
    })
    const action = member.totpSince ? 'factor.replace' : 'factor.add'
    await recordAudit(tx, access, { action, target: `member:${id}`, detail: { factor: 'totp' } })
    return factorAdded(tx, access, session)
  })
  await forgetCodes(id)
  return done
}

/**
 * Removes the actor's authenticator app. Throws `lastFactor` if the role needs a second factor and this is the only
 * one.
 */
export async function removeTotp(access: Access, session: string): Promise<void> {
  await prisma().$transaction(async tx => {
    const locked = await lockFactors(tx, access, session)
    const { id, totpSince } = locked.member
    if (!totpSince) throw new NotFoundError()
    await dropTotp(tx, id)
    const detail = { factor: 'totp' }
    await recordAudit(tx, access, { action: 'factor.remove', target: `member:${id}`, detail })
    await factorRemoved(tx, access, locked, session)
  })
}

/** The error of a code that is wrong or was used before. */
export function wrongCode(): AppError {
  return new AppError('invalid', { reason: 'wrongCode', field: 'code' })
}

/**
 * Whether it is a current code of the member's authenticator app. A code can be used once, and none that is older; only
 * one of two calls at once gets true.
 */
export async function spendTotpCode(tx: ModelTx, member: string, code: string): Promise<boolean> {
  const row = await tx.member.findFirst({ where: { id: member, removedAt: null, totpSince: { not: null } } })
  if (!row?.totpSecret) return false
  const secret = openTotp(member, row.totpSecret)
  if (!secret) {
    log.error({ member }, 'the secret of an authenticator app cannot be opened: its key is not in HINOMI_SECRET')
    return false
  }
  const step = totpStep(secret, code)
  if (step === null) return false
  const { count } = await tx.member.updateMany({
    where: {
      id: member,
      totpSince: row.totpSince,
      OR: [{ totpLastStep: null }, { totpLastStep: { lt: step } }],
    },
    data: { totpLastStep: step },
  })
  return count === 1
}
