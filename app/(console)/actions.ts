'use server'

import { cookies } from 'next/headers'
import { z } from 'zod'
import { currentMember, requireAccess } from '@/lib/access/access'
import { currentLocale } from '@/lib/access/locale'
import { hostCookieName } from '@/lib/access/session/host-cookie'
import { knownSince } from '@/lib/access/session/known-browser'
import { keepNoticesRead } from '@/lib/access/session/notices-cookie'
import { pendingSignIn } from '@/lib/access/session/pending'
import { preferenceCookie } from '@/lib/access/session/preference-cookie'
import { dropSessionCookie, knownBrowser, requireSessionId } from '@/lib/access/session/session'
import { requireRelyingParty } from '@/lib/access/sign-in/relying-party'
import { action } from '@/lib/action'
import { now } from '@/lib/clock'
import { canonicalTitle, withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { type Theme, themeCookie, toTheme } from '@/lib/domain/people/theme'
import { Assertion } from '@/lib/domain/sign-in/passkey'
import { LOCALE_COOKIE, locales } from '@/lib/locale'
import { hasUnreadBefore } from '@/lib/queries/people/notices'
import { searchEverywhere } from '@/lib/queries/search'
import * as steps from '@/lib/store/passkeys/steps'
import { markNoticesRead } from '@/lib/store/people/notices'
import { endOwnSession, setLocale } from '@/lib/store/people/profile'
import { cancelSignIn } from '@/lib/store/sign-in/second-step'
import { VerifyPassword, verifyByPassword } from '@/lib/store/sign-in/verify-again'

const MAX_TEXT = 200

/** Accounts, findings and controls that match a text, among those that the member may see. */
export const search = action({
  needs: 'findings:read',
  input: z.string().transform(text => text.trim().slice(0, MAX_TEXT)),
  run: async (access, text) => {
    const [locale, found] = await Promise.all([currentLocale(), searchEverywhere(access, text)])
    const controls = found.controls.map(each => ({ ...each, title: canonicalTitle(locale, each.id) ?? each.title }))
    return { ...found, findings: withCanonicalTitles(locale, found.findings), controls }
  },
})

/** Stores the theme on this device. */
export async function setTheme(theme: Theme): Promise<void> {
  const jar = await cookies()
  jar.set(hostCookieName(themeCookie), toTheme(theme), preferenceCookie())
}

/** Stores the language for the member, and for this browser when signed out. */
export const setLanguage = action({
  needs: [],
  input: z.object({ locale: z.enum(locales) }),
  run: async (access, { locale }) => {
    await setLocale(access, locale)
    const jar = await cookies()
    jar.set(hostCookieName(LOCALE_COOKIE), locale, preferenceCookie())
  },
})

/** Ends the session itself, which invalidates copies of the cookie. */
export async function signOut(): Promise<void> {
  const member = await currentMember()
  const pending = member ? null : await pendingSignIn()
  if (member) await endOwnSession(await requireAccess(), { id: member.session }, 'sign-out')
  if (pending) await cancelSignIn(pending)
  await dropSessionCookie()
}

/** Confirms the member's identity, for actions that require it. */
export const verify = action({
  needs: [],
  input: VerifyPassword,
  run: async (access, input) => verifyByPassword(access, input, await requireSessionId()),
})

/** The options for the same with a passkey. */
export const beginPasskeyVerification = action({
  needs: [],
  input: z.object({}),
  run: async access => steps.beginPasskeyVerification(access, await requireSessionId(), await requireRelyingParty()),
})

export const verifyPasskey = action({
  needs: [],
  input: z.object({ assertion: Assertion }),
  run: async (access, { assertion }) =>
    steps.verifyByPasskey(access, await requireSessionId(), await requireRelyingParty(), assertion),
})

/** Answers `not_recent` where an export of everything would. */
export const proveRecent = action({ needs: [], recent: true, input: z.object({}), run: async () => true })

/**
 * Marks the notices up to `at` as read: in this browser and, if it was known before all of them, in all browsers. An
 * intruder on a new device can therefore not hide them from the member.
 */
export const confirmNotices = action({
  needs: [],
  input: z.object({ at: z.date() }),
  run: async (access, input) => {
    const { id } = access.actor
    const at = new Date(Math.min(input.at.getTime(), Math.max(Date.now(), now().getTime())))
    const browser = await knownBrowser(id)
    if (browser && !(await hasUnreadBefore(access, knownSince(browser)))) await markNoticesRead(access, at)
    await keepNoticesRead(id, at)
  },
})
