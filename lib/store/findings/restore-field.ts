import 'server-only'
import { assignableRoles } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import { changesOf, type UndoableField } from '../../domain/findings/change-set'
import { openStatuses, settableStatuses } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'
import { isPastSql } from '../../sql/findings/deadline'
import { dateText, insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { type ChangeGroup, formerState, groupColumns, pickedFields } from './change-lines'
import { inWorkableTeam } from './selection'

type Sql = Prisma.Sql
const { sql } = Prisma

export interface Restoring {
  /** The change that is undone, and the id of the undo. */
  undoes: string
  id: string
  /** Accounts in scope, locked. */
  accounts: readonly AccountId[]
  field: UndoableField
  /** Whether the actor made the change. */
  own: boolean
  /** Findings whose former due date the actor could not set today. */
  keptDates: readonly string[]
}

/** How a field is restored. Expressions are over `p`, the finding as it is, and `e`, the history line of the change. */
interface FieldRule {
  /** Whether the finding still has the value that the change set. */
  unchanged: Sql
  /** Whether the actor could set the former value today. */
  allowed: Sql
  /** The present value as in the history. */
  present: Sql
  /** Assignments to `f`; `p` has the line's `before` and `former`. */
  set: Sql
}

const text = (column: Sql) => sql`${column} #>> '{}'`

function ruleOf({ field, undoes, id, keptDates }: Restoring): FieldRule {
  const at = sql`${now()}::timestamptz`
  switch (field) {
    case 'status': {
      const open = sql`${text(sql`p.line_before`)} = ANY(${[...openStatuses]}::text[])`
      return {
        unchanged: sql`p.status = ${text(sql`e.after`)}`,
        allowed: sql`${text(sql`e.before`)} = ANY(${[...settableStatuses]}::text[]) AND (p.status <> 'resolved' OR ${isStillReported})`,
        present: sql`to_jsonb(p.status)`,
        // Resolved again counts as resolved by hand, since its sources may report something else by now. It was open
        // meanwhile, so opened_at does not change.
        set: sql`status = ${text(sql`p.line_before`)},
          resolved_at = CASE WHEN ${open} THEN NULL ELSE ${at} END, resolved_reason = CASE WHEN ${open} THEN NULL ELSE 'hand' END,
          overdue = ${open} AND ${isPastSql(now())}`,
      }
    }
    case 'verdict':
      return {
        unchanged: sql`p.verdict ->> 'kind' IS NOT DISTINCT FROM ${text(sql`e.after`)}`,
        allowed: withStatus(undoes, id),
        present: sql`p.verdict -> 'kind'`,
        // A verdict is that of a resolved finding; the status is restored before it.
        set: sql`verdict = nullif(p.line_former -> 'verdict', 'null'),
          resolved_reason = CASE WHEN f.status <> 'resolved' THEN NULL WHEN nullif(p.line_former -> 'verdict', 'null') IS NOT NULL
            THEN 'verdict' ELSE p.line_former ->> 'reason' END`,
      }
    case 'due': {
      const due = sql`(${text(sql`p.line_before`)})::timestamptz`
      return {
        unchanged: sql`p.due_at IS NOT DISTINCT FROM (${text(sql`e.after`)})::timestamptz`,
        allowed: sql`${withStatus(undoes, id)} AND p.account_id || '-' || replace(p.id::text, '-', '') <> ALL(${[...keptDates]}::text[])`,
        present: dateText(sql`p.due_at`),
        set: sql`due_at = ${due}, due_by = p.line_former ->> 'by',
          overdue = f.status = ANY(${[...openStatuses]}::text[]) AND ${isPastSql(now(), { dueAt: due })}`,
      }
    }
    case 'owner':
      return {
        unchanged: sql`p.owner_id IS NOT DISTINCT FROM (e.after ->> 'id')::uuid`,
        allowed: sql`(e.before IS NULL OR EXISTS (SELECT FROM member m WHERE m.id = (e.before ->> 'id')::uuid AND m.removed_at IS NULL
          AND m.role = ANY(${[...assignableRoles]}::text[]) AND (NOT m.limited OR p.account_id = ANY(m.accounts))))`,
        present: sql`CASE WHEN p.owner_id IS NOT NULL THEN jsonb_build_object('id', p.owner_id, 'name', o.name) END`,
        set: sql`owner_id = (p.line_before ->> 'id')::uuid, owner_by = p.line_former ->> 'by'`,
      }
    case 'team':
      return {
        unchanged: sql`p.team = ${text(sql`e.after`)}`,
        // A retired team gets nothing back.
        allowed: sql`EXISTS (SELECT FROM team t WHERE t.id = coalesce(${text(sql`e.before`)}, p.team) AND t.retired_at IS NULL)`,
        present: sql`to_jsonb(p.team)`,
        // No former team: the team was the same, and only the way it was chosen changed.
        set: sql`team = coalesce(${text(sql`p.line_before`)}, f.team), team_by = p.line_former ->> 'by'`,
      }
  }
}

/**
 * Whether `p`, which line `e` resolved, would be open by its sources, or had been reopened by hand against them.
 * Otherwise it would stay open for good, since no later report resolves it.
 */
const isStillReported = sql`(
  EXISTS (SELECT FROM sighting g WHERE g.account_id = p.account_id AND g.finding_id = p.id AND g.present AND (g.result = 'failed' OR g.unproven))
  OR NOT EXISTS (SELECT FROM sighting g WHERE g.account_id = p.account_id AND g.finding_id = p.id)
  OR EXISTS (SELECT FROM finding_event h WHERE h.account_id = e.account_id AND h.finding_id = e.finding_id AND h.id < e.id
    AND h.kind = 'status' AND h.before #>> '{}' = 'resolved'))`

const sameFinding = sql`s.account_id = e.account_id AND s.finding_id = e.finding_id`

function lineOf(change: string, condition: Sql): Sql {
  return sql`SELECT FROM finding_event s WHERE ${sameFinding} AND s.change_id = ${change}::uuid AND ${condition}`
}

/** What a status change set with it is restored only together with the status. */
function withStatus(undoes: string, id: string): Sql {
  return sql`(NOT EXISTS (${lineOf(undoes, sql`s.kind = 'status'`)}) OR EXISTS (${lineOf(id, sql`s.kind = 'status'`)}))`
}

/**
 * Whether the actor may change the finding now. An actor who moved it to another team may undo that as long as nothing
 * else happened to it since; lines of this undo do not count.
 */
function workable(access: Access, { undoes, id, field, own }: Restoring): Sql {
  const now = inWorkableTeam(access, sql`p.team`)
  if (field !== 'team' || !own) return now
  return sql`(${now} OR (${inWorkableTeam(access, sql`coalesce(${text(sql`e.before`)}, p.team)`)}
    AND NOT EXISTS (SELECT FROM finding_event s WHERE ${sameFinding} AND s.id > e.id AND s.kind <> 'overdue'
      AND coalesce(s.change_id <> ALL(${[undoes, id]}::uuid[]), TRUE))))`
}

/** Restores one field of all findings of the change in one statement. Returns the values by number of findings. */
export async function restoreField(
  tx: Tx,
  access: Access<'findings:triage'>,
  restoring: Restoring,
): Promise<ChangeGroup[]> {
  const { undoes, id, accounts, field } = restoring
  const { actor } = access
  const rule = ruleOf(restoring)
  const at = now()
  const event = {
    accountId: sql`p.account_id`,
    findingId: sql`p.id`,
    kind: field,
    before: sql`p.present`,
    after: field === 'team' ? sql`coalesce(p.line_before, p.present)` : sql`p.line_before`,
    changeId: id,
    former: formerState(field, undoes),
  }
  const groups = await runIn<ChangeGroup>(
    tx,
    sql`WITH picked AS MATERIALIZED (
      SELECT ${pickedFields}, e.before AS line_before, e.former AS line_former, ${rule.present} AS present
      FROM finding_event e JOIN finding p ON p.account_id = e.account_id AND p.id = e.finding_id LEFT JOIN member o ON o.id = p.owner_id
      WHERE e.change_id = ${undoes}::uuid AND e.kind = ${field} AND e.account_id = ANY(${[...accounts]}::text[])
        AND ${rule.unchanged} AND ${rule.allowed} AND ${workable(access, restoring)}
        AND NOT EXISTS (SELECT FROM finding_event s WHERE ${sameFinding} AND s.id > e.id AND s.kind = ANY(${[...changesOf[field]]}::text[])
          AND coalesce(s.change_id <> ALL(${[undoes, id]}::uuid[]), TRUE))
    ), changed AS (
      UPDATE finding f SET ${rule.set}, updated_at = ${at}::timestamptz FROM picked p WHERE f.account_id = p.account_id AND f.id = p.id
    ), written AS (
      ${insertEvents({ actor, at }, event, sql`picked p`)} RETURNING kind, before, after
    ) ${groupColumns(sql`written`)}`,
  )
  if (field === 'status' || field === 'due') {
    const restored = sql`SELECT e.account_id, e.finding_id AS id FROM finding_event e WHERE e.change_id = ${id}::uuid AND e.kind = ${field}`
    await executeIn(tx, insertOverdueEvents({ actor, at }, restored))
  }
  return groups
}
