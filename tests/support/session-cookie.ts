import { sessionOptions } from '../../lib/access/session/session'

/** The name of the cookie that holds a session. */
export function sessionCookieName(): string {
  const name = sessionOptions().cookies?.sessionToken?.name
  if (!name) throw new Error('the session has no cookie')
  return name
}
