import 'server-only'
import { cookies } from 'next/headers'
import type { NextAuthOptions } from 'next-auth'
import type { JWT } from 'next-auth/jwt'
import { decode, encode } from 'next-auth/jwt'
import { z } from 'zod'
import { env, isHttps } from '../env'

/** A sign-in lasts this long, whatever happens in between: nothing prolongs it. */
export const SESSION_SECONDS = 12 * 60 * 60

/** All that a session cookie says. Name, role and limits are read from the database at every request. */
const Claims = z.object({ member: z.uuid(), epoch: z.number().int(), since: z.number().int() })
export type Claims = z.infer<typeof Claims>

export function sessionCookieName(): string {
  return `${isHttps() ? '__Host-' : ''}next-auth.session-token`
}

/** The claims of this request's session, or null where there is none, it has expired or it is not ours. */
export async function readSession(): Promise<Claims | null> {
  const value = (await cookies()).get(sessionCookieName())?.value
  if (!value) return null
  const token = await decode({ token: value, secret: env().HINOMI_SECRET }).catch(() => null)
  const claims = Claims.safeParse(token)
  return claims.success && remaining(claims.data) > 0 ? claims.data : null
}

/** Replaces this browser's session, after the epoch of its member was raised. Only where cookies can be set. */
export async function renewSession(claims: Claims): Promise<void> {
  const maxAge = remaining(claims)
  const value = await encode({ token: { ...claims }, secret: env().HINOMI_SECRET, maxAge })
  const jar = await cookies()
  jar.set(sessionCookieName(), value, { ...cookieOptions(), maxAge })
}

export async function endSession(): Promise<void> {
  const jar = await cookies()
  jar.set(sessionCookieName(), '', { ...cookieOptions(), maxAge: 0 })
}

export function newClaims(member: { id: string; sessionEpoch: number }): Claims {
  return { member: member.id, epoch: member.sessionEpoch, since: seconds() }
}

/** The part of next-auth's settings that concerns the session; providers and rules of sign-in stand in lib/store/sign-in.ts. */
export function sessionOptions(): Pick<NextAuthOptions, 'secret' | 'session' | 'jwt' | 'useSecureCookies' | 'cookies'> {
  return {
    secret: env().HINOMI_SECRET,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    useSecureCookies: isHttps(),
    cookies: { sessionToken: { name: sessionCookieName(), options: cookieOptions() } },
    jwt: {
      maxAge: SESSION_SECONDS,
      // next-auth also seals its short-lived PKCE, state and nonce cookies here; those carry no claims.
      encode: params => encode({ ...params, maxAge: lifetime(params.token, params.maxAge) }),
    },
  }
}

function lifetime(token: JWT | undefined, asked: number | undefined): number {
  const claims = Claims.safeParse(token)
  return claims.success ? Math.max(0, remaining(claims.data)) : (asked ?? 0)
}

function cookieOptions() {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: isHttps() } as const
}

function remaining(claims: Claims): number {
  return claims.since + SESSION_SECONDS - seconds()
}

// The real clock, never the one that a demo may fix: a session must end.
function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
