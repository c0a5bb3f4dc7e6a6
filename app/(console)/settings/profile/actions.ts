'use server'

import { cookies } from 'next/headers'
import { z } from 'zod'
import { ById } from '@/lib/access/member-input'
import { hostCookieName } from '@/lib/access/session/host-cookie'
import { preferenceCookie } from '@/lib/access/session/preference-cookie'
import { readSessionId } from '@/lib/access/session/session'
import { action } from '@/lib/action'
import { LOCALE_COOKIE } from '@/lib/locale'
import {
  ChangePassword,
  changePassword,
  endOtherSessions,
  endOwnSession,
  UpdateProfile,
  updateProfile,
} from '@/lib/store/people/profile'

export const saveProfile = action({
  needs: [],
  input: UpdateProfile,
  run: async (access, input) => {
    await updateProfile(access, input)
    // The choice of this browser would otherwise return after sign-out.
    const kept = { ...preferenceCookie(), maxAge: 0 }
    if (input.locale === null) (await cookies()).set(hostCookieName(LOCALE_COOKIE), '', kept)
  },
  refresh: ['/settings/profile'],
})

export const savePassword = action({
  needs: [],
  input: ChangePassword,
  run: async (access, input) => changePassword(access, input, await readSessionId()),
  refresh: ['/settings/profile'],
})

export const endSession = action({
  needs: [],
  recent: true,
  input: ById,
  run: async (access, input) => endOwnSession(access, input),
  refresh: ['/settings/profile'],
})

export const endSessions = action({
  needs: [],
  recent: true,
  input: z.object({}),
  run: async access => endOtherSessions(access, await readSessionId()),
  refresh: ['/settings/profile'],
})
