import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter } from '../../../access/proof'
import { type FindingFilter, type FindingGrouping, type GroupSort, groupSorts } from '../../../domain/findings/filter'
import { severities, severityRank, toSeverity } from '../../../domain/findings/severity'
import type { FindingGroup, Page, SeverityCounts } from '../../../domain/views'
import { Prisma } from '../../../generated/prisma/client'
import { closedAccounts, findingCondition, severityRanks } from '../../../sql/findings/where'
import { read } from '../../../sql/read'
import { decodeCursor, encodeCursor, PlaceInt, PlaceText } from '../../cursor'
import { isEmptyFilter, nobodyKey, storedCounts } from '../count'
import { groupByRegions } from './region-groups'

type Sql = Prisma.Sql
const { sql } = Prisma
const PAGE = 100

/** With more open findings, numbers beside the stored ones are read only for an order by them. */
const FEW = 20_000

const Place = z.object({ sort: z.enum(groupSorts), first: PlaceInt, second: PlaceInt, key: PlaceText })
type Place = z.infer<typeof Place>

interface StoredGroup extends SeverityCounts {
  key: string
  label: string | null
  severity: number
  n: number
  accounts: number | null
  overdue: number | null
  unowned: number | null
}

/** The two numbers by which groups are sorted, largest first; ties by key. */
const orders: Record<GroupSort, { first: Sql; second: Sql; of: (row: StoredGroup) => [number, number] }> = {
  severity: { first: sql`g.severity::int`, second: sql`g.n`, of: row => [row.severity, row.n] },
  count: { first: sql`g.n`, second: sql`g.severity::int`, of: row => [row.n, row.severity] },
  accounts: { first: sql`coalesce(g.accounts, 0)`, second: sql`g.n`, of: row => [row.accounts ?? 0, row.n] },
  overdue: { first: sql`coalesce(g.overdue, 0)`, second: sql`g.n`, of: row => [row.overdue ?? 0, row.n] },
}

/**
 * One page of the matching findings by control, account, owner or Regions: how many each group has, and the worst severity; in the
 * order of `sort`, or for Regions in their own.
 * Throws `conflict` for a cursor of another list.
 */
export async function groupFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  by: FindingGrouping,
  cursor: string | null,
  sort: GroupSort = 'severity',
): Promise<Pick<Page<FindingGroup>, 'rows' | 'next'>> {
  if (by === 'regions') return groupByRegions(access, filter, cursor)
  const after = cursor === null ? null : decodeCursor(cursor, Place.extend({ sort: z.literal(sort) }))
  const page = { sort, after }
  const found = await (by === 'control' ? byControl(access, filter, page) : byKept(access, filter, by, page))
  const rows = found.slice(0, PAGE)
  const last = rows.at(-1)
  return { rows: rows.map(toGroup), next: found.length > PAGE && last ? cursorAfter(sort, last) : null }
}

function cursorAfter(sort: GroupSort, row: StoredGroup): string {
  const [first, second] = orders[sort].of(row)
  return encodeCursor({ sort, first, second, key: row.key })
}

function toGroup({ key, label, severity, n, accounts, overdue, unowned, ...row }: StoredGroup): FindingGroup {
  const { critical, high, medium, low, informational } = row
  const bySeverity = { critical, high, medium, low, informational }
  return {
    key,
    label: label ?? '',
    severity: toSeverity(severity),
    count: n,
    numbers: { bySeverity, accounts, overdue, unowned },
  }
}

interface GroupPage {
  sort: GroupSort
  after: Place | null
}

/**
 * Without a filter other than team and severity, over every account, the stored deltas are summed: reading the open findings of a
 * million takes a quarter of a second even from an index. Otherwise the matching findings are counted.
 */
async function byControl(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  page: GroupPage,
): Promise<StoredGroup[]> {
  const { team, severity, sort: _sort, ...rest } = filter
  const whole = accountFilter(access) === null && (await closedAccounts(filter)).length === 0
  // Titles are stored over all accounts: readers who see some of these get the titles of their limited findings.
  const limited = accountFilter(access) !== null
  const title = limited ? sql`` : sql`, (SELECT min(t.title) FROM control_title t WHERE t.control = g.key) AS label`
  const condition = await findingCondition(access, filter)
  if (!isEmptyFilter(rest) || !whole) {
    const label = limited ? sql`min(f.title)` : null
    return read<StoredGroup>(sql`SELECT g.*${title} ${pageOf(counted(sql`f.control`, condition, label), page)}`)
  }
  const sums = sql`SELECT control AS key, max(severity) AS severity, sum(n)::int AS n, ${bySeverity(sql`severity`, sql`sum(n)`)} FROM (
      SELECT control, severity, sum(n) AS n FROM control_delta d
      WHERE ${team.length > 0 ? sql`d.team = ANY(${team}::text[])` : sql`TRUE`}
      GROUP BY 1, 2 HAVING sum(n) > 0
    ) AS open WHERE ${severity.length > 0 ? sql`open.severity = ANY(${severityRanks(filter)}::smallint[])` : sql`TRUE`} GROUP BY 1`
  const isAsked = page.sort === 'accounts' || page.sort === 'overdue'
  const groups =
    isAsked || (await areFew(access, filter))
      ? sql`SELECT s.*, c.accounts, c.overdue, c.unowned FROM (${sums}) AS s
          LEFT JOIN (${counted(sql`f.control`, condition)}) AS c USING (key)`
      : sql`SELECT s.*, NULL::int AS accounts, NULL::int AS overdue, NULL::int AS unowned FROM (${sums}) AS s`
  return read<StoredGroup>(sql`SELECT g.*${title} ${pageOf(groups, page)}`)
}

