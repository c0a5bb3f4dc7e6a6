import 'server-only'
import { cookies } from 'next/headers'
import type { NextAuthOptions } from 'next-auth'
import { decode, encode, type JWT, type JWTDecodeParams } from 'next-auth/jwt'
import { z } from 'zod'
import { deviceOf } from '../../domain/people/device'
import { isHttps } from '../../env'
import { NotFoundError } from '../../errors'
import { keys, newestKey } from '../seal/keys'
import { hasAllowedAlgorithms, signingCookies } from './auth-cookies'
import { hostCookieName } from './host-cookie'
import { browserCookieName, type KnownBrowser, knownBrowserCookie, toKnownBrowser } from './known-browser'

/** A session lasts this long at most: nothing prolongs it. */
export const SESSION_SECONDS = 12 * 60 * 60

/** All that a session cookie says. Everything else is read from the row of the session and of its member at every request. */
const Claims = z.object({ session: z.uuid() })

function sessionCookieName(): string {
  return hostCookieName('next-auth.session-token')
}

/** The id in this request's session cookie, or null where there is none, it has expired or it is not ours. */
export async function readSessionId(): Promise<string | null> {
  return openCookie((await cookies()).get(sessionCookieName())?.value)
}

/** The same for code that needs a session. Throws NotFoundError where there is none. */
export async function requireSessionId(): Promise<string> {
  const session = await readSessionId()
  if (!session) throw new NotFoundError()
  return session
}

/** What is known of the browser that signs in. */
export interface SigningBrowser {
  device: string
  /** The session that this browser has: the new one replaces it. */
  session: string | null
  /** Who signed in with it before. */
  known: KnownBrowser | null
}

export const UNKNOWN_BROWSER: SigningBrowser = { device: '', session: null, known: null }

/** The browser of this request, where it is known for a member. */
export async function knownBrowser(member: string): Promise<KnownBrowser | null> {
  const known = toKnownBrowser((await cookies()).get(browserCookieName())?.value)
  return known?.member === member ? known : null
}

/** The browser that sent a request. For code that runs outside a request of Next.js as well. */
export async function signingBrowser(headers: Headers): Promise<SigningBrowser> {
  const sent = headers.get('cookie')?.split('; ') ?? []
  const cookie = (name: string) => sent.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  return {
    device: deviceOf(headers.get('user-agent')),
    session: await openCookie(cookie(sessionCookieName())),
    known: toKnownBrowser(cookie(browserCookieName())),
  }
}

/** Gives the browser of this request the cookie of a session. */
export async function sendSessionCookie(session: string): Promise<void> {
  const value = await encode({ token: { session }, secret: newestKey().secret, maxAge: SESSION_SECONDS })
  const jar = await cookies()
  jar.set(sessionCookieName(), value, { ...cookieOptions(), maxAge: SESSION_SECONDS })
}

/** The same for a session that has just begun; makes the browser known for its member as well. */
export async function keepSignedIn({ id, session }: { id: string; session: string }): Promise<void> {
  await sendSessionCookie(session)
  const jar = await cookies()
  const known = knownBrowserCookie(id, toKnownBrowser(jar.get(browserCookieName())?.value))
  jar.set(browserCookieName(), known.value, known.options)
}

export async function dropSessionCookie(): Promise<void> {
  const jar = await cookies()
  jar.set(sessionCookieName(), '', { ...cookieOptions(), maxAge: 0 })
}

/** The part of next-auth's settings that concerns the session; providers and rules of sign-in stand in lib/store/sign-in/sign-in.ts. */
export function sessionOptions(): Pick<NextAuthOptions, 'secret' | 'session' | 'jwt' | 'useSecureCookies' | 'cookies'> {
  return {
    // next-auth knows its short-lived cookies (CSRF, state, nonce, PKCE) by this secret alone: a rotation ends a sign-in under way.
    secret: newestKey().secret,
    // A cookie that next-auth prolongs is worth nothing after its session has ended.
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    useSecureCookies: isHttps(),
    cookies: { ...signingCookies(), sessionToken: { name: sessionCookieName(), options: cookieOptions() } },
    jwt: {
      maxAge: SESSION_SECONDS,
      encode: params => encode({ ...params, secret: newestKey().secret }),
      decode: decodeWithAnyKey,
    },
  }
}

async function openCookie(value: string | undefined): Promise<string | null> {
  if (!value) return null
  const claims = Claims.safeParse(await decodeWithAnyKey({ token: value }))
  return claims.success ? claims.data.session : null
}

/** What a cookie of next-auth says, or null where it has expired or no key opens it. */
async function decodeWithAnyKey(params: Omit<JWTDecodeParams, 'secret'>): Promise<JWT | null> {
  if (!params.token || !hasAllowedAlgorithms(params.token)) return null
  for (const { secret } of keys()) {
    const token = await decode({ ...params, secret }).catch(() => null)
    if (token) return token
  }
  return null
}

function cookieOptions() {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: isHttps() } as const
}
