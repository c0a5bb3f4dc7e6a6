'use server'

import { z } from 'zod'
import type { Access } from '@/lib/access/proof'
import { requireSessionId } from '@/lib/access/session/session'
import { action } from '@/lib/action'
import { replaceRecoveryCodes } from '@/lib/store/sign-in/second-factors'
import { beginTotp, ConfirmTotp, confirmTotp, removeTotp } from '@/lib/store/sign-in/totp'

const Nothing = z.object({})

// No refresh here: recovery codes must stay on the screen until they are saved.
export const beginApp = action({
  needs: [],
  recent: true,
  input: Nothing,
  run: async access => beginTotp(access, await requireSessionId()),
})

// Not `recent`: the secret was given to this session within 15 minutes after a recent proof.
export const confirmApp = action({
  needs: [],
  input: ConfirmTotp,
  run: async (access: Access, input) => confirmTotp(access, await requireSessionId(), input),
})

export const removeApp = action({
  needs: [],
  recent: true,
  input: Nothing,
  run: async access => removeTotp(access, await requireSessionId()),
})

export const makeCodes = action({
  needs: [],
  recent: true,
  input: Nothing,
  run: async access => replaceRecoveryCodes(access, await requireSessionId()),
})
