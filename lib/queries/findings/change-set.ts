import 'server-only'
import { type Access, holds } from '../../access/proof'
import { ChangedValue, type ChangeView, maxNamedValues, undoableFields } from '../../domain/findings/change-set'
import { Prisma } from '../../generated/prisma/client'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'

const { sql } = Prisma

interface Head {
  actorKind: ChangeView['actorKind']
  actorId: string
  actorName: string
  at: Date
  count: number
  undoes: string | null
  fields: boolean
  accounts: number
}

interface Undo {
  id: string
  accounts: number
}

interface Value {
  field: string
  before: string | null
  after: string | null
  count: number
  groups: number
}

/** A change of findings, limited to those in the reader's scope; null where none is. */
export async function getChange(access: Access<'findings:read'>, id: string): Promise<ChangeView | null> {
  const lines = sql`finding_event f WHERE f.change_id = ${id}::uuid AND ${inScope(access)}`
  const value = (column: Prisma.Sql) => sql`coalesce(f.${column} ->> 'name', f.${column} #>> '{}')`
  const [[head], values, undos] = await Promise.all([
    read<Head>(
      sql`SELECT f.actor_kind AS "actorKind", f.actor_id AS "actorId", f.actor_name AS "actorName", min(f.at) AS at,
          count(DISTINCT (f.account_id, f.finding_id))::int AS count, min(f.former ->> 'undoes') AS undoes,
          bool_or(f.kind = ANY(${[...undoableFields]}::text[])) AS fields, count(DISTINCT f.account_id)::int AS accounts
        FROM ${lines} GROUP BY 1, 2, 3`,
    ),
    read<Value>(
      sql`SELECT f.kind AS field, ${value(sql`before`)} AS before, ${value(sql`after`)} AS after, count(*)::int AS count,
          (count(*) OVER ())::int AS groups
        FROM ${lines} GROUP BY 1, 2, 3 ORDER BY count DESC, 1, 2, 3 LIMIT ${maxNamedValues}`,
    ),
    undosOf(access, id),
  ])
  if (!head) return null
  const { actorId, fields, accounts, ...facts } = head
  const own = actorId === access.actor.id && head.actorKind === access.actor.kind
  const [undo] = undos
  const may = holds(access, 'findings:triage') && (own || holds(access, 'findings:triage-any'))
  return {
    ...facts,
    id,
    changes: values.map(row => ChangedValue.parse(row)),
    moreValues: Math.max(0, (values[0]?.groups ?? 0) - values.length),
    undoneBy: undo?.id ?? null,
    // A reader who sees only some of its accounts may already have undone it there.
    mayUndo: may && fields && (undo?.accounts ?? 0) < accounts,
  }
}

/** Undos of a change that restored something in scope, newest first, and the number of accounts that they restored. */
async function undosOf(access: Access<'findings:read'>, id: string): Promise<Undo[]> {
  return read<Undo>(sql`
    WITH undo AS (
      SELECT a.id, (a.detail ->> 'changeset')::uuid AS change_id FROM audit_entry a
      WHERE a.action = 'finding.undo' AND a.target = ${`changeset:${id}`}
    )
    SELECT f.change_id::text AS id, (SELECT count(DISTINCT f.account_id)::int FROM finding_event f
        WHERE f.change_id IN (SELECT change_id FROM undo) AND ${inScope(access)}) AS accounts
    FROM undo u JOIN finding_event f ON f.change_id = u.change_id WHERE ${inScope(access)}
    GROUP BY f.change_id ORDER BY max(u.id) DESC`)
}
