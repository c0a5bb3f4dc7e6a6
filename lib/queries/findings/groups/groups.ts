import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter } from '../../../access/proof'
import type { FindingFilter, FindingGrouping } from '../../../domain/findings/filter'
import { toSeverity } from '../../../domain/findings/severity'
import type { FindingGroup, Page } from '../../../domain/views'
import { Prisma } from '../../../generated/prisma/client'
import { closedAccounts, findingCondition, severityRanks } from '../../../sql/findings/where'
import { read } from '../../../sql/read'
import { decodeCursor, encodeCursor, PlaceInt, PlaceText } from '../../cursor'
import { isEmptyFilter, nobodyKey, storedCounts } from '../count'
import { groupByRegions } from './region-groups'

type Sql = Prisma.Sql
const { sql } = Prisma
const PAGE = 100

const Place = z.object({ severity: PlaceInt, n: PlaceInt, key: PlaceText })
type Place = z.infer<typeof Place>

interface StoredGroup {
  key: string
  label: string | null
  severity: number
  n: number
}

/**
 * One page of the matching findings by control, account, owner or Regions: how many each group has, and the worst severity; worst first, then
 * largest.
 * Throws `invalid` for a cursor of another list.
 */
export async function groupFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  by: FindingGrouping,
  cursor: string | null,
): Promise<Pick<Page<FindingGroup>, 'rows' | 'next'>> {
  if (by === 'regions') return groupByRegions(access, filter, cursor)
  const after = cursor === null ? null : decodeCursor(cursor, Place)
  const found = await (by === 'control' ? byControl(access, filter, after) : byKept(access, filter, by, after))
  const rows = found.slice(0, PAGE)
  const last = rows.at(-1)
  return {
    rows: rows.map(row => ({ key: row.key, label: row.label ?? '', severity: toSeverity(row.severity), count: row.n })),
    next: found.length > PAGE && last ? encodeCursor({ severity: last.severity, n: last.n, key: last.key }) : null,
  }
}

/**
 * Without a filter other than team and severity, over every account, the stored deltas are summed: reading the open findings of a
 * million takes a quarter of a second even from an index. Otherwise the matching findings are counted.
 */
async function byControl(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  after: Place | null,
): Promise<StoredGroup[]> {
  const { team, severity, sort: _sort, ...rest } = filter
  const whole = accountFilter(access) === null && (await closedAccounts(filter)).length === 0
  // Titles are stored over all accounts: readers who see some of these get the titles of their limited findings.
  const limited = accountFilter(access) !== null
  const title = limited ? sql`` : sql`, (SELECT min(t.title) FROM control_title t WHERE t.control = g.key) AS label`
  const groups =
    isEmptyFilter(rest) && whole
      ? sql`SELECT control AS key, max(severity) AS severity, sum(n)::int AS n FROM (
            SELECT control, severity, sum(n) AS n FROM control_delta d
            WHERE ${team.length > 0 ? sql`d.team = ANY(${team}::text[])` : sql`TRUE`}
            GROUP BY 1, 2 HAVING sum(n) > 0
          ) AS open WHERE ${severity.length > 0 ? sql`open.severity = ANY(${severityRanks(filter)}::smallint[])` : sql`TRUE`} GROUP BY 1`
      : counted(sql`f.control`, await findingCondition(access, filter), limited ? sql`, min(f.title) AS label` : sql``)
  return read<StoredGroup>(sql`SELECT g.*${title} ${pageOf(groups, after)}`)
}

async function byKept(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  by: 'account' | 'owner',
  after: Place | null,
): Promise<StoredGroup[]> {
  const stored = await storedCounts(access, filter)
  const column = by === 'account' ? sql`c.account_id` : sql`c.owner_key`
  const groups = stored
    ? sql`SELECT ${column}::text AS key, max(c.severity) AS severity, sum(c.n)::int AS n FROM ${stored} AND c.n > 0 GROUP BY ${column}`
    : counted(
        by === 'account' ? sql`f.account_id` : sql`coalesce(f.owner_id, ${nobodyKey}::uuid)::text`,
        await findingCondition(access, filter),
      )
  const named =
    by === 'account'
      ? sql`(SELECT a.name FROM account a WHERE a.id = g.key) AS label`
      : sql`(SELECT m.name FROM member m WHERE m.id::text = g.key) AS label`
  return read<StoredGroup>(sql`SELECT g.*, ${named} ${pageOf(groups, after)}`)
}

function counted(key: Sql, condition: Sql, label: Sql = sql``): Sql {
  return sql`SELECT ${key} AS key, max(f.severity) AS severity, count(*)::int AS n${label} FROM finding f WHERE ${condition} GROUP BY 1`
}

/** Reads one group more than a page shows, to know whether there is another page. */
function pageOf(groups: Sql, after: Place | null): Sql {
  const afterCursor = after
    ? sql`WHERE (-g.severity, -g.n, g.key) > (${-after.severity}::int, ${-after.n}::int, ${after.key})`
    : sql``
  const order = sql`ORDER BY g.severity DESC, g.n DESC, g.key`
  return sql`FROM (SELECT g.* FROM (${groups}) AS g ${afterCursor} ${order} LIMIT ${PAGE + 1}) AS g ${order}`
}
