import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { RetireTeam, TeamId } from '../../domain/people/team'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { lockAccountsSql } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { lockMembers } from '../people/lock'
import { queuePolicies } from '../policies/queue'
import { lockRouting, replaceTeamInRules } from '../policies/routing'
import { lockTeams } from './rows'
import { activeIn } from './teams'

type Tx = Prisma.TransactionClient
const { sql } = Prisma

/** A team may have very many findings. */
const LONG = { timeout: 300_000 }

export interface HandedOver {
  findings: number
  accounts: number
  members: number
  invites: number
  rules: number
}

interface Change {
  from: TeamId
  to: TeamId
}

/**
 * Retires a team: its successor, an active team of the same kind, takes over its findings that are not resolved, its accounts, members,
 * open invitations and routing rules in one transaction. A successor of another kind would give its members the approvals of that kind.
 * The id stays in history; the tag `owner-team` and rules of an earlier version stand for the successor.
 */
export async function retireTeam(access: Access<'accounts:manage'>, input: RetireTeam): Promise<HandedOver> {
  requireAllAccounts(access)
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    const teams = await lockTeams(tx)
    const team = activeIn(teams, input.id)
    if (!teams.some(each => each.kind === team.kind && !each.retired && each.id !== team.id))
      throw new AppError('conflict', { reason: 'teamLast' })
    const next = teams.find(each => each.id === input.successor)
    if (!next || next.retired || next.id === team.id || next.kind !== team.kind)
      throw new AppError('conflict', { reason: 'teamSuccessor', field: 'successor' })
    const change = { from: team.id, to: next.id }
    const people = await movePeople(tx, change)
    await tx.team.update({ where: { id: team.id }, data: { retiredAt: now(), successor: next.id } })
    // The setting is locked before accounts, and written after the work that is queued: as every change of routing does.
    await lockRouting(tx)
    const work = await moveWork(tx, access, change)
    await queuePolicies(tx, access, ['routing'], null)
    const rules = await replaceTeamInRules(tx, access, change)
    const handed = { ...people, ...work, rules }
    const detail = { successor: next.id, ...handed }
    await recordAudit(tx, access, { action: 'team.retire', target: `team:${team.id}`, detail })
    return handed
  }, LONG)
}

/** Members and open invitations; who is in the successor already stays so. */
async function movePeople(tx: Tx, { from, to }: Change) {
  const replaced = sql`CASE WHEN ${to}::text = ANY(teams) THEN array_remove(teams, ${from}::text)
    ELSE array_replace(teams, ${from}::text, ${to}::text) END`
  const members =
    await tx.$executeRaw`UPDATE member SET teams = ${replaced} WHERE ${from}::text = ANY(teams) AND removed_at IS NULL`
  const invites = await tx.$executeRaw`UPDATE invite SET teams = ${replaced}
    WHERE ${from}::text = ANY(teams) AND accepted_at IS NULL AND revoked_at IS NULL`
  return { members, invites }
}

/** Accounts and what is to do in them, with a line in the history of each finding. */
async function moveWork(tx: Tx, { actor }: Access, { from, to }: Change) {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM account WHERE owner_team = ${from}
    UNION SELECT DISTINCT account_id FROM finding WHERE team = ${from} ORDER BY 1`
  await tx.$queryRawUnsafe(
    lockAccountsSql,
    rows.map(row => row.id),
  )
  const accounts = await tx.$executeRaw`
    UPDATE account SET owner_team = ${to}, updated_at = ${now()}::timestamptz WHERE owner_team = ${from}`
  const findings = await tx.$executeRaw`
    WITH moved AS (
      UPDATE finding SET team = ${to}, updated_at = ${now()}::timestamptz WHERE team = ${from} AND status <> 'resolved'
      RETURNING account_id, id
    )
    ${insertEvents(
      { actor, at: now() },
      {
        accountId: sql`account_id`,
        findingId: sql`id`,
        kind: 'team',
        before: sql`to_jsonb(${from}::text)`,
        after: sql`to_jsonb(${to}::text)`,
      },
      sql`moved`,
    )}`
  // What is reopened one day is routed anew, also where a person had chosen the team that is no more.
  await tx.$executeRaw`UPDATE finding SET team_by = 'routing' WHERE team = ${from} AND status = 'resolved' AND team_by <> 'routing'`
  return { accounts, findings }
}
