import 'server-only'
import { closedAccounts, findingCondition, severityRanks } from '../access/finding-where'
import { type Access, accountFilter } from '../access/proof'
import type { FindingFilter, FindingGrouping } from '../domain/finding-filter'
import { toSeverity } from '../domain/severity'
import type { FindingGroup } from '../domain/views'
import { Prisma } from '../generated/prisma/client'
import { keptCounts, nobodyKey } from './finding-count'
import { read } from './read'

type Sql = Prisma.Sql
const { sql } = Prisma
const MOST = 300

interface StoredGroup {
  key: string
  label: string | null
  severity: number
  n: number
}

/** Findings of a filter by control, account or owner: how many, and the worst severity of each. The largest 300, worst first. */
export async function groupFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  by: FindingGrouping,
): Promise<FindingGroup[]> {
  const rows = await (by === 'control' ? byControl(access, filter) : byKept(access, filter, by))
  return rows.map(row => ({ key: row.key, label: row.label ?? '', severity: toSeverity(row.severity), count: row.n }))
}

/** Over every account and nothing but team and severity, the kept counts tell; otherwise the findings are counted. */
async function byControl(access: Access<'findings:read'>, filter: FindingFilter): Promise<StoredGroup[]> {
  const { team, severity, sort: _sort, ...rest } = filter
  const whole = accountFilter(access) === null && (await closedAccounts(filter)).length === 0
  const plain = Object.values(rest).every(value => (Array.isArray(value) ? value.length === 0 : !value))
  // Titles are kept over all accounts: who sees some of them reads those of their own findings.
  const own = accountFilter(access) !== null
  const title = own ? sql`` : sql`, (SELECT min(t.title) FROM control_title t WHERE t.control = g.key) AS label`
  const groups =
    plain && whole
      ? sql`SELECT control AS key, max(severity) AS severity, sum(n)::int AS n FROM (
            SELECT control, severity, sum(n) AS n FROM control_delta d
            WHERE ${team.length > 0 ? sql`d.team = ANY(${team}::text[])` : sql`TRUE`}
            GROUP BY 1, 2 HAVING sum(n) > 0
          ) AS open WHERE ${severity.length > 0 ? sql`open.severity = ANY(${severityRanks(filter)}::smallint[])` : sql`TRUE`} GROUP BY 1`
      : counted(sql`f.control`, await findingCondition(access, filter), own ? sql`, min(f.title) AS label` : sql``)
  return read<StoredGroup>(sql`
    SELECT g.*${title} FROM (${groups} ORDER BY 2 DESC, 3 DESC, 1 LIMIT ${MOST}) AS g ORDER BY g.severity DESC, g.n DESC, g.key`)
}

async function byKept(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  by: 'account' | 'owner',
): Promise<StoredGroup[]> {
  const kept = await keptCounts(access, filter, { byAccount: by === 'account' })
  const column = by === 'account' ? sql`c.account_id` : sql`c.owner_key::text`
  const groups = kept
    ? sql`SELECT ${column} AS key, max(severity) FILTER (WHERE n > 0) AS severity, sum(n)::int AS n FROM ${kept} GROUP BY 1 HAVING sum(n) > 0`
    : counted(
        by === 'account' ? sql`f.account_id` : sql`coalesce(f.owner_id, ${nobodyKey}::uuid)::text`,
        await findingCondition(access, filter),
      )
  const named =
    by === 'account'
      ? sql`(SELECT a.name FROM account a WHERE a.id = g.key) AS label`
      : sql`(SELECT m.name FROM member m WHERE m.id::text = g.key) AS label`
  return read<StoredGroup>(sql`
    SELECT g.*, ${named} FROM (${groups} ORDER BY 2 DESC, 3 DESC, 1 LIMIT ${MOST}) AS g ORDER BY g.severity DESC, g.n DESC, g.key`)
}

function counted(key: Sql, condition: Sql, label: Sql = sql``): Sql {
  return sql`SELECT ${key} AS key, max(f.severity) AS severity, count(*)::int AS n${label} FROM finding f WHERE ${condition} GROUP BY 1`
}
