import 'server-only'
import { z } from 'zod'
import { recordLocked, recordSignInRefused } from '../../access/refusals/refusals'
import type { PendingSignIn } from '../../access/session/pending'
import type { SigningBrowser } from '../../access/session/session'
import { forgetCodes, mayGiveCode } from '../../access/sign-in/code-attempts'
import { prisma } from '../../db'
import { readCode, type SecondFactor } from '../../domain/sign-in/second-factor'
import { AppError, ForbiddenError } from '../../errors'
import type { ModelTx } from '../../sql/transaction'
import { factorsOf } from './member-factors'
import { spendRecoveryCode } from './recovery-codes'
import { completeSession, endSessions } from './sessions'
import type { SignedIn } from './sign-in'
import { spendTotpCode, wrongCode } from './totp'

export const GivenCode = z.object({ code: z.string().max(100) })
export type GivenCode = z.infer<typeof GivenCode>

/**
 * Completes a sign-in with a code of the authenticator app or a recovery code. Throws `wrongCode`, `tooManyAttempts`
 * and `signInExpired`.
 */
export async function signInWithCode(
  pending: PendingSignIn,
  { code: typed }: GivenCode,
  browser: SigningBrowser,
): Promise<SignedIn> {
  const { member, access } = pending
  const read = readCode(typed)
  if (!read) throw wrongCode()
  const { kind, code } = read
  if (!(await mayGiveCode(kind, member.id, browser.known?.member === member.id))) {
    await recordLocked(member, kind)
    await recordSignInRefused(member, { by: kind, reason: 'tooManyAttempts' }, access.ip)
    throw new ForbiddenError('tooManyAttempts')
  }
  // One transaction, so that a sign-in that cannot be completed does not use up the code.
  const signedIn = await prisma().$transaction(async tx => {
    const right = kind === 'totp' ? await spendTotpCode(tx, member.id, code) : await spendRecoveryCode(tx, access, code)
    return right ? completeSignIn(tx, pending, kind, browser) : null
  })
  if (!signedIn) {
    await recordSignInRefused(member, { by: kind, reason: 'wrong' }, access.ip)
    throw wrongCode()
  }
  await forgetCodes(member.id)
  return signedIn
}

/**
 * Ends a sign-in that waits for a second factor, and begins a complete session with a new id. Call it in the
 * transaction that checked the factor; the caller then sends the session to the browser with keepSignedIn. Throws
 * `signInExpired`.
 */
export async function completeSignIn(
  tx: ModelTx,
  pending: PendingSignIn,
  by: SecondFactor | 'recovery',
  browser: SigningBrowser,
): Promise<SignedIn> {
  if (pending.stage !== 'second-factor') throw new AppError('conflict', { reason: 'signInExpired' })
  const session = await completeSession(tx, pending, `password+${by}`, browser)
  return { id: pending.member.id, session }
}

/** Completes the sign-in of a member who had to set up a second factor. Throws `noFactor` and `signInExpired`. */
export async function finishEnrolment(pending: PendingSignIn, browser: SigningBrowser): Promise<SignedIn> {
  return prisma().$transaction(async tx => {
    const [factor] = await factorsOf(tx, pending.member.id)
    if (!factor) throw new AppError('conflict', { reason: 'noFactor' })
    if (pending.stage !== 'enrolment') throw new AppError('conflict', { reason: 'signInExpired' })
    const session = await completeSession(tx, pending, `password+${factor}`, browser)
    return { id: pending.member.id, session }
  })
}

/** Cancels an incomplete sign-in. */
export async function cancelSignIn({ session, member, access }: PendingSignIn): Promise<void> {
  await prisma().$transaction(tx => endSessions(tx, access, { id: session, memberId: member.id }, 'cancelled'))
}
