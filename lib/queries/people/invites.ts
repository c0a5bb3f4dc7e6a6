import 'server-only'
import { toRole } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { findOpenInvite, hashInvite, isPendingInvite } from '../../access/sign-in/invite-token'
import { prisma } from '../../db'
import type { Role } from '../../domain/people/role'
import type { InviteRow } from '../../domain/people/views'

const MAX_ROWS = 500

/** Invitations that can still be accepted, the newest first. */
export async function listInvites(_access: Access<'members:manage'>): Promise<InviteRow[]> {
  const invites = await prisma().invite.findMany({
    where: isPendingInvite(),
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: MAX_ROWS,
  })
  const known = await prisma().member.findMany({
    where: { removedAt: null, email: { in: invites.map(invite => invite.email) } },
    select: { email: true },
  })
  const addresses = new Set(known.map(member => member.email.toLowerCase()))
  return invites.map(({ id, email, role, teams, limited, accounts, createdAt, expiresAt }) => ({
    id,
    email,
    role: toRole(role),
    teams,
    limited,
    accounts,
    createdAt,
    expiresAt,
    isReset: addresses.has(email.toLowerCase()),
  }))
}

export interface OpenInvite {
  email: string
  role: Role
  /** The name of a member who only sets a new password; null for one who joins. */
  name: string | null
}

/** The invitation of a link, or null where it was used. Read before sign-in: whoever has the link may know. */
export async function findInvite(token: string): Promise<OpenInvite | null> {
  const invite = await findOpenInvite(prisma(), { tokenHash: hashInvite(token) })
  if (!invite) return null
  const member = await prisma().member.findFirst({ where: { email: invite.email, removedAt: null } })
  return { email: invite.email, role: toRole(invite.role), name: member?.name ?? null }
}
