'use server'

import { headers } from 'next/headers'
import { z } from 'zod'
import { clientIp } from '@/lib/access/peer'
import { requireRelyingParty } from '@/lib/access/relying-party'
import { openAction } from '@/lib/action'
import { beginPasskeySignIn } from '@/lib/store/passkey-sign-in'

/** What the browser needs to sign somebody in with a passkey. */
export const beginPasskey = openAction(z.object({}), async () =>
  beginPasskeySignIn(await requireRelyingParty(), clientIp(await headers())),
)
