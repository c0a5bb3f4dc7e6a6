import 'server-only'
import { prisma } from '../../db'
import { type Permission, type TokenPermission, tokenPermissions } from '../../domain/people/role'
import type { TeamId } from '../../domain/people/team'
import type { Member, Prisma } from '../../generated/prisma/client'
import { permissionsOf, toRole } from '../permissions'

/** The most that a member's token may do: what the member may do now. */
export interface OwnerReach {
  granted: ReadonlySet<Permission>
  accounts: 'all' | readonly string[]
  /** The teams whose findings it may change; unset for every team. */
  teams?: readonly TeamId[]
}

type Standing = Pick<Member, 'role' | 'teams' | 'limited' | 'accounts'>

export function reachOf({ role, teams, limited, accounts }: Standing): OwnerReach {
  const granted = new Set(permissionsOf(toRole(role)))
  return {
    granted,
    accounts: limited ? accounts : 'all',
    ...(granted.has('findings:triage-any') ? {} : { teams }),
  }
}

/** The member who owns tokens, or null for one who was removed. */
export async function findOwner(where: { id: string } | { email: string }, db: Prisma.TransactionClient = prisma()) {
  return db.member.findFirst({ where: { ...where, removedAt: null } })
}

/** The accounts that are in both scopes. */
export function commonAccounts(a: 'all' | readonly string[], b: 'all' | readonly string[]): 'all' | readonly string[] {
  if (a === 'all') return b
  return b === 'all' ? a : a.filter(id => b.includes(id))
}

/** The parts of a new token's permissions and scope that its owner does not have. */
export function beyondReach(
  { granted, accounts }: Pick<OwnerReach, 'granted' | 'accounts'>,
  token: { permissions: readonly string[]; limited: boolean; accounts: readonly string[] },
): { permissions: TokenPermission[]; accounts: boolean } {
  const wanted = token.limited ? token.accounts : 'all'
  return {
    permissions: tokenPermissions.filter(each => token.permissions.includes(each) && !granted.has(each)),
    accounts: accounts !== 'all' && (wanted === 'all' || wanted.some(id => !accounts.includes(id))),
  }
}
