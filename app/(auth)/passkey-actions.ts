'use server'

import { headers } from 'next/headers'
import { z } from 'zod'
import { clientIp } from '@/lib/access/network/peer'
import { keepSignedIn, signingBrowser } from '@/lib/access/session/session'
import { requireRelyingParty } from '@/lib/access/sign-in/relying-party'
import { openAction, pendingAction } from '@/lib/action'
import { Assertion } from '@/lib/domain/sign-in/passkey'
import * as passkeys from '@/lib/store/passkeys/passkeys'
import { beginPasskeySignIn } from '@/lib/store/passkeys/sign-in'
import * as steps from '@/lib/store/passkeys/steps'

const Nothing = z.object({})

/** The options for a sign-in with a passkey. */
export const beginPasskey = openAction(Nothing, async () =>
  beginPasskeySignIn(await requireRelyingParty(), clientIp(await headers())),
)

/** The same for the second step after a password. */
export const beginPasskeyStep = pendingAction('second-factor', Nothing, async pending =>
  steps.beginPasskeyStep(pending, await requireRelyingParty()),
)

export const answerPasskeyStep = pendingAction(
  'second-factor',
  z.object({ assertion: Assertion }),
  async (pending, { assertion }) => {
    const browser = await signingBrowser(await headers())
    await keepSignedIn(await steps.signInWithPasskeyStep(pending, await requireRelyingParty(), assertion, browser))
  },
)

export const beginPasskeyEnrolment = pendingAction('enrolment', Nothing, async ({ access, session }) =>
  passkeys.beginPasskey(access, session, await requireRelyingParty()),
)

export const addPasskeyEnrolment = pendingAction('enrolment', passkeys.AddPasskey, async ({ access, session }, input) =>
  passkeys.addPasskey(access, session, await requireRelyingParty(), input),
)
