import 'server-only'
import type { Team, TeamId, TeamKind } from '../../domain/people/team'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { teamsSql } from '../../sql/teams'
import { runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/** Read after they are held: a statement that waits for a lock does not see rows that were added meanwhile. */
const hold = sql`SELECT id FROM team ORDER BY id FOR KEY SHARE`

/**
 * Holds the teams as they are until the transaction ends, and gives them in their order. Whoever writes a team into a finding, an account,
 * a rule or a member takes this first: none is retired meanwhile. Teams come before rows of members, and those before accounts.
 */
export async function holdTeams(tx: Tx): Promise<Team[]> {
  await runIn(tx, hold)
  return runIn<Team>(tx, teamsSql)
}

/** Holds the teams and checks that all of `ids` are active. Throws `conflict` for a team that is unknown or retired. */
export async function requireActiveTeams(tx: Tx, ids: readonly TeamId[], field: string): Promise<void> {
  requireActiveIn(await holdTeams(tx), ids, field)
}

/** The same among teams that are held. */
export function requireActiveIn(teams: readonly Team[], ids: readonly TeamId[], field: string): void {
  for (const id of ids) {
    const team = teams.find(each => each.id === id)
    if (!team) throw new AppError('conflict', { reason: 'teamUnknown', params: { id }, field })
    if (team.retired) throw new AppError('conflict', { reason: 'teamRetired', params: { id }, field })
  }
}

/** Whether one of a member's teams is of a kind, and stays so until the transaction ends. */
export async function isOfKind(tx: Tx, ids: readonly TeamId[], kind: TeamKind): Promise<boolean> {
  const teams = await holdTeams(tx)
  return teams.some(team => team.kind === kind && !team.retired && ids.includes(team.id))
}

/** Holds every team against those who hold them to write, and gives them in their order. For whoever changes what routing goes by. */
export async function lockTeams(tx: Tx): Promise<Team[]> {
  await runIn(tx, sql`SELECT id FROM team ORDER BY id FOR UPDATE`)
  return runIn<Team>(tx, teamsSql)
}
