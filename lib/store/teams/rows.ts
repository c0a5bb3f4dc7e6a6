import 'server-only'
import type { Team, TeamId, TeamKind } from '../../domain/people/team'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { teamsSql } from '../../sql/teams'
import { runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/**
 * The teams are read after they are locked: a statement that waits for a lock does not see rows that were added
 * meanwhile.
 */
const hold = sql`SELECT id FROM team ORDER BY id FOR KEY SHARE`

/**
 * Locks the teams against changes until the transaction ends, and returns them in order. Take it before a team is
 * written into a finding, an account, a rule or a member, so that it is not retired meanwhile. Teams are locked before
 * members, members before accounts.
 */
export async function holdTeams(tx: Tx): Promise<Team[]> {
  await runIn(tx, hold)
  return runIn<Team>(tx, teamsSql)
}

/** Locks the teams and checks that all of `ids` are active. Throws `conflict` for a team that is unknown or retired. */
export async function requireActiveTeams(tx: Tx, ids: readonly TeamId[], field: string): Promise<void> {
  requireActiveIn(await holdTeams(tx), ids, field)
}

/** Checks ids among locked teams, as requireActiveTeams does. */
export function requireActiveIn(teams: readonly Team[], ids: readonly TeamId[], field: string): void {
  for (const id of ids) {
    const team = teams.find(each => each.id === id)
    if (!team) throw new AppError('conflict', { reason: 'teamUnknown', params: { id }, field })
    if (team.retired) throw new AppError('conflict', { reason: 'teamRetired', params: { id }, field })
  }
}

/** Whether one of a member's teams is of a kind. Stays true until the transaction ends. */
export async function isOfKind(tx: Tx, ids: readonly TeamId[], kind: TeamKind): Promise<boolean> {
  const teams = await holdTeams(tx)
  return teams.some(team => team.kind === kind && !team.retired && ids.includes(team.id))
}

/** Locks every team exclusively and returns them in order, for changes of what routing depends on. */
export async function lockTeams(tx: Tx): Promise<Team[]> {
  await runIn(tx, sql`SELECT id FROM team ORDER BY id FOR UPDATE`)
  return runIn<Team>(tx, teamsSql)
}
