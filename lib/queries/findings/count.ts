import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { everyFinding, type FindingFilter } from '../../domain/findings/filter'
import { openStatuses, type Status } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'
import {
  type Branch,
  closedAccounts,
  type FindingWhere,
  ownersOf,
  severityRanks,
  statusesOf,
} from '../../sql/findings/where'
import { read } from '../../sql/read'

const { sql } = Prisma

/** The owner of nobody's findings in finding_count. */
export const nobodyKey = '00000000-0000-0000-0000-000000000000'

export interface Counted {
  total: number
  /** The branches that may have rows. */
  branches: Branch[]
}

/** How many findings a filter gives, where the kept counts can tell; `where` is its own. Null where only the rows can. */
export async function countFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  { branches }: FindingWhere,
): Promise<Counted | null> {
  if (branches.length === 0) return { total: 0, branches }
  const kept = await keptCounts(access, filter)
  if (!kept) return null
  const rows = await read<{ status: Status; n: number }>(
    sql`SELECT c.status, sum(c.n)::int AS n FROM ${kept} GROUP BY 1 HAVING sum(c.n) > 0`,
  )
  const present = branches.filter(branch => rows.some(row => branch.statuses.includes(row.status)))
  return { total: rows.reduce((sum, row) => sum + row.n, 0), branches: present }
}

/**
 * The kept counts of what a filter gives, `AS c` with its condition, or null where their columns cannot express it. Of every account they
 * are kept in sum, and so do not grow with the number of accounts, unless `byAccount` are wanted.
 */
export async function keptCounts(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  { byAccount = false }: { byAccount?: boolean } = {},
): Promise<Prisma.Sql | null> {
  const beyond = filter.source.length + filter.control.length + filter.resourceType.length > 0
  if (beyond || filter.import !== null || filter.changeset !== null || filter.exception !== null) return null
  if (filter.unconfirmed || filter.text !== '') return null
  const scope = accountFilter(access)
  const closed = await closedAccounts(filter)
  const owners = ownersOf(access, filter)
  const all = [
    sql`c.status = ANY(${[...statusesOf(filter)]}::text[])`,
    ...ofAccounts(access, filter, closed),
    filter.team.length > 0 && sql`c.team = ANY(${filter.team}::text[])`,
    filter.severity.length > 0 && sql`c.severity = ANY(${severityRanks(filter)}::smallint[])`,
    filter.owner.length > 0 &&
      sql`c.owner_key = ANY(${[...owners.ids, ...(owners.nobody ? [nobodyKey] : [])]}::uuid[])`,
    filter.overdue && sql`c.overdue`,
  ].filter(condition => condition !== false)
  const inSum = !byAccount && scope === null && closed.length + filter.account.length + filter.environment.length === 0
  return sql`${inSum ? sql`count_delta` : sql`finding_count`} AS c WHERE ${Prisma.join(all, ' AND ')}`
}

/**
 * The kept sums of open findings, `AS c` with its condition, of the accounts that a filter asks for, or null where it asks for anything
 * beyond accounts. Their index has them in the order of groups.
 */
export async function openByAccount(
  access: Access<'findings:read'>,
  filter: FindingFilter,
): Promise<Prisma.Sql | null> {
  const { account: _account, environment: _environment, sort: _sort, status: _status, ...rest } = filter
  if (!asksNothing(rest) || statusesOf(filter).join() !== openStatuses.join()) return null
  const all = [sql`c.n > 0`, ...ofAccounts(access, filter, await closedAccounts(filter))]
  return sql`account_open AS c WHERE ${Prisma.join(all, ' AND ')}`
}

/** Whether a part of a filter filters nothing. */
export function asksNothing(part: Partial<FindingFilter>): boolean {
  return Object.values(part).every(value => (Array.isArray(value) ? value.length === 0 : !value))
}

/** Which accounts a filter asks for, of those in scope, over `account_id` of `c`. */
function ofAccounts(access: Access, filter: FindingFilter, closed: readonly string[]): Prisma.Sql[] {
  const scope = accountFilter(access)
  return [
    scope !== null && sql`c.account_id = ANY(${scope}::text[])`,
    closed.length > 0 && sql`c.account_id <> ALL(${closed}::text[])`,
    filter.account.length > 0 && sql`c.account_id = ANY(${filter.account}::text[])`,
    // An array is looked up in the index; a join would read the counts of every account.
    filter.environment.length > 0 &&
      sql`c.account_id = ANY(ARRAY(SELECT id FROM account WHERE environment = ANY(${filter.environment}::text[])))`,
  ].filter(condition => condition !== false)
}

/** The kept counts of the accounts in scope that are not closed, `AS c` with its condition. */
export async function countsInScope(access: Access<'findings:read'>): Promise<Prisma.Sql> {
  const scope = accountFilter(access)
  const closed = await closedAccounts(everyFinding)
  if (scope === null && closed.length === 0) return sql`count_delta AS c WHERE TRUE`
  return sql`finding_count AS c WHERE (${scope}::text[] IS NULL OR c.account_id = ANY(${scope}::text[]))
    AND c.account_id <> ALL(${closed}::text[])`
}
