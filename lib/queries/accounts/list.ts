import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import type { AccountFilter } from '../../domain/accounts/filter'
import type { AccountRow, Page } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { reportingAccounts, reportingSources } from '../../sql/feeds/posture'
import { postureScores } from '../../sql/feeds/score'
import { isOpenCount } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { decodeCursor, encodeCursor, PlaceInt, PlaceText, PlaceTime } from '../cursor'
import { accountInScope, accountRows, newestScores } from './rows'

type Sql = Prisma.Sql
const { sql } = Prisma

/** What a list is sorted by. Only this value is computed for every account of the list; the rest is read for one page. */
interface Order {
  /** The value in a cursor, and its type in SQL. */
  place: z.ZodType<string | number>
  type: Sql
  /** SQL after `WITH wanted (id, name) AS …`: `(id, value)` of each row of `wanted`. */
  values: () => Sql
}

const openFindings =
  (only: Sql): Order['values'] =>
  () =>
    sql`
  SELECT w.id, coalesce(c.n, 0) AS value FROM wanted w LEFT JOIN (
    SELECT c.account_id, sum(c.n)::int AS n FROM finding_count c WHERE ${isOpenCount} AND ${only} GROUP BY 1
  ) AS c ON c.account_id = w.id`

const scores =
  (value: Sql): Order['values'] =>
  () =>
    sql`
  SELECT w.id, ${value} AS value FROM wanted w LEFT JOIN (
    WITH speaking AS (${reportingSources(now())}), stored AS (${newestScores})
    ${postureScores(sql`SELECT id FROM wanted EXCEPT SELECT id FROM stored`)} UNION ALL SELECT id, score, blind FROM stored
  ) AS s ON s.account_id = w.id`

const orders: Record<AccountFilter['sort'], Order> = {
  open: { place: PlaceInt, type: sql`int`, values: openFindings(sql`TRUE`) },
  overdue: { place: PlaceInt, type: sql`int`, values: openFindings(sql`c.overdue`) },
  name: {
    place: PlaceText,
    type: sql`text`,
    values: () => sql`SELECT id, lower(coalesce(nullif(name, ''), id)) AS value FROM wanted`,
  },
  risk: { place: z.number(), type: sql`float8`, values: scores(sql`100 - s.score`) },
  score: { place: z.number(), type: sql`float8`, values: scores(sql`s.score`) },
  heard: {
    place: PlaceTime,
    type: sql`timestamptz`,
    values: () => sql`
      SELECT w.id, h.last_heard_at AS value FROM wanted w LEFT JOIN (
        WITH speaking AS (${reportingSources(now())}) ${reportingAccounts}
      ) AS h ON h.account_id = w.id`,
  },
}

/**
 * One page of the accounts in scope that match a filter, in its order; accounts without a value last, ties by id. Throws `conflict`
 * for a cursor of another list.
 */
export async function listAccounts(
  access: Access<'findings:read'>,
  filter: AccountFilter,
  page: { cursor: string | null; limit: number },
): Promise<Page<AccountRow>> {
  const limit = Math.min(Math.max(Math.trunc(page.limit), 1), 200)
  const { values } = orders[filter.sort]
  const after = page.cursor === null ? sql`TRUE` : isAfterCursor(filter, page.cursor)
  const direction = filter.dir === 'asc' ? sql`ASC NULLS LAST` : sql`DESC NULLS LAST`
  const found = await read<{ id: string | null; value: string | number | Date | null; total: number }>(sql`
    WITH wanted AS MATERIALIZED (
      SELECT a.id, a.name FROM account a WHERE ${accountInScope(access)} AND ${matchesFilter(filter)}
    ), page AS (
      SELECT id, value FROM (${values()}) AS v WHERE ${after}
      ORDER BY value ${direction}, id LIMIT ${limit + 1}
    )
    SELECT p.id, p.value, n.total FROM (SELECT count(*)::int AS total FROM wanted) AS n LEFT JOIN page p ON TRUE
    ORDER BY p.value ${direction}, p.id`)
  const keys = found.flatMap(({ id, value }) => (id === null ? [] : [{ id, value }]))
  const ids = keys.slice(0, limit).map(({ id }) => id)
  const rows = ids.length > 0 ? await rowsOf(access, ids) : []
  const last = keys[limit - 1]
  return {
    rows,
    next: keys.length > limit && last ? encodeCursor({ sort: filter.sort, dir: filter.dir, ...last }) : null,
    total: found[0]?.total ?? 0,
    exact: true,
  }
}

/** The accounts among `ids` in the order of their risk, as in the list of accounts that is sorted by it. */
export async function riskiestAccounts(
  access: Access<'findings:read'>,
  ids: readonly string[],
  limit: number,
): Promise<AccountRow[]> {
  if (ids.length === 0) return []
  const found = await read<{ id: string }>(sql`
    WITH wanted AS MATERIALIZED (
      SELECT a.id, a.name FROM account a WHERE ${accountInScope(access)} AND a.id = ANY(${[...ids]}::text[])
    )
    SELECT id FROM (${orders.risk.values()}) AS v ORDER BY value DESC NULLS LAST, id LIMIT ${limit}`)
  return rowsOf(
    access,
    found.map(({ id }) => id),
  )
}

function rowsOf(access: Access<'findings:read'>, ids: readonly string[]): Promise<AccountRow[]> {
  const list = sql`${[...ids]}::text[]`
  return accountRows(access, sql`a.id = ANY(${list})`, sql`array_position(${list}, id)`, ids.length)
}

/** Whether `(id, value)` comes after a cursor. Throws `conflict` for a cursor of another order. */
function isAfterCursor({ sort, dir }: AccountFilter, cursor: string): Sql {
  const { place, type } = orders[sort]
  const shape = z.object({ sort: z.literal(sort), dir: z.literal(dir), value: place.nullable(), id: PlaceText })
  const { value, id } = decodeCursor(cursor, shape)
  if (value === null) return sql`(value IS NULL AND id > ${id})`
  const at = sql`${value}::${type}`
  return sql`(value IS NULL OR value ${dir === 'asc' ? sql`>` : sql`<`} ${at} OR (value = ${at} AND id > ${id}))`
}

/** The condition of a filter over `account AS a`. */
function matchesFilter(filter: AccountFilter): Sql {
  const wanted = [
    sql`TRUE`,
    filter.environment.length > 0 && sql`a.environment = ANY(${filter.environment}::text[])`,
    filter.team.length > 0 && sql`a.owner_team = ANY(${filter.team}::text[])`,
    filter.text !== '' && accountContains(filter.text),
  ].filter(condition => condition !== false)
  return Prisma.join(wanted, ' AND ')
}

/** Whether the name, the id or a tag of `account AS a` contains the text. */
export function accountContains(text: string): Sql {
  const pattern = contains(text)
  if (pattern === null) return sql`FALSE`
  return sql`(a.name ILIKE ${pattern} OR a.id LIKE ${pattern}
    OR EXISTS (SELECT 1 FROM jsonb_each_text(a.tags) AS tag WHERE tag.key ILIKE ${pattern} OR tag.value ILIKE ${pattern}))`
}
