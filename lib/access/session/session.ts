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

/** The lifetime of a session. It is never extended. */
export const SESSION_SECONDS = 12 * 60 * 60

/** The content of a session cookie. Everything else is read from the rows of the session and its member at every request. */
const Claims = z.object({ session: z.uuid() })

function sessionCookieName(): string {
  return hostCookieName('next-auth.session-token')
}

/** The id in this request's session cookie; null where there is none, it has expired or it cannot be decrypted. */
export async function readSessionId(): Promise<string | null> {
  return openCookie((await cookies()).get(sessionCookieName())?.value)
}

/** The same for code that needs a session. Throws NotFoundError where there is none. */
export async function requireSessionId(): Promise<string> {
  const session = await readSessionId()
  if (!session) throw new NotFoundError()
  return session
}

/** The browser of a sign-in. */
export interface SigningBrowser {
  device: string
  /** The current session of this browser: the new one replaces it. */
  session: string | null
  /** The member who signed in with it before. */
  known: KnownBrowser | null
}

export const UNKNOWN_BROWSER: SigningBrowser = { device: '', session: null, known: null }

/** The browser of this request; null where it is not known for the member. */
export async function knownBrowser(member: string): Promise<KnownBrowser | null> {
  const known = toKnownBrowser((await cookies()).get(browserCookieName())?.value)
  return known?.member === member ? known : null
}

/** The browser that sent a request. Also works outside of a Next.js request. */
export async function signingBrowser(headers: Headers): Promise<SigningBrowser> {
  const sent = headers.get('cookie')?.split('; ') ?? []
  const cookie = (name: string) => sent.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  return {
    device: deviceOf(headers.get('user-agent')),
    session: await openCookie(cookie(sessionCookieName())),
    known: toKnownBrowser(cookie(browserCookieName())),
  }
}

/** Sets the session cookie in the response to this request. */
export async function sendSessionCookie(session: string): Promise<void> {
  const value = await encode({ token: { session }, secret: newestKey().secret, maxAge: SESSION_SECONDS })
  const jar = await cookies()
  jar.set(sessionCookieName(), value, { ...cookieOptions(), maxAge: SESSION_SECONDS })
}

/** The same for a new session; also makes the browser known for its member. */
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

/** The session options of next-auth; providers and sign-in rules are in lib/store/sign-in/sign-in.ts. */
export function sessionOptions(): Pick<NextAuthOptions, 'secret' | 'session' | 'jwt' | 'useSecureCookies' | 'cookies'> {
  return {
    // next-auth verifies its short-lived cookies (CSRF, state, nonce, PKCE) with this secret alone: a rotation ends sign-ins in progress.
    secret: newestKey().secret,
    // A cookie that next-auth extends is not valid after its session has ended.
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

/** The content of a next-auth cookie; null where it has expired or no key decrypts it. */
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
