import 'server-only'
import type { CookiesOptions } from 'next-auth'
import { isHttps } from '../../env'
import { hostCookieName } from './host-cookie'

const MINUTES_15 = 15 * 60

/** Cookies of next-auth during a sign-in. Over HTTPS all of them are bound to this host. */
export function signingCookies(): Partial<CookiesOptions> {
  return {
    callbackUrl: cookie('callback-url'),
    csrfToken: cookie('csrf-token'),
    pkceCodeVerifier: cookie('pkce.code_verifier', MINUTES_15),
    state: cookie('state', MINUTES_15),
    nonce: cookie('nonce', MINUTES_15),
  }
}

function cookie(name: string, maxAge?: number) {
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure: isHttps() } as const
  return {
    name: hostCookieName(`next-auth.${name}`),
    options: maxAge === undefined ? options : { ...options, maxAge },
  }
}

/**
 * Whether an encrypted cookie names the one pair of algorithms that next-auth encrypts with: a direct key and AES-256-GCM. Its own
 * decode would accept any that the header names. https://www.rfc-editor.org/rfc/rfc8725#section-3.1
 */
export function hasAllowedAlgorithms(sealed: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString('utf8'))
    return typeof header === 'object' && header !== null && isAllowed({ ...header })
  } catch {
    return false
  }
}

function isAllowed({ alg, enc }: { alg?: unknown; enc?: unknown }): boolean {
  return alg === 'dir' && enc === 'A256GCM'
}
