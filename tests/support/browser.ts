import { encode } from 'next-auth/jwt'
import { prisma } from '../../lib/db'
import { env } from '../../lib/env'

interface Cookie {
  value: string
  maxAge?: number
}

/** The values of next/headers in a test: one browser, whose cookies and headers the test sets. */
export const browser = {
  cookies: new Map<string, Cookie>(),
  headers: new Headers(),
}

/** Replaces next/headers: vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders) */
export const nextHeaders = {
  headers: async () => browser.headers,
  cookies: async () => ({
    get: (name: string) => browser.cookies.get(name),
    set: (name: string, value: string, options: { maxAge?: number } = {}) => {
      browser.cookies.set(name, { value, ...options })
    },
    delete: (name: string) => browser.cookies.delete(name),
  }),
}

/** Creates a session in the browser, as sign-in would. Returns its id. */
export async function signInAs(member: { id: string }, claims: object = {}): Promise<string> {
  // Not at the top: these modules import next/headers, which this module replaces.
  const { SESSION_SECONDS } = await import('../../lib/access/session/session')
  const { sessionCookieName } = await import('./session-cookie')
  const { id } = await prisma().session.create({ data: { memberId: member.id } })
  const token = { session: id, ...claims }
  const value = await encode({ token, secret: env().HINOMI_SECRET, maxAge: SESSION_SECONDS })
  browser.cookies.set(sessionCookieName(), { value })
  return id
}

export function signOut(): void {
  browser.cookies.clear()
}
