import 'server-only'
import { cache } from 'react'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { Team, TeamId } from '../../domain/people/team'
import type { TeamUse } from '../../domain/people/views'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { teamsSql } from '../../sql/teams'

const { sql } = Prisma

/** Once per request of a page. */
const readTeams = cache(() => read<Team>(teamsSql))

/** Every team in the order of the organisation, including retired ones. */
export async function listTeams(_access: Access): Promise<Team[]> {
  return readTeams()
}

/** Throws `conflict` for an id that is no team's. */
export async function requireTeams(access: Access<'findings:read'>, ids: readonly TeamId[]): Promise<void> {
  if (ids.length === 0) return
  const teams = await listTeams(access)
  const unknown = ids.find(id => !teams.some(team => team.id === id))
  if (unknown !== undefined)
    throw new AppError('conflict', { reason: 'teamUnknown', params: { id: unknown }, field: 'team' })
}

/** What refers to each team now, for those who manage teams. Throws ForbiddenError for readers who may not see every account. */
export async function listTeamUses(access: Access<'accounts:manage'>): Promise<TeamUse[]> {
  requireAllAccounts(access)
  return read<TeamUse>(sql`
    SELECT t.id, (SELECT count(*)::int FROM account a WHERE a.owner_team = t.id AND a.closed_at IS NULL) AS accounts,
      (SELECT count(*)::int FROM member m WHERE t.id = ANY(m.teams) AND m.removed_at IS NULL) AS members,
      (SELECT coalesce(sum(c.n), 0)::int FROM finding_count c JOIN account a ON a.id = c.account_id
       WHERE c.team = t.id AND c.status IN (${openStatusSql}) AND a.closed_at IS NULL) AS findings
    FROM team t`)
}
