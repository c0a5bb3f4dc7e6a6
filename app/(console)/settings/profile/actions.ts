'use server'

import { cookies } from 'next/headers'
import { z } from 'zod'
import { readSession, renewSession } from '@/lib/access/session'
import { action } from '@/lib/action'
import { LOCALE_COOKIE } from '@/lib/locale'
import { ChangePassword, changePassword, endOtherSessions, UpdateProfile, updateProfile } from '@/lib/store/profile'

export const saveProfile = action({
  needs: [],
  input: UpdateProfile,
  run: async (access, input) => {
    await updateProfile(access, input)
    // What this browser chose while signed out would else come back after sign-out.
    if (input.locale === null) (await cookies()).delete(LOCALE_COOKIE)
  },
  refresh: ['/settings/profile'],
})

export const savePassword = action({
  needs: [],
  input: ChangePassword,
  run: async (access, input) => keepOwnSession(await changePassword(access, input)),
})

export const endSessions = action({
  needs: [],
  input: z.object({}),
  run: async access => keepOwnSession(await endOtherSessions(access)),
})

/** All sessions of before have ended with the old epoch; the one that asked goes on, no longer than it would have. */
async function keepOwnSession({ epoch }: { epoch: number }): Promise<void> {
  const session = await readSession()
  if (session) await renewSession({ ...session, epoch })
}
