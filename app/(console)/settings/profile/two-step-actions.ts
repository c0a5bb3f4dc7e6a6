'use server'

import { z } from 'zod'
import { currentMember } from '@/lib/access/access'
import type { Access } from '@/lib/access/proof'
import { action } from '@/lib/action'
import { AppError } from '@/lib/errors'
import { replaceRecoveryCodes } from '@/lib/store/second-factors'
import { beginTotp, ConfirmTotp, confirmTotp, removeTotp } from '@/lib/store/totp'

const Nothing = z.object({})

// The pages refresh by themselves: recovery codes must stay on the screen until they are kept.
export const beginApp = action({
  needs: [],
  recent: true,
  input: Nothing,
  run: async access => beginTotp(access, await ownSession()),
})

// Not `recent`: what was offered to this session within 15 minutes was asked for with a recent proof.
export const confirmApp = action({
  needs: [],
  input: ConfirmTotp,
  run: async (access: Access, input) => confirmTotp(access, await ownSession(), input),
})

export const removeApp = action({
  needs: [],
  recent: true,
  input: Nothing,
  run: async access => removeTotp(access, await ownSession()),
})

export const makeCodes = action({
  needs: [],
  recent: true,
  input: Nothing,
  run: async access => replaceRecoveryCodes(access, await ownSession()),
})

async function ownSession(): Promise<string> {
  const member = await currentMember()
  if (!member) throw new AppError('forbidden', { reason: 'signInAgain' })
  return member.session
}
