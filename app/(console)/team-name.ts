import { getLocale } from 'next-intl/server'
import { requireAccess } from '@/lib/access/access'
import { type TeamId, teamName } from '@/lib/domain/people/team'
import { listTeams } from '@/lib/queries/teams/teams'

/** The name of a team in the reader's language, for texts of the server; the id of an unknown team. */
export async function nameOfTeam(id: TeamId): Promise<string> {
  const [access, locale] = await Promise.all([requireAccess('findings:read'), getLocale()])
  const team = (await listTeams(access)).find(each => each.id === id)
  return team ? teamName(team, locale) : id
}
