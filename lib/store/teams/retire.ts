import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { RetireTeam, TeamId } from '../../domain/people/team'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { lockMembers } from '../people/lock'
import { queuePolicies } from '../policies/queue'
import { lockRouting, replaceTeamInRules } from '../policies/routing'
import { lockTeams } from './rows'
import { activeIn } from './teams'

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
 * Retires a team. In one transaction its successor, an active team of the same kind, takes over its unresolved
 * findings, accounts, members, open invitations and routing rules. Another kind would give its members the approvals of
 * that kind. The id stays in the history; the tag `owner-team` and older rules resolve to the successor.
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
    // The setting is locked before accounts and written after the work is queued, as in every change of routing.
    await lockRouting(tx)
    const work = await moveWork(tx, access, change)
    await queuePolicies(tx, access, ['routing'], null)
    const rules = await replaceTeamInRules(tx, access, change)
    const handedOver = { ...people, ...work, rules }
    const detail = { successor: next.id, ...handedOver }
    await recordAudit(tx, access, { action: 'team.retire', target: `team:${team.id}`, detail })
    return handedOver
  }, LONG)
}

/** Moves members and open invitations. Members of the successor are only removed from the retired team. */
async function movePeople(tx: Tx, { from, to }: Change) {
  const replaced = sql`CASE WHEN ${to}::text = ANY(teams) THEN array_remove(teams, ${from}::text)
    ELSE array_replace(teams, ${from}::text, ${to}::text) END`
  const members = await executeIn(
    tx,
    sql`UPDATE member SET teams = ${replaced} WHERE ${from}::text = ANY(teams) AND removed_at IS NULL`,
  )
  const invites = await executeIn(
    tx,
    sql`UPDATE invite SET teams = ${replaced} WHERE ${from}::text = ANY(teams) AND accepted_at IS NULL AND revoked_at IS NULL`,
  )
  return { members, invites }
}

/** Moves accounts and their unresolved findings, each with a line in its history. */
async function moveWork(tx: Tx, { actor }: Access, { from, to }: Change) {
  const rows = await runIn<{ id: string }>(
    tx,
    sql`SELECT id FROM account WHERE owner_team = ${from}
      UNION SELECT DISTINCT account_id FROM finding WHERE team = ${from} ORDER BY 1`,
  )
  const accountIds = rows.map(row => row.id)
  await lockAccounts(tx, accountIds)
  const accounts = await executeIn(
    tx,
    sql`UPDATE account SET owner_team = ${to}, updated_at = ${now()}::timestamptz WHERE owner_team = ${from}`,
  )
  const findings = await executeIn(
    tx,
    sql`WITH moved AS (
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
    )}`,
  )
  // Resolved findings are routed again when they reopen, even if a person had chosen the retired team.
  await executeIn(
    tx,
    sql`UPDATE finding SET team_by = 'routing' WHERE team = ${from} AND status = 'resolved' AND team_by <> 'routing'`,
  )
  return { accounts, findings }
}
