import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { everyFinding, type FindingFilter } from '../../domain/findings/filter'
import { isOpen, openStatuses, type Status } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'
import { isOpenCount } from '../../sql/findings/open'
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

/** The owner of unassigned findings in finding_count. */
export const nobodyKey = '00000000-0000-0000-0000-000000000000'

export interface Counted {
  total: number
  /** The branches that can have rows. */
  branches: Branch[]
}

/** How many findings match a filter, by the stored counts; `where` is the filter's. Null where these cannot express it. */
export async function countFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  { branches }: FindingWhere,
): Promise<Counted | null> {
  if (branches.length === 0) return { total: 0, branches }
  const stored = await storedCounts(access, filter)
  if (!stored) return null
  const rows = await read<{ status: Status; n: number }>(
    sql`SELECT c.status, sum(c.n)::int AS n FROM ${stored} GROUP BY 1 HAVING sum(c.n) > 0`,
  )
  const present = branches.filter(branch => rows.some(row => branch.statuses.includes(row.status)))
  return { total: rows.reduce((sum, row) => sum + row.n, 0), branches: present }
}

/** SQL: the stored counts of the findings that match a filter, `AS c` with its condition; null where their columns cannot express it. */
export async function storedCounts(access: Access<'findings:read'>, filter: FindingFilter): Promise<Prisma.Sql | null> {
  const { source, control, framework, category, tag, package: packages, resource, resourceType } = filter
  if ([source, control, framework, category, tag, packages, resource, resourceType].some(each => each.length > 0))
    return null
  if (filter.import !== null || filter.changeset !== null || filter.exception !== null) return null
  if (filter.unconfirmed || filter.text !== '' || isAboutClass(filter)) return null
  const owners = ownersOf(access, filter)
  const wanted = statusesOf(filter)
  const all = [
    wanted.every(isOpen) && isOpenCount,
    wanted.join() !== openStatuses.join() && sql`c.status = ANY(${[...wanted]}::text[])`,
    ...ofAccounts(access, filter, await closedAccounts(filter)),
    filter.team.length > 0 && sql`c.team = ANY(${filter.team}::text[])`,
    filter.severity.length > 0 && sql`c.severity = ANY(${severityRanks(filter)}::smallint[])`,
    filter.owner.length > 0 &&
      sql`c.owner_key = ANY(${[...owners.ids, ...(owners.nobody ? [nobodyKey] : [])]}::uuid[])`,
    filter.overdue && sql`c.overdue`,
  ].filter(condition => condition !== false)
  return sql`finding_count AS c WHERE ${Prisma.join(all, ' AND ')}`
}

/** Whether a filter asks for what the stored counts do not know: the class, a vulnerability's urgency, the age. */
function isAboutClass({ class: classes, exploit, kev, epss, fix, ...filter }: FindingFilter): boolean {
  const days = [filter.observedFrom, filter.observedTo, filter.lastObservedFrom, filter.lastObservedTo]
  return classes.length > 0 || exploit || kev || fix || epss !== null || days.some(day => day !== null)
}

/** Whether a part of a filter restricts nothing. */
export function isEmptyFilter(part: Partial<FindingFilter>): boolean {
  return Object.values(part).every(value => (Array.isArray(value) ? value.length === 0 : !value))
}

/** The accounts in scope that match a filter, over `account_id` of `c`. */
function ofAccounts(access: Access, filter: FindingFilter, closed: readonly string[]): Prisma.Sql[] {
  const scope = accountFilter(access)
  return [
    scope !== null && sql`c.account_id = ANY(${scope}::text[])`,
    closed.length > 0 && sql`c.account_id <> ALL(${closed}::text[])`,
    filter.account.length > 0 && sql`c.account_id = ANY(${filter.account}::text[])`,
    // An array is looked up in the index; a join would read the counts of all accounts.
    filter.environment.length > 0 &&
      sql`c.account_id = ANY(ARRAY(SELECT id FROM account WHERE environment = ANY(${filter.environment}::text[])))`,
  ].filter(condition => condition !== false)
}

/** SQL: the stored counts of open findings of the accounts in scope that are not closed, `AS c` with its condition. */
export async function openCountsInScope(access: Access<'findings:read'>): Promise<Prisma.Sql> {
  const all = [isOpenCount, ...ofAccounts(access, everyFinding, await closedAccounts(everyFinding))]
  return sql`finding_count AS c WHERE ${Prisma.join(all, ' AND ')}`
}
