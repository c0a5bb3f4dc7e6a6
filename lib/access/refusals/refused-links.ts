import 'server-only'
import { prisma } from '../../db'
import type { Invite } from '../../generated/prisma/client'
import { hashInvite } from '../sign-in/invite-token'
import { ANONYMOUS, recordThrottled } from './throttled-audit'

/** Records the use of an invalid link of an invitation or of a password reset. Must be called outside of transactions. */
export async function recordInviteRefused(token: string, ip: string | null): Promise<void> {
  const invite = await prisma().invite.findUnique({ where: { tokenHash: hashInvite(token) } })
  const target = invite ? `invite:${invite.id}` : ''
  const detail = { reason: reasonOf(invite), ...(invite ? { email: invite.email } : {}) }
  await recordThrottled({ action: 'invite.refused', actor: ANONYMOUS, ip, target, detail })
}

/** Records the use of an invalid set-up link: an older one, or one after the first administrator was created. */
export async function recordSetupRefused(reason: 'unknown' | 'done', ip: string | null): Promise<void> {
  await recordThrottled({ action: 'setup.refused', actor: ANONYMOUS, ip, target: '', detail: { reason } })
}

function reasonOf(invite: Invite | null): string {
  if (!invite) return 'unknown'
  if (invite.acceptedAt) return 'accepted'
  if (invite.revokedAt) return 'revoked'
  // The remaining reason: its creator may no longer invite.
  return invite.expiresAt <= new Date() ? 'expired' : 'creator'
}