async function areFew(access: Access<'findings:read'>, filter: FindingFilter): Promise<boolean> {
  const stored = await storedCounts(access, filter)
  if (!stored) return false
  const [row] = await read<{ n: number }>(sql`SELECT coalesce(sum(c.n), 0)::int AS n FROM ${stored}`)
  return (row?.n ?? 0) <= FEW
}

async function byKept(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  by: 'account' | 'owner',
  page: GroupPage,
): Promise<StoredGroup[]> {
  const stored = await storedCounts(access, filter)
  const column = by === 'account' ? sql`c.account_id` : sql`c.owner_key`
  const groups = stored
    ? sql`SELECT ${column}::text AS key, max(c.severity) AS severity, sum(c.n)::int AS n,
        ${by === 'account' ? sql`1` : sql`count(DISTINCT c.account_id)::int`} AS accounts,
        coalesce(sum(c.n) FILTER (WHERE c.overdue), 0)::int AS overdue,
        coalesce(sum(c.n) FILTER (WHERE c.owner_key = ${nobodyKey}::uuid), 0)::int AS unowned,
        ${bySeverity(sql`c.severity`, sql`sum(c.n)`)} FROM ${stored} AND c.n > 0 GROUP BY ${column}`
    : counted(
        by === 'account' ? sql`f.account_id` : sql`coalesce(f.owner_id, ${nobodyKey}::uuid)::text`,
        await findingCondition(access, filter),
      )
  const named =
    by === 'account'
      ? sql`(SELECT a.name FROM account a WHERE a.id = g.key) AS label`
      : sql`(SELECT m.name FROM member m WHERE m.id::text = g.key) AS label`
  return read<StoredGroup>(sql`SELECT g.*, ${named} ${pageOf(groups, page)}`)
}

/** A column for each severity with what `sum` adds up in it. */
function bySeverity(severity: Sql, sum: Sql): Sql {
  const columns = severities.map(
    name =>
      sql`coalesce(${sum} FILTER (WHERE ${severity} = ${severityRank(name)}::smallint), 0)::int AS ${Prisma.raw(name)}`,
  )
  return Prisma.join(columns, ', ')
}

/** Counts findings in two steps, of which the first has a row for each account of a group. */
function counted(key: Sql, condition: Sql, label: Sql | null = null): Sql {
  const summed = [...severities, 'n', 'overdue', 'unowned'].map(
    name => sql`sum(a.${Prisma.raw(name)})::int AS ${Prisma.raw(name)}`,
  )
  return sql`SELECT a.key, max(a.severity) AS severity, count(*)::int AS accounts, ${Prisma.join(summed, ', ')}${label ? sql`, min(a.label) AS label` : sql``} FROM (
      SELECT ${key} AS key, f.account_id, max(f.severity) AS severity, count(*) AS n,
        count(*) FILTER (WHERE f.overdue) AS overdue, count(*) FILTER (WHERE f.owner_id IS NULL) AS unowned,
        ${bySeverity(sql`f.severity`, sql`count(*)`)}${label ? sql`, ${label} AS label` : sql``}
      FROM finding f WHERE ${condition} GROUP BY 1, 2
    ) AS a GROUP BY 1`
}

/** Reads one group more than a page shows, to know whether there is another page. */
function pageOf(groups: Sql, { sort, after }: GroupPage): Sql {
  const { first, second } = orders[sort]
  const afterCursor = after
    ? sql`WHERE (-${first}, -${second}, g.key) > (${-after.first}::int, ${-after.second}::int, ${after.key})`
    : sql``
  const order = sql`ORDER BY ${first} DESC, ${second} DESC, g.key`
  return sql`FROM (SELECT g.* FROM (${groups}) AS g ${afterCursor} ${order} LIMIT ${PAGE + 1}) AS g ${order}`
}
