import 'server-only'
import type { Role } from '../domain/people/role'
import type { TeamId } from '../domain/people/team'
import { permissionsOf } from './permissions'
import type { Grant } from './proof'

interface Granted {
  id: string
  name: string
  email: string
  role: Role
  teams: readonly TeamId[]
  accounts: 'all' | readonly string[]
  session?: string
}

/** The permissions and scope of a member, by the role table. */
export function memberGrant(member: Granted, ip: string | null): Grant {
  const { id, name, email, role, accounts, session } = member
  return {
    actor: { kind: 'member', id, name, email, role, teams: member.teams },
    accounts,
    ip,
    ...(session !== undefined && { session }),
    granted: new Set(permissionsOf(role)),
  }
}
