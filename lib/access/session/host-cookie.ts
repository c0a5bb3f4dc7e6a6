import 'server-only'
import { isHttps } from '../../env'

/** The name under which a cookie is set: by https with the prefix that binds it to this host (RFC 6265bis). */
export function hostCookieName(name: string): string {
  return `${isHttps() ? '__Host-' : ''}${name}`
}
