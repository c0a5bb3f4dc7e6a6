import 'server-only'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { pool } from '../db'
import type { Permission, Role } from '../domain/people/role'
import type { TeamId } from '../domain/people/team'
import { ForbiddenError } from '../errors'
import { Prisma } from '../generated/prisma/client'
import { memberGrant } from './grant'
import { clientIp } from './network/peer'
import { safePath } from './paths'
import { isRole } from './permissions'
import { type Access, prove, requireAllAccounts } from './proof'
import { recordingRefusals } from './refusals/refusals'
import { noteUse } from './session/note-use'
import { readSessionId } from './session/session'
import { isLive, isRecentlyVerified } from './session/sql'

/** The signed-in person: for layouts, for the language, and for hiding actions that they may not perform. */
export interface CurrentMember {
  id: string
  name: string
  email: string
  role: Role
  teams: TeamId[]
  accounts: 'all' | readonly string[]
  locale: string | null
  /** Whether a password is set; without one the member signs in by OpenID Connect only. */
  hasPassword: boolean
  /** The session of this request. */
  session: string
  /** Whether they proved their identity recently enough for actions that require it: lib/access/session/recent.ts. */
  isRecent: boolean
}

interface Row {
  id: string
  name: string
  email: string
  role: string
  teams: string[]
  limited: boolean
  accounts: string[]
  locale: string | null
  has_password: boolean
  stale: boolean
  recent: boolean
}

/** The teams of member `m` in the order of the organisation: the home page of the first one is their start page. */
const teamsInOrder = Prisma.sql`ARRAY(SELECT t.id FROM team t WHERE t.id = ANY(m.teams) ORDER BY t.position, t.id)`

/**
 * The member of this request's session, read from the database once per request; null where nobody is signed in, the member was
 * removed, or the session has ended, expired or was idle for HINOMI_SESSION_IDLE_MINUTES.
 */
export const currentMember = cache(async (): Promise<CurrentMember | null> => {
  const session = await readSessionId()
  if (!session) return null
  const { text, values } = Prisma.sql`
    SELECT m.id, m.name, m.email, m.role, ${teamsInOrder} AS teams, m.limited, m.accounts, m.locale,
      m.password_hash IS NOT NULL AS has_password, s.last_used_at < now() - interval '1 minute' AS stale,
      ${isRecentlyVerified} AS recent
    FROM session s JOIN member m ON m.id = s.member_id
    WHERE s.id = ${session}::uuid AND ${isLive()} AND s.stage = 'complete' AND m.removed_at IS NULL`
  const { rows } = await pool().query<Row>(text, values)
  const [row] = rows
  if (!row || !isRole(row.role)) return null
  if (row.stale) await noteSession(session)
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    teams: row.teams,
    accounts: row.limited ? row.accounts : 'all',
    locale: row.locale,
    hasPassword: row.has_password,
    session,
    isRecent: row.recent,
  }
})

/** At most once a minute, so that reading pages costs no writes. Does not wait for a standby: pages work while none responds. */
async function noteSession(session: string): Promise<void> {
  const ip = clientIp(await headers())
  const update = `UPDATE session SET last_used_at = now(), ip = coalesce($2, ip) FROM set_config('synchronous_commit', 'off', TRUE)
     WHERE id = $1 AND ended_at IS NULL AND last_used_at < now() - interval '1 minute'`
  await noteUse(() => pool().query(update, [session, ip]))
}

/**
 * Proof for the signed-in person. Where nobody is signed in, redirects to sign-in and back. Throws ForbiddenError where a permission is
 * missing, which pages show as 403.
 */
export async function requireAccess<P extends Permission>(...needed: P[]): Promise<Access<P>> {
  return granted(needed, () => undefined)
}

/** The same for settings of the whole organisation: also throws ForbiddenError for members limited to some accounts. */
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
    // The digest by which Next.js recognises errors of its own forbidden().
    if (error instanceof ForbiddenError) Object.assign(error, { digest: 'NEXT_HTTP_ERROR_FALLBACK;403' })
    throw error
  }
}
