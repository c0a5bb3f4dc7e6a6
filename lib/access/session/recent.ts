import 'server-only'
import { AppError } from '../../errors'
import { currentMember } from '../access'
import type { Access } from '../proof'

/**
 * Throws `not_recent` for a member whose last proof of identity in this session was more than 15 minutes ago. Does not apply to tokens
 * and jobs.
 */
export async function requireRecent(access: Access): Promise<void> {
  if (access.actor.kind !== 'member') return
  const member = await currentMember()
  if (member?.id !== access.actor.id || !member.isRecent) throw new AppError('not_recent')
}
