import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { prisma } from '../../db'
import { type CreateTeam, defaultTeamOf, type NamedTeam, type RenameTeam, type Team } from '../../domain/people/team'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { queuePolicies } from '../policies/queue'
import { lockTeams } from './rows'

const { sql } = Prisma

/** Imports lock the teams while they write. */
const BEHIND_IMPORTS = { timeout: 60_000 }
const MAX_TEAMS = 100

/**
 * Adds a team after the others. Throws `conflict` for an id that exists or a name that is taken, ForbiddenError for a
 * limited actor.
 */
export async function createTeam(access: Access<'accounts:manage'>, input: CreateTeam): Promise<{ id: string }> {
  requireAllAccounts(access)
  const { id, kind, nameEn, nameJa } = input
  return prisma().$transaction(async tx => {
    const teams = await lockTeams(tx)
    if (teams.some(team => team.id === id)) throw new AppError('conflict', { reason: 'teamExists', field: 'id' })
    if (teams.length >= MAX_TEAMS) throw new AppError('conflict', { reason: 'teamsFull', params: { max: MAX_TEAMS } })
    requireFreeNames(teams, input)
    await executeIn(
      tx,
      sql`INSERT INTO team (id, kind, name_en, name_ja, position)
        SELECT ${id}, ${kind}, ${nameEn}, ${nameJa}, coalesce(max(position), 0) + 1 FROM team`,
    )
    // Accounts may already have the tag of the new team.
    await queuePolicies(tx, access, ['routing'], null)
    await recordAudit(tx, access, { action: 'team.create', target: `team:${id}`, detail: { kind, nameEn, nameJa } })
    return { id }
  }, BEHIND_IMPORTS)
}

/** Changes the names of a team, retired or not. */
export async function renameTeam(access: Access<'accounts:manage'>, input: RenameTeam): Promise<void> {
  requireAllAccounts(access)
  const { id, nameEn, nameJa } = input
  await prisma().$transaction(async tx => {
    const teams = await lockTeams(tx)
    const team = teamIn(teams, id)
    if (team.nameEn === nameEn && team.nameJa === nameJa) return
    requireFreeNames(teams, input)
    await tx.team.update({ where: { id }, data: { nameEn, nameJa } })
    const before = { nameEn: team.nameEn, nameJa: team.nameJa }
    const detail = { before, after: { nameEn, nameJa } }
    await recordAudit(tx, access, { action: 'team.rename', target: `team:${id}`, detail })
  }, BEHIND_IMPORTS)
}

/**
 * Makes a team the default of its kind: routing gives it the findings of the kind. It moves before the former default.
 */
export async function makeDefaultTeam(access: Access<'accounts:manage'>, { id }: NamedTeam): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    const teams = await lockTeams(tx)
    const team = activeIn(teams, id)
    const before = defaultTeamOf(teams, team.kind)
    if (before === id) return
    const order = teams.filter(each => each.id !== id)
    order.splice(
      order.findIndex(each => each.id === before),
      0,
      team,
    )
    await executeIn(
      tx,
      sql`UPDATE team t SET position = o.place
        FROM unnest(${order.map(each => each.id)}::text[]) WITH ORDINALITY AS o(id, place) WHERE t.id = o.id AND t.position <> o.place`,
    )
    await queuePolicies(tx, access, ['routing'], null)
    const detail = { kind: team.kind, before, after: id }
    await recordAudit(tx, access, { action: 'team.default', target: `team:${id}`, detail })
  }, BEHIND_IMPORTS)
}

/** Makes a retired team active again. Its successor keeps what it took over. */
export async function restoreTeam(access: Access<'accounts:manage'>, { id }: NamedTeam): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    const team = teamIn(await lockTeams(tx), id)
    if (!team.retired) throw new AppError('conflict', { reason: 'teamActive' })
    await executeIn(
      tx,
      sql`UPDATE team SET retired_at = NULL, successor = NULL, position = (SELECT max(position) + 1 FROM team) WHERE id = ${id}`,
    )
    await queuePolicies(tx, access, ['routing'], null)
    await recordAudit(tx, access, {
      action: 'team.restore',
      target: `team:${id}`,
      detail: { successor: team.successor },
    })
  }, BEHIND_IMPORTS)
}

/** Throws NotFoundError if there is no such team. */
function teamIn(teams: readonly Team[], id: string): Team {
  const team = teams.find(each => each.id === id)
  if (!team) throw new NotFoundError()
  return team
}

/** Throws as teamIn does, and `conflict` for a retired one. */
export function activeIn(teams: readonly Team[], id: string): Team {
  const team = teamIn(teams, id)
  if (team.retired) throw new AppError('conflict', { reason: 'teamRetired', params: { id } })
  return team
}

/** Throws `conflict` if another team has one of the names, since lists show only the names. */
function requireFreeNames(teams: readonly Team[], { id, nameEn, nameJa }: RenameTeam): void {
  const others = teams.filter(team => team.id !== id)
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  for (const field of ['nameEn', 'nameJa'] as const)
    if (others.some(team => same(team[field], { nameEn, nameJa }[field])))
      throw new AppError('conflict', { reason: 'teamNameTaken', field })
}
