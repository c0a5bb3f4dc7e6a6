import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { categoryOf } from '../../domain/controls/category-of'
import type { ControlView, FlowPoint } from '../../domain/controls/control-view'
import { requirementsOf } from '../../domain/controls/requirements'
import { severityOf } from '../../domain/controls/severities'
import { controlTable } from '../../domain/controls/table'
import { FindingFilter } from '../../domain/findings/filter'
import { statuses } from '../../domain/findings/status'
import type { FindingClass } from '../../domain/imports/outcome'
import { dayOf } from '../../domain/policies/due'
import { standardRows } from '../../domain/standard/rows'
import { env } from '../../env'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { findingCondition } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { getControlSeverities } from '../policies/control-severity'

const { sql } = Prisma
const DAYS = 30

interface Counts {
  class: FindingClass | null
  title: string | null
  open: number
  accounts: number
  overdue: number
  excepted: number
}

/**
 * A control with its findings in the reader's accounts. Throws NotFoundError for one that the table of controls does not
 * know and that no such finding has.
 */
export async function getControl(access: Access<'findings:read'>, id: string): Promise<ControlView> {
  const all = await findingCondition(access, FindingFilter.parse({ control: [id], status: [...statuses] }))
  const [[counts], days, { severities }] = await Promise.all([countsOf(all), daysOf(all), getControlSeverities(access)])
  const row = controlTable.named(id)
  const kind = counts?.class ?? 'posture'
  if (!counts?.class && row?.id !== id) throw new NotFoundError()
  return {
    id,
    title: counts?.title ?? id,
    class: kind,
    category: categoryOf({ class: kind, control: id }),
    severity: kind === 'posture' ? severityOf(severities, id) : null,
    requirements: requirementsOf(id),
    otherNames: [...new Set(Object.values(row?.names ?? {}).flatMap(names => Object.keys(names)))].sort(),
    checks: standardRows.filter(({ controls }) => controls.includes(id)).map(check => check.id),
    open: counts?.open ?? 0,
    accounts: counts?.accounts ?? 0,
    overdue: counts?.overdue ?? 0,
    excepted: counts?.excepted ?? 0,
    days,
  }
}

function countsOf(all: Prisma.Sql): Promise<Counts[]> {
  const open = sql`f.status IN (${openStatusSql})`
  return read<Counts>(
    sql`SELECT min(f.class) AS class, min(f.title) AS title, (count(*) FILTER (WHERE ${open}))::int AS open,
        (count(DISTINCT f.account_id) FILTER (WHERE ${open}))::int AS accounts, (count(*) FILTER (WHERE f.overdue))::int AS overdue,
        (count(*) FILTER (WHERE f.status IN ('accepted', 'false_positive')))::int AS excepted
      FROM finding f WHERE ${all}`,
  )
}

/** Each time that one of its findings was opened and resolved. Days without any are in it as well. */
function daysOf(all: Prisma.Sql): Promise<FlowPoint[]> {
  const zone = env().HINOMI_TIME_ZONE
  const today = dayOf(now(), zone)
  const first = sql`(${today}::date - ${DAYS - 1}::int)`
  const since = sql`(${first}::timestamp AT TIME ZONE ${zone})`
  const dayIn = (column: Prisma.Sql) => sql`(${column} AT TIME ZONE ${zone})::date`
  return read<FlowPoint>(
    sql`WITH change AS (
        SELECT ${dayIn(sql`f.opened_at`)} AS day, 1 AS opened, 0 AS closed FROM finding f WHERE ${all} AND f.opened_at >= ${since}
        UNION ALL
        SELECT ${dayIn(sql`f.resolved_at`)}, 0, 1 FROM finding f WHERE ${all} AND f.status = 'resolved' AND f.resolved_at >= ${since}
        UNION ALL
        SELECT ${dayIn(sql`c.at`)}, c.opened, 1 - c.opened FROM finding f
          JOIN finding_period p ON p.account_id = f.account_id AND p.finding_id = f.id
          CROSS JOIN LATERAL (VALUES (p.opened_at, 1), (p.closed_at, 0)) AS c(at, opened)
        WHERE ${all} AND p.closed_at >= ${since} AND c.at >= ${since}
      )
      SELECT to_char(d.day, 'YYYY-MM-DD') AS day, coalesce(sum(c.opened), 0)::int AS opened, coalesce(sum(c.closed), 0)::int AS closed
      FROM generate_series(${first}, ${today}::date, interval '1 day') AS d(day) LEFT JOIN change c ON c.day = d.day::date
      GROUP BY d.day ORDER BY d.day`,
  )
}
