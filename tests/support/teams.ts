import { pool } from '../../lib/db'
import type { Team, TeamKind } from '../../lib/domain/people/team'

/** An active team with this id and kind. */
export function teamOf(id: string, kind: TeamKind, more: Partial<Team> = {}): Team {
  return { id, kind, nameEn: id, nameJa: id, retired: false, successor: null, ...more }
}

/** The teams of a new installation. */
export const sre = teamOf('sre', 'infrastructure', { nameEn: 'SRE', nameJa: 'SRE' })
export const csirt = teamOf('csirt', 'security_response', { nameEn: 'CSIRT', nameJa: 'CSIRT' })
export const cit = teamOf('cit', 'corporate_it', { nameEn: 'CIT', nameJa: 'CIT' })
export const firstTeams: readonly Team[] = [sre, csirt, cit]

/** Removes all accounts, and resets the teams to those of a new installation. */
export async function resetTeams(): Promise<void> {
  await pool().query('TRUNCATE account, team')
  await pool().query(
    `INSERT INTO team (id, kind, name_en, name_ja, position)
     SELECT id, kind, upper(id), upper(id), n FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(id, kind, n)`,
    [firstTeams.map(team => team.id), firstTeams.map(team => team.kind)],
  )
}
