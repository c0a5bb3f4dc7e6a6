import 'server-only'
import type { EntranceFilter } from '../../domain/waf/filter'
import { rungs } from '../../domain/waf/ladder'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'

const { sql } = Prisma

/** Entrances with their accounts and web ACLs: `entrance AS e`, `account AS a`, `web_acl AS w`. */
export const entrancesFrom = sql`FROM entrance e JOIN account a ON a.id = e.account_id
  LEFT JOIN web_acl w ON w.account_id = e.account_id AND w.id = e.acl_id`

/** The place of a rung on the ladder, from the worst; what is not known comes first. */
export const rungPlace = sql`coalesce(array_position(${[...rungs]}::text[], e.rung), 0)`

/** The columns of EntranceRow. */
export const entranceColumns = sql`replace(e.id::text, '-', '') AS id, e.kind, e.region, e.arn, e.name, e.address, e.behind, e.rung,
  json_build_object('id', a.id, 'name', a.name, 'environment', a.environment, 'ownerTeam', a.owner_team) AS account,
  CASE WHEN w.id IS NOT NULL THEN json_build_object('id', replace(w.id::text, '-', ''), 'name', w.name) END AS acl,
  json_build_object('step', e.step, 'values', e.step_values) AS next, e.requests::float8 AS requests, e.allowed::float8 AS allowed,
  e.counted::float8 AS counted, e.blocked::float8 AS blocked, e.judged_at AS "judgedAt"`

/** Whether an entrance matches a filter. */
export function matchesEntrance(filter: EntranceFilter): Prisma.Sql {
  const pattern = contains(filter.text)
  const wanted = [
    sql`a.closed_at IS NULL`,
    filter.text !== '' &&
      (pattern === null
        ? sql`FALSE`
        : sql`(e.name ILIKE ${pattern} OR e.address ILIKE ${pattern} OR e.arn = ${filter.text} OR w.name ILIKE ${pattern})`),
    filter.rung.length > 0 && sql`coalesce(e.rung, 'unknown') = ANY(${filter.rung}::text[])`,
    filter.kind.length > 0 && sql`e.kind = ANY(${filter.kind}::text[])`,
    filter.environment.length > 0 && sql`coalesce(a.environment, 'unset') = ANY(${filter.environment}::text[])`,
    filter.account.length > 0 && sql`e.account_id = ANY(${filter.account}::text[])`,
    filter.team.length > 0 && sql`a.owner_team = ANY(${filter.team}::text[])`,
  ].filter(condition => condition !== false)
  return Prisma.join(wanted, ' AND ')
}
