'use server'

import { z } from 'zod'
import { currentMember } from '@/lib/access/access'
import { ById } from '@/lib/access/member-input'
import { requireRelyingParty } from '@/lib/access/relying-party'
import { action } from '@/lib/action'
import { NotFoundError } from '@/lib/errors'
import * as passkeys from '@/lib/store/passkeys'

const refresh = ['/settings/profile']

/** What the browser needs to make a passkey. */
export const beginPasskey = action({
  needs: [],
  recent: true,
  input: z.object({}),
  run: async access => passkeys.beginPasskey(access, await session(), await requireRelyingParty()),
})

// Not `recent` as well: the challenge that it answers was handed out to who was, for 5 minutes.
export const addPasskey = action({
  needs: [],
  input: passkeys.AddPasskey,
  run: async (access, input) => passkeys.addPasskey(access, await session(), await requireRelyingParty(), input),
  refresh,
})

export const renamePasskey = action({
  needs: [],
  input: passkeys.RenamePasskey,
  run: async (access, input) => passkeys.renamePasskey(access, await session(), input),
  refresh,
})

export const removePasskey = action({
  needs: [],
  recent: true,
  input: ById,
  run: async (access, input) => passkeys.removePasskey(access, await session(), input),
  refresh,
})

async function session(): Promise<string> {
  const member = await currentMember()
  if (!member) throw new NotFoundError()
  return member.session
}
