import 'server-only'
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isHttps } from '../../env'
import { deriveKey, keys, newestKey } from '../seal/keys'
import { hostCookieName } from './host-cookie'

const YEAR_SECONDS = 31_536_000
const VALUE = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{22}(?:~[0-9a-z]{1,11})?)\.([A-Za-z0-9_-]{43})$/

/** A browser in which a member has signed in before. It does not authenticate anybody. */
export interface KnownBrowser {
  member: string
  id: string
}

export function browserCookieName(): string {
  return hostCookieName('hinomi-browser')
}

/** The Set-Cookie header that makes the browser known for a member. A browser that is already known keeps its id. */
export function browserCookie(member: string, known: KnownBrowser | null = null): string {
  const { value } = knownBrowserCookie(member, known)
  const secure = isHttps() ? '; Secure' : ''
  return `${browserCookieName()}=${value}; Path=/; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Strict${secure}`
}

/** The same for code that sets cookies through Next.js. */
export function knownBrowserCookie(member: string, known: KnownBrowser | null = null) {
  const id = known?.member === member ? known.id : `${randomBytes(16).toString('base64url')}~${Date.now().toString(36)}`
  const options = { path: '/', maxAge: YEAR_SECONDS, httpOnly: true, sameSite: 'strict', secure: isHttps() } as const
  return { value: `${member}.${id}.${seal(deriveKey(newestKey(), 'known browsers'), member, id)}`, options }
}

/** Since when a browser is known. Ids of earlier versions do not contain the time: the epoch for those. */
export function knownSince({ id }: KnownBrowser): Date {
  return new Date(Number.parseInt(id.split('~')[1] ?? '0', 36))
}

/** The browser that a cookie names; null where the signature is not valid. */
export function toKnownBrowser(value: string | undefined): KnownBrowser | null {
  const [, member, id, sealed] = VALUE.exec(value ?? '') ?? []
  if (!member || !id || !sealed) return null
  // Versions before key rotation signed with the secret itself. Their cookies last for a year.
  const usable = keys().flatMap(key => [deriveKey(key, 'known browsers'), key.secret])
  const isValid = usable.some(key => timingSafeEqual(Buffer.from(sealed), Buffer.from(seal(key, member, id))))
  return isValid ? { member, id } : null
}

function seal(key: Buffer | string, member: string, id: string): string {
  return createHmac('sha256', key).update(`known browser\0${member}\0${id}`).digest('base64url')
}
