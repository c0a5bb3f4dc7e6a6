import 'server-only'
import { isHttps } from '../../env'

const YEAR_SECONDS = 31_536_000

/** The options of a cookie with a preference of this browser, such as its language. Only the server reads it. */
export function preferenceCookie() {
  return { path: '/', maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true, secure: isHttps() } as const
}
