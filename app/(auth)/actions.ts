'use server'

import { cookies, headers } from 'next/headers'
import { z } from 'zod'
import { Email, MemberName } from '@/lib/access/member-input'
import { clientIp } from '@/lib/access/network/peer'
import { recordInviteRefused, recordSetupRefused } from '@/lib/access/refusals/refused-links'
import { hostCookieName } from '@/lib/access/session/host-cookie'
import { preferenceCookie } from '@/lib/access/session/preference-cookie'
import { NewPassword } from '@/lib/access/sign-in/password'
import { openAction } from '@/lib/action'
import { LOCALE_COOKIE, locales } from '@/lib/locale'
import { findInvite } from '@/lib/queries/people/invites'
import { acceptInvite } from '@/lib/store/people/invites'
import { claimSetup, setupState } from '@/lib/store/sign-in/setup'

const Token = z.string().max(200)

/** Stores the language for this browser before the sign-in. */
export const setLanguage = openAction(z.object({ locale: z.enum(locales) }), async ({ locale }) => {
  const jar = await cookies()
  jar.set(hostCookieName(LOCALE_COOKIE), locale, preferenceCookie())
})

/** The state of a set-up link. */
export const openSetup = openAction(z.object({ token: Token }), async ({ token }) => {
  const state = await setupState(token)
  if (state !== 'open') await recordSetupRefused(state === 'done' ? 'done' : 'unknown', clientIp(await headers()))
  return state
})

/** The invitation of a link, or null if the link was used. */
export const openInvite = openAction(z.object({ token: Token }), async ({ token }) => {
  const invite = await findInvite(token)
  if (!invite) await recordInviteRefused(token, clientIp(await headers()))
  return invite
})

const FirstAdmin = z.object({ token: Token, name: MemberName, email: Email, password: NewPassword })
export const claim = openAction(FirstAdmin, async ({ token, ...admin }) =>
  claimSetup(token, admin, clientIp(await headers())),
)

const NewMember = z.object({ token: Token, name: MemberName, password: NewPassword })
export const accept = openAction(NewMember, async ({ token, ...person }) =>
  acceptInvite(token, person, clientIp(await headers())),
)
