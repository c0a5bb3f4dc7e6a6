import type { NextAuthOptions, User } from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import { type SigningBrowser, sessionOptions } from '@/lib/access/session/session'
import { orUnavailable, relyingPartyAt } from '@/lib/access/sign-in/relying-party'
import { env } from '@/lib/env'
import { AppError, ForbiddenError } from '@/lib/errors'
import { log } from '@/lib/log'
import { outageError, outageOf } from '@/lib/outage'
import { signInWithPasskey } from '@/lib/store/passkeys/sign-in'
import { type Admitted, signInWithIdentity, signInWithPassword } from '@/lib/store/sign-in/sign-in'

type SigningIn = User & Partial<Admitted>

/**
 * next-auth's settings for one request: where it came from, for limits and the audit log, the browser that signs in,
 * the OpenID Connect providers, and the result of the sign-in.
 */
export function authOptions(
  ip: string | null,
  browser: SigningBrowser,
  providers: readonly OAuthConfig<Record<string, unknown>>[],
  remember: (member: string) => void = () => {},
): NextAuthOptions {
  // next-auth reads its own address from here: redirects of OpenID Connect must lead back to the address that people
  // use.
  const { HINOMI_URL } = env()
  if (HINOMI_URL) process.env.NEXTAUTH_URL = new URL(HINOMI_URL).origin
  else process.env.AUTH_TRUST_HOST = '1'
  const passkeySignIn = async (assertion: string | undefined, host: string | undefined) =>
    signInWithPasskey(orUnavailable(relyingPartyAt(host)), toJson(assertion), ip, browser)
  return {
    ...sessionOptions(),
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    logger: {
      // The details hold codes and tokens of the provider.
      error: (code, detail) => log.error({ code, reason: reasonOf(detail) }, 'sign-in failed'),
      warn: code => log.debug({ code }, 'sign-in'),
      debug: () => {},
    },
    providers: [
      Credentials({
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        authorize: given => withoutDetails(() => signInWithPassword(given, ip, browser)),
      }),
      Credentials({
        id: 'passkey',
        credentials: { assertion: {} },
        authorize: (given, request) => withoutDetails(() => passkeySignIn(given?.assertion, request.headers?.host)),
      }),
      ...providers,
    ],
    // A browser becomes known for a member once all steps are done: see keepSignedIn for those with a second one.
    events: {
      signIn({ user }: { user: SigningIn }) {
        if (user.stage === 'complete') remember(user.id)
      },
    },
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.type === 'credentials') return true
        const member = account
          ? await withoutDetails(() => signInWithIdentity(account.provider, profile, ip, browser)).catch(refusalOf)
          : null
        if (typeof member === 'string') return `/sign-in?error=${member}`
        if (!member) return '/sign-in?error=NotInvited'
        // Carried to the jwt callback below, which gets the same object.
        Object.assign(user, member)
        return true
      },
      jwt({ token, user }: { token: object; user?: SigningIn }) {
        if (!user) return { ...token }
        if (user.session === undefined) throw new Error('no member was found for this sign-in')
        return { session: user.session }
      },
      // The browser sees only the end of its session.
      session: ({ session }) => ({ expires: session.expires }),
    },
  }
}

/** next-auth puts the message of an error into an address: an unexpected one is logged and becomes its general code. */
async function withoutDetails<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw error
    const outage = outageOf(error)
    if (outage) throw outageError(outage)
    log.error({ err: error }, 'sign-in failed')
    throw new Error('Default')
  }
}

/** Null if the text is not JSON. */
function toJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}

function reasonOf(detail: unknown): string | undefined {
  const error = detail instanceof Error ? detail : (detail as { error?: unknown } | undefined)?.error
  return error instanceof Error ? error.message : undefined
}

/** The reason of a refusal, as the sign-in page names it. */
function refusalOf(error: unknown): string {
  if (error instanceof ForbiddenError) return error.reason
  throw error
}
