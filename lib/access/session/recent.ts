import 'server-only'
import { AppError } from '../../errors'
import { currentMember } from '../access'
import type { Access } from '../proof'

/**
 * Throws `not_recent` for a member who proved who they are more than 15 minutes ago in the session of this request. Tokens and jobs
 * have nobody to ask.
 */
export async function requireRecent(access: Access): Promise<void> {
  if (access.actor.kind !== 'member') return
  const member = await currentMember()
  if (member?.id !== access.actor.id || !member.isRecent) throw new AppError('not_recent')
}
