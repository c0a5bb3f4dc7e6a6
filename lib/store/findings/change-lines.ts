import 'server-only'
import { type ChangeDetail, type ChangedValue, maxNamedValues } from '../../domain/findings/change-set'
import { Prisma } from '../../generated/prisma/client'

type Sql = Prisma.Sql
const { sql } = Prisma

/** The columns of a finding, as `p`, that a change reads of it as it was. */
export const pickedFields = sql`p.account_id, p.id, p.status, p.team, p.team_by, p.owner_id, p.owner_by, p.due_at, p.due_by, p.severity,
  p.resolved_reason`

/**
 * What is kept beside the former value, as jsonb over `p`: who had set it, and what had closed it. `undoes` names the change that this
 * line takes back.
 */
export function formerState(kind: string, undoes: string | null = null): Sql {
  const by = { owner: sql`p.owner_by`, team: sql`p.team_by`, due: sql`p.due_by` }[kind]
  const state = by
    ? sql`jsonb_build_object('by', ${by})`
    : kind === 'status'
      ? sql`jsonb_build_object('reason', p.resolved_reason)`
      : sql`NULL::jsonb`
  return undoes === null ? state : sql`coalesce(${state}, '{}') || jsonb_build_object('undoes', ${undoes}::text)`
}

/** How many lines of a change have the same values; `total` and `groups` are of all of them. */
export interface ChangeGroup {
  kind: ChangedValue['field']
  before: string | null
  after: string | null
  n: number
  total: number
  groups: number
}

/** A query that sums up lines of `from` (kind, before, after) by their values, most findings first. */
export function groupColumns(from: Sql): Sql {
  const value = (column: Sql) => sql`coalesce(e.${column} ->> 'name', e.${column} #>> '{}')`
  return sql`SELECT e.kind, ${value(sql`before`)} AS before, ${value(sql`after`)} AS after, count(*)::int AS n,
      (sum(count(*)) OVER ())::int AS total, (count(*) OVER ())::int AS groups
    FROM ${from} AS e GROUP BY 1, 2, 3 ORDER BY n DESC, 1, 2, 3 LIMIT ${maxNamedValues}`
}

export function toValues(groups: readonly ChangeGroup[]): Pick<ChangeDetail, 'changes' | 'moreValues'> {
  const all = new Map(groups.map(group => [group.kind, group.groups]))
  const beyond = [...all.values()].reduce((sum, n) => sum + n, 0) - groups.length
  const changes = groups.map(({ kind, before, after, n }) => ({ field: kind, before, after, count: n }))
  return { changes, moreValues: Math.max(0, beyond) }
}

/** Facts of a change for its audit entry, as JSON. */
export function toDetail({ changes, moreValues, ...detail }: ChangeDetail): Prisma.InputJsonObject {
  return { ...detail, changes: changes.map(change => ({ ...change })), ...(moreValues > 0 && { moreValues }) }
}
