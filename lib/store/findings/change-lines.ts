import 'server-only'
import { type ChangeDetail, type ChangedValue, maxNamedValues } from '../../domain/findings/change-set'
import { Prisma } from '../../generated/prisma/client'

type Sql = Prisma.Sql
const { sql } = Prisma

/** The columns of the unchanged finding, as `p`, that a change reads. */
export const pickedFields = sql`p.account_id, p.id, p.status, p.team, p.team_by, p.owner_id, p.owner_by, p.due_at, p.due_by, p.severity, p.counts_as,
  p.class, p.resolved_reason, p.verdict`

/**
 * What the history keeps beside the former value, as jsonb over `p`: who had set it, or why it was resolved. `undoes`
 * names the change that this line undoes.
 */
export function formerState(kind: string, undoes: string | null = null): Sql {
  const by = { owner: sql`p.owner_by`, team: sql`p.team_by`, due: sql`p.due_by` }[kind]
  const state = by
    ? sql`jsonb_build_object('by', ${by})`
    : kind === 'status'
      ? sql`jsonb_build_object('reason', p.resolved_reason)`
      : kind === 'verdict'
        ? sql`jsonb_build_object('reason', p.resolved_reason, 'verdict', p.verdict)`
        : sql`NULL::jsonb`
  return undoes === null ? state : sql`coalesce(${state}, '{}') || jsonb_build_object('undoes', ${undoes}::text)`
}

/** The number of lines of a change with the same values. `total` and `groups` count all lines and all groups. */
export interface ChangeGroup {
  kind: ChangedValue['field']
  before: string | null
  after: string | null
  n: number
  total: number
  groups: number
}

/** A query that groups lines of `from` (kind, before, after) by their values, largest group first. */
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

/** Details of a change for its audit entry, as JSON. */
export function toDetail({ changes, moreValues, ...detail }: ChangeDetail): Prisma.InputJsonObject {
  return { ...detail, changes: changes.map(change => ({ ...change })), ...(moreValues > 0 && { moreValues }) }
}
