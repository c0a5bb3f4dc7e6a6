import 'server-only'
import { createHash } from 'node:crypto'
import type { Invite, Prisma } from '../../generated/prisma/client'
import { can, toRole } from '../permissions'

export function hashInvite(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The condition for pending invitations. Uses the real clock, never the demo's fixed one: a link must expire. */
export function isPendingInvite() {
  return { acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } } satisfies Prisma.InviteWhereInput
}

/**
 * The pending invitation that matches `where`, or null. Its creator must still be allowed to invite; an invitation without a creator
 * was created on the command line. Call it under lockMembers, so that no demotion happens between this check and the acceptance.
 */
export async function findOpenInvite(
  db: Prisma.TransactionClient,
  where: { tokenHash: string } | { email: string },
): Promise<Invite | null> {
  const invite = await db.invite.findFirst({ where: { ...where, ...isPendingInvite() } })
  if (!invite || invite.createdBy === null) return invite
  const creator = await db.member.findFirst({ where: { id: invite.createdBy, removedAt: null } })
  return creator && can(toRole(creator.role), 'members:manage') ? invite : null
}
