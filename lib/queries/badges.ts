import 'server-only'
import type { Access } from '../access/proof'
import { AppError } from '../errors'

export async function sidebarBadges(access: Access<'findings:read'>): Promise<{ mine: number; mineOverdue: number }> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip]) })
}
