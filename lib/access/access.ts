import 'server-only'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { prisma } from '../db'
import type { Team } from '../domain/team'
import { ForbiddenError } from '../errors'
import { memberGrant, toTeams } from './grant'
import { safePath } from './paths'
import { clientIp } from './peer'
import { isRole, type Permission, type Role } from './permissions'
import { type Access, prove, requireAllAccounts } from './proof'
import { recordingRefusals } from './refusals'
import { readSession } from './session'

/** The person who is signed in: for layouts, for the language, and for hiding what they may not do. */
export interface CurrentMember {
  id: string
  name: string
  email: string
  role: Role
  teams: Team[]
  accounts: 'all' | readonly string[]
  locale: string | null
  /** Whether a password is set; without one the member signs in by OpenID Connect only. */
  hasPassword: boolean
  /** When this session began, in seconds. */
  since: number
  epoch: number
}

/**
 * The member of this request's session, read from the database once per request; null where nobody is signed in, the member
 * was removed, or the session is older than the member's last change of password.
 */
export const currentMember = cache(async (): Promise<CurrentMember | null> => {
  const session = await readSession()
  if (!session) return null
  const row = await prisma().member.findFirst({
    where: { id: session.member, sessionEpoch: session.epoch, removedAt: null },
  })
  if (!row || !isRole(row.role)) return null
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    teams: toTeams(row.teams),
    accounts: row.limited ? row.accounts : 'all',
    locale: row.locale,
    hasPassword: row.passwordHash !== null,
    since: session.since,
    epoch: session.epoch,
  }
})

/**
 * Proof for the person who is signed in. Nobody signed in: redirects to sign-in and back. A permission missing: ForbiddenError,
 * which pages show as 403.
 */
export async function requireAccess<P extends Permission>(...needed: P[]): Promise<Access<P>> {
  return granted(needed, () => undefined)
}

/** The same for what holds for the whole organisation: who is limited to some accounts gets the ForbiddenError as well. */
export async function requireWholeAccess<P extends Permission>(...needed: P[]): Promise<Access<P>> {
  return granted(needed, requireAllAccounts)
}

async function granted<P extends Permission>(
  needed: readonly P[],
  check: (access: Access<P>) => void,
): Promise<Access<P>> {
  const member = await currentMember()
  const head = await headers()
  if (!member) redirect(`/sign-in?callbackUrl=${encodeURIComponent(safePath(head.get('x-hinomi-path')))}`)
  try {
    const grant = memberGrant(member, clientIp(head))
    const prover = () => {
      const access = prove(grant, needed)
      check(access)
      return access
    }
    return await recordingRefusals(grant, head.get('x-hinomi-path'), prover, needed)
  } catch (error) {
    // The mark by which Next.js knows what its own forbidden() throws.
    if (error instanceof ForbiddenError) Object.assign(error, { digest: 'NEXT_HTTP_ERROR_FALLBACK;403' })
    throw error
  }
}
