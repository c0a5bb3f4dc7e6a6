import 'server-only'
import { isHttps } from '../env'

const YEAR_SECONDS = 31_536_000

/** The name of a cookie that keeps a choice of this browser, such as its language: by https bound to this host. */
export function preferenceCookieName(name: string): string {
  return `${isHttps() ? '__Host-' : ''}${name}`
}

/** How such a choice is kept. Only the server reads it. */
export function preferenceCookie() {
  return { path: '/', maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true, secure: isHttps() } as const
}
