import 'server-only'
import { type Access, holds } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import { type FindingSelection, maxSelection } from '../../domain/findings/change'
import { type FindingId, splitFindingId, toFindingId } from '../../domain/findings/filter'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { findingCondition, inScope } from '../../sql/findings/where'
import { runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'

const { sql } = Prisma

/** Findings that a transaction has locked and the actor may change. */
export interface LockedFindings {
  /** True for exactly these, over `finding AS f`. */
  where: Prisma.Sql
  count: number
  accounts: AccountId[]
  /** The id if it is a single finding. */
  only: FindingId | null
}

/**
 * Locks the findings of a selection, given as its condition. Throws NotFoundError if a named one is absent or out of
 * scope, ForbiddenError with their number if some belong to other teams. A token has no team: its permission covers
 * every team.
 */
export async function lockSelection(
  tx: Tx,
  access: Access<'findings:triage'>,
  selection: FindingSelection,
  condition: Prisma.Sql,
): Promise<LockedFindings> {
  const accounts = await accountsOf(tx, condition)
  await lockAccounts(tx, accounts)
  // An account that began to match while we waited is not locked, and is left out.
  const where = sql`${condition} AND f.account_id = ANY(${accounts}::text[])`
  return countSelected(tx, access, selection, { where, accounts })
}

/** The accounts of the findings that match a condition, in the order of their ids. */
export async function accountsOf(tx: Tx, where: Prisma.Sql): Promise<AccountId[]> {
  const rows = await runIn<{ account_id: AccountId }>(
    tx,
    sql`SELECT DISTINCT f.account_id FROM finding f WHERE ${where} ORDER BY f.account_id`,
  )
  return rows.map(row => row.account_id)
}

/** Counts the findings of a selection, locked or not. Throws as lockSelection does. */
export async function countSelected(
  tx: Tx,
  access: Access<'findings:triage'>,
  selection: FindingSelection,
  { where, accounts }: Pick<LockedFindings, 'where' | 'accounts'>,
): Promise<LockedFindings> {
  const [row] = await runIn<{ n: number; only: string | null; others: number }>(
    tx,
    sql`SELECT count(*)::int AS n, min(f.id::text) AS only,
        count(*) FILTER (WHERE NOT ${inWorkableTeam(access, sql`f.team`)})::int AS others
      FROM finding f WHERE ${where}`,
  )
  const count = row?.n ?? 0
  if ('ids' in selection && count < new Set(selection.ids).size) throw new NotFoundError()
  if (count > maxSelection)
    throw new AppError('too_large', { reason: 'selectionTooLarge', params: { max: maxSelection } })
  if (row && row.others > 0) throw new ForbiddenError('otherTeams', { count: row.others })
  const [account] = accounts
  const only = count === 1 && account && row?.only ? toFindingId(account, row.only) : null
  return { where, count, accounts, only }
}

/**
 * The condition of a selection, over `finding AS f`. Call it before the transaction: it may read on another connection.
 */
export async function selectionCondition(access: Access, selection: FindingSelection): Promise<Prisma.Sql> {
  if ('ids' in selection) return sql`${inScope(access)} AND ${isOneOf(selection.ids)}`
  const matching = sql`${inScope(access)} AND ${await findingCondition(access, selection.filter)}`
  return selection.except.length === 0 ? matching : sql`${matching} AND NOT ${isOneOf(selection.except)}`
}

function isOneOf(ids: readonly FindingId[]): Prisma.Sql {
  const keys = ids.map(splitFindingId)
  return sql`(f.account_id, f.id) IN (SELECT * FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.uuid)}::uuid[]))`
}

/** The teams whose findings the actor may work on; null for every team. */
export function workableTeams(access: Access): readonly string[] | null {
  const { actor } = access
  const own = actor.kind === 'job' ? undefined : actor.teams
  return own && !holds(access, 'findings:triage-any') ? own : null
}

/** Whether a team is one whose findings the actor may work on. */
export function inWorkableTeam(access: Access, team: Prisma.Sql): Prisma.Sql {
  const teams = workableTeams(access)
  return teams ? sql`${team} = ANY(${[...teams]}::text[])` : sql`TRUE`
}
