'use server'

import { headers } from 'next/headers'
import { z } from 'zod'
import { pendingSignIn } from '@/lib/access/session/pending'
import { dropSessionCookie, keepSignedIn, signingBrowser } from '@/lib/access/session/session'
import { pendingAction } from '@/lib/action'
import { cancelSignIn, finishEnrolment, GivenCode, signInWithCode } from '@/lib/store/sign-in/second-step'
import { beginTotp, ConfirmTotp, confirmTotp } from '@/lib/store/sign-in/totp'

const Nothing = z.object({})

export const giveCode = pendingAction('second-factor', GivenCode, async (pending, input) => {
  await keepSignedIn(await signInWithCode(pending, input, await signingBrowser(await headers())))
})

export const beginEnrolment = pendingAction('enrolment', Nothing, async ({ access, session }) =>
  beginTotp(access, session),
)

export const confirmEnrolment = pendingAction('enrolment', ConfirmTotp, async ({ access, session }, input) =>
  confirmTotp(access, session, input),
)

export const finish = pendingAction('enrolment', Nothing, async pending => {
  await keepSignedIn(await finishEnrolment(pending, await signingBrowser(await headers())))
})

/** Ends a sign-in that is not complete, which invalidates its cookie. */
export async function cancel(): Promise<void> {
  const pending = await pendingSignIn()
  if (pending) await cancelSignIn(pending)
  await dropSessionCookie()
}
