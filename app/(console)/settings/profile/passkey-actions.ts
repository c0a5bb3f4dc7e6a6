'use server'

import { z } from 'zod'
import { ById } from '@/lib/access/member-input'
import { requireSessionId } from '@/lib/access/session/session'
import { requireRelyingParty } from '@/lib/access/sign-in/relying-party'
import { action } from '@/lib/action'
import * as passkeys from '@/lib/store/passkeys/passkeys'

const refresh = ['/settings/profile']

/** The options for creating a passkey. */
export const beginPasskey = action({
  needs: [],
  recent: true,
  input: z.object({}),
  run: async access => passkeys.beginPasskey(access, await requireSessionId(), await requireRelyingParty()),
})

// Not `recent`: its challenge was given out after a recent proof, for 5 minutes.
export const addPasskey = action({
  needs: [],
  input: passkeys.AddPasskey,
  run: async (access, input) =>
    passkeys.addPasskey(access, await requireSessionId(), await requireRelyingParty(), input),
  refresh,
})

export const renamePasskey = action({
  needs: [],
  input: passkeys.RenamePasskey,
  run: async (access, input) => passkeys.renamePasskey(access, await requireSessionId(), input),
  refresh,
})

export const removePasskey = action({
  needs: [],
  recent: true,
  input: ById,
  run: async (access, input) => passkeys.removePasskey(access, await requireSessionId(), input),
  refresh,
})
