import 'server-only'
import { inScope } from '../access/finding-where'
import { type Access, holds } from '../access/proof'
import { ChangedValue, type ChangeView, maxNamedValues, undoableFields } from '../domain/change-set'
import { Prisma } from '../generated/prisma/client'
import { undosOf } from './audit'
import { read } from './read'

const { sql } = Prisma

interface Head {
  actorKind: ChangeView['actorKind']
  actorId: string
  actorName: string
  at: Date
  count: number
  undoes: string | null
  fields: boolean
}

interface Value {
  field: string
  before: string | null
  after: string | null
  count: number
  groups: number
}

/** A change of findings, as far as the reader sees them; null where none of them is in scope. */
export async function getChange(access: Access<'findings:read'>, id: string): Promise<ChangeView | null> {
  const lines = sql`finding_event f WHERE f.change_id = ${id}::uuid AND ${inScope(access)}`
  const value = (column: Prisma.Sql) => sql`coalesce(f.${column} ->> 'name', f.${column} #>> '{}')`
  const [[head], values, undos] = await Promise.all([
    read<Head>(
      sql`SELECT f.actor_kind AS "actorKind", f.actor_id AS "actorId", f.actor_name AS "actorName", min(f.at) AS at,
          count(DISTINCT (f.account_id, f.finding_id))::int AS count, min(f.former ->> 'undoes') AS undoes,
          bool_or(f.kind = ANY(${[...undoableFields]}::text[])) AS fields
        FROM ${lines} GROUP BY 1, 2, 3`,
    ),
    read<Value>(
      sql`SELECT f.kind AS field, ${value(sql`before`)} AS before, ${value(sql`after`)} AS after, count(*)::int AS count,
          (count(*) OVER ())::int AS groups
        FROM ${lines} GROUP BY 1, 2, 3 ORDER BY count DESC, 1, 2, 3 LIMIT ${maxNamedValues}`,
    ),
    undosOf([id]),
  ])
  if (!head) return null
  const { actorId, fields, ...facts } = head
  const own = actorId === access.actor.id && head.actorKind === access.actor.kind
  const undoneBy = undos.get(`changeset:${id}`) ?? null
  const may = holds(access, 'findings:triage') && (own || holds(access, 'findings:triage-any'))
  return {
    ...facts,
    id,
    changes: values.map(row => ChangedValue.parse(row)),
    moreValues: Math.max(0, (values[0]?.groups ?? 0) - values.length),
    undoneBy,
    mayUndo: may && fields && undoneBy === null,
  }
}
