import 'server-only'
import { createHash } from 'node:crypto'
import type { Prisma } from '../generated/prisma/client'

export function hashInvite(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Which invitations are still good. The real clock, never the one that a demo may fix: a link must end. */
export function isPendingInvite() {
  return { acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } } satisfies Prisma.InviteWhereInput
}
