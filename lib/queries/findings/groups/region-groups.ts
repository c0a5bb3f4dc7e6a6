import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter } from '../../../access/proof'
import type { AccountId } from '../../../domain/accounts/account-id'
import type { FindingFilter } from '../../../domain/findings/filter'
import { toSeverity } from '../../../domain/findings/severity'
import type { FindingGroup, Page } from '../../../domain/views'
import { Prisma } from '../../../generated/prisma/client'
import { openStatusSql } from '../../../sql/findings/open'
import { closedAccounts, findingCondition } from '../../../sql/findings/where'
import { read } from '../../../sql/read'
import { decodeCursor, encodeCursor, PlaceInt, PlaceText } from '../../cursor'
import { isEmptyFilter } from '../count'

type Sql = Prisma.Sql
const { sql } = Prisma
const PAGE = 100
/** A control whose findings in an account have several severities is met once for each. */
const MAX_STEPS = PAGE + PAGE / 2

const Place = z.object({ severity: PlaceInt, account: PlaceText, control: PlaceText })
type Place = z.infer<typeof Place>

interface StoredGroup {
  severity: number
  account_id: AccountId
  control: string
  /** Whether the group begins with this severity. */
  worst: boolean
  n: number
  regions: number
  title: string
  account_name: string | null
}

/**
 * One page of the matching findings by account and control, with the number of Regions; the worst first, then by account and
 * control. Throws `invalid` for a cursor of another list.
 */
export async function groupByRegions(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  cursor: string | null,
): Promise<Pick<Page<FindingGroup>, 'rows' | 'next'>> {
  const after = cursor === null ? null : decodeCursor(cursor, Place)
  const { sort: _sort, ...rest } = filter
  const skips = isEmptyFilter(rest) && accountFilter(access) === null
  const groups = skips
    ? skipped(after, await closedAccounts(filter))
    : counted(after, await findingCondition(access, filter))
  const walked = await read<StoredGroup>(sql`
    SELECT g.*, a.name AS account_name FROM (${groups}) AS g LEFT JOIN account a ON a.id = g.account_id
    ORDER BY g.severity DESC, g.account_id DESC, g.control DESC`)
  const found = walked.filter(row => row.worst)
  const rows = found.slice(0, PAGE)
  const ends = found.length <= PAGE && !(skips && walked.length === MAX_STEPS)
  return { rows: rows.map(toGroup), next: ends ? null : cursorAfter(found.length > PAGE ? rows : walked) }
}

function cursorAfter(rows: readonly StoredGroup[]): string | null {
  const last = rows.at(-1)
  return last ? encodeCursor({ severity: last.severity, account: last.account_id, control: last.control }) : null
}

function toGroup(row: StoredGroup): FindingGroup {
  const { account_id: accountId, account_name: name, control, regions } = row
  return {
    key: `${accountId}/${control}`,
    label: row.title,
    severity: toSeverity(row.severity),
    count: row.n,
    place: { accountId, accountName: name ?? '', control, regions },
  }
}

function isAfter(after: Place | null, row: Sql): Sql {
  return after ? sql`${row} < (${after.severity}::smallint, ${after.account}::text, ${after.control}::text)` : sql`TRUE`
}

function counted(after: Place | null, condition: Sql): Sql {
  return sql`SELECT *, TRUE AS worst FROM (
      SELECT max(f.severity) AS severity, f.account_id, f.control, count(*)::int AS n, count(DISTINCT f.region)::int AS regions, min(f.title) AS title
      FROM finding f WHERE ${condition} GROUP BY f.account_id, f.control) AS c
    WHERE ${isAfter(after, sql`(c.severity, c.account_id, c.control)`)}
    ORDER BY c.severity DESC, c.account_id DESC, c.control DESC LIMIT ${PAGE + 1}`
}

/**
 * All open findings: from one group to the next in the index, since reading the entries of a million takes longer than a page may.
 * Only the worst severity of a control in an account begins a group.
 */
function skipped(after: Place | null, closed: readonly string[]): Sql {
  const open = sql`f.status IN (${openStatusSql}) AND f.account_id <> ALL(${closed}::text[])`
  const order = sql`ORDER BY f.severity DESC, f.account_id DESC, f.control DESC LIMIT 1`
  const ofGroup = sql`f.status IN (${openStatusSql}) AND f.account_id = g.account_id AND f.control = g.control`
  return sql`WITH RECURSIVE g(severity, account_id, control, step) AS (
      (SELECT f.severity, f.account_id, f.control, 1 FROM finding f WHERE ${open} AND ${isAfter(after, sql`(f.severity, f.account_id, f.control)`)} ${order})
      UNION ALL
      SELECT n.severity, n.account_id, n.control, g.step + 1 FROM g CROSS JOIN LATERAL (
        SELECT f.severity, f.account_id, f.control FROM finding f
        WHERE ${open} AND (f.severity, f.account_id, f.control) < (g.severity, g.account_id, g.control) ${order}) AS n
      WHERE g.step < ${MAX_STEPS}
    )
    SELECT g.severity, g.account_id, g.control, g.worst, c.n, c.regions, c.title FROM (
      SELECT g.*, NOT EXISTS (SELECT FROM finding f WHERE ${ofGroup} AND f.severity > g.severity AND f.severity = ANY('{2,3,4,5}'::smallint[])) AS worst FROM g
    ) AS g LEFT JOIN LATERAL (SELECT count(*)::int AS n, count(DISTINCT f.region)::int AS regions,
        (SELECT min(t.title) FROM control_title t WHERE t.control = g.control) AS title
      FROM finding f WHERE ${ofGroup} AND f.severity = ANY('{1,2,3,4,5}'::smallint[])) AS c ON g.worst`
}
