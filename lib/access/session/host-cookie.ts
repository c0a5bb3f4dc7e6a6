import 'server-only'
import { isHttps } from '../../env'

/** The name of a cookie: over HTTPS with the prefix that binds it to this host (RFC 6265bis). */
export function hostCookieName(name: string): string {
  return `${isHttps() ? '__Host-' : ''}${name}`
}
