import 'server-only'
import { headers } from 'next/headers'
import { cache } from 'react'
import { pool } from '../../db'
import type { PendingStage } from '../../domain/sign-in/second-factor'
import { Prisma } from '../../generated/prisma/client'
import { memberGrant } from '../grant'
import { clientIp } from '../network/peer'
import { isRole } from '../permissions'
import { type Access, prove } from '../proof'
import { readSessionId } from './session'
import { isLive } from './sql'

/** A sign-in with a correct password that still needs a second factor, or needs the member to set one up. */
export interface PendingSignIn {
  session: string
  stage: PendingStage
  member: { id: string; name: string; email: string }
  /** Identifies the member for the audit log and grants no permission. */
  access: Access
}

interface Row {
  id: string
  name: string
  email: string
  role: string
  teams: string[]
  stage: PendingStage
}

/** The incomplete sign-in of this request's session; null where there is none or it has expired, see lib/access/session/sql.ts. */
export const pendingSignIn = cache(async (): Promise<PendingSignIn | null> => {
  const session = await readSessionId()
  if (!session) return null
  const { text, values } = Prisma.sql`
    SELECT m.id, m.name, m.email, m.role, m.teams, s.stage
    FROM session s JOIN member m ON m.id = s.member_id
    WHERE s.id = ${session}::uuid AND ${isLive()} AND s.stage <> 'complete' AND m.removed_at IS NULL`
  const { rows } = await pool().query<Row>(text, values)
  const [row] = rows
  if (!row || !isRole(row.role)) return null
  const { id, name, email, role, stage } = row
  const member = { id, name, email, role, teams: row.teams, accounts: [], session }
  const grant = { ...memberGrant(member, clientIp(await headers())), granted: new Set<never>() }
  return { session, stage, member: { id, name, email }, access: prove(grant, []) }
})
