import 'server-only'
import type { Access } from '../access/proof'
import type { Team } from '../domain/team'
import type { HomeView } from '../domain/views'
import { AppError } from '../errors'

export async function getHome(access: Access<'findings:read'>, team: Team): Promise<HomeView> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, team]) })
}
