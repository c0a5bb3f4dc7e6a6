import 'server-only'
import { cookies, headers } from 'next/headers'
import { isLocale, LOCALE_COOKIE, type Locale, negotiateLocale } from '../locale'
import { outageOf } from '../outage'
import { type CurrentMember, currentMember } from './access'
import { hostCookieName } from './session/host-cookie'

/** The reader's language: the member's setting, else the last choice in this browser, else the browser's Accept-Language. */
export async function currentLocale(): Promise<Locale> {
  const member = await currentMember().catch(nobodyDuringOutage)
  if (isLocale(member?.locale)) return member.locale
  const chosen = (await cookies()).get(hostCookieName(LOCALE_COOKIE))?.value
  return isLocale(chosen) ? chosen : negotiateLocale((await headers()).get('accept-language'))
}

/** The language of an answer of the API: the reader's in a browser, for a token that of Accept-Language. */
export async function apiLocale(request: Request): Promise<Locale> {
  return request.headers.has('authorization')
    ? negotiateLocale(request.headers.get('accept-language'))
    : currentLocale()
}

// The error page needs a language while the database is unavailable.
function nobodyDuringOutage(error: unknown): CurrentMember | null {
  if (outageOf(error)) return null
  throw error
}
