import 'server-only'
import type { Clock } from '../../domain/policies/clock'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Tx } from '../transaction'
import { openStatusSql } from './open'

type Sql = Prisma.Sql
const { raw, sql } = Prisma

/** SQL: the earlier of the dates of a finding that still count. Written as in the indexes, so that the planner uses them. */
export function deadlineSql(finding: string): Sql {
  const of = (column: string) => (finding === '' ? column : `${finding}.${column}`)
  return raw(`LEAST(${of('due_at')}, CASE WHEN ${of('responded_at')} IS NULL THEN ${of('respond_by')} END)`)
}

/** SQL: when the days of `finding AS f` start, see clockStart. */
export function clockStartSql(clock: Clock): Sql {
  return clock === 'source'
    ? sql`CASE WHEN f.class = 'threat' THEN f.opened_at ELSE coalesce(f.began_at, f.opened_at) END`
    : sql`f.opened_at`
}

/** SQL: whether one of the dates has passed. What is not given is taken from `finding AS f`. */
export function isPastSql(
  at: Date,
  { dueAt = sql`f.due_at`, respondBy = sql`f.respond_by`, respondedAt = sql`f.responded_at` } = {},
): Sql {
  return sql`coalesce(least(${dueAt}, CASE WHEN ${respondedAt} IS NULL THEN ${respondBy} END) < ${at}::timestamptz, FALSE)`
}

/**
 * SQL: whether line `e` of a history is a response to a threat: a person or token acknowledges it or decides about it,
 * or a person takes, assigns or comments on it. A line that was undone is none.
 */
const isResponse = sql`((e.actor_kind IN ('member', 'token') AND e.kind = 'status'
      AND e.after #>> '{}' IN ('acknowledged', 'in_progress', 'resolved'))
    OR (e.actor_kind = 'member' AND (e.kind = 'comment'
      OR (e.kind = 'owner' AND e.after IS NOT NULL AND NOT coalesce(e.former ? 'undoes', FALSE)))))
  AND NOT EXISTS (SELECT FROM finding_event u WHERE u.account_id = e.account_id AND u.finding_id = e.finding_id
    AND u.kind = e.kind AND u.id > e.id AND u.former ->> 'undoes' = e.change_id::text)`

/** SQL: when somebody first responded to `finding AS f`, a threat, since it was opened, by its history. */
export const firstResponse = sql`(SELECT min(e.at) FROM finding_event e
  WHERE e.account_id = f.account_id AND e.finding_id = f.id AND e.at >= f.opened_at AND ${isResponse})`

/** Stops the clock of threats that a change responds to. To be run after the change, in its transaction. */
export async function noteResponses(tx: Tx, changeId: string, at: Date): Promise<void> {
  await executeIn(
    tx,
    sql`UPDATE finding f SET responded_at = r.at, updated_at = ${at}::timestamptz,
        overdue = f.status IN (${openStatusSql}) AND ${isPastSql(at, { respondedAt: sql`r.at` })}
      FROM (SELECT e.account_id, e.finding_id, min(e.at) AS at FROM finding_event e
        WHERE e.change_id = ${changeId}::uuid AND ${isResponse} GROUP BY 1, 2) AS r
      WHERE f.account_id = r.account_id AND f.id = r.finding_id AND f.class = 'threat' AND f.responded_at IS NULL`,
  )
}

/** The same after an undo, which may have taken back the only response. */
export async function recountResponses(tx: Tx, undoId: string, at: Date): Promise<void> {
  await executeIn(
    tx,
    sql`UPDATE finding f SET responded_at = r.at, overdue = f.status IN (${openStatusSql}) AND ${isPastSql(at, { respondedAt: sql`r.at` })}
      FROM (SELECT f.account_id, f.id, ${firstResponse} AS at FROM finding f
        WHERE f.class = 'threat' AND (f.account_id, f.id) IN (
          SELECT e.account_id, e.finding_id FROM finding_event e WHERE e.change_id = ${undoId}::uuid)) AS r
      WHERE f.account_id = r.account_id AND f.id = r.id AND f.responded_at IS DISTINCT FROM r.at`,
  )
}
