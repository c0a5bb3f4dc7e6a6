import 'server-only'
import { assignableRoles } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import { changesOf, type UndoableField } from '../../domain/findings/change-set'
import { openStatuses, settableStatuses } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'
import { dateText, insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { type ChangeGroup, formerState, groupColumns, pickedFields } from './change-lines'
import { inWorkableTeam } from './selection'

type Sql = Prisma.Sql
const { sql } = Prisma

export interface Restoring {
  /** The change that is undone, and the id of the undo. */
  undoes: string
  id: string
  /** Accounts in scope, held. */
  accounts: readonly AccountId[]
  field: UndoableField
  /** Whether the actor made the change. */
  own: boolean
}

/** How a field goes back. Expressions are over `p`, the finding as it is, and `e`, the line of the change. */
interface FieldRule {
  /** Whether the finding still has what the change gave it. */
  unchanged: Sql
  /** Whether the actor could set the former value today. */
  allowed: Sql
  /** The present value, as the history has it. */
  present: Sql
  /** What is set on `f`, with the line's `before` and `former` in `p`. */
  set: Sql
}

const text = (column: Sql) => sql`${column} #>> '{}'`

function ruleOf({ field, undoes, id }: Restoring): FieldRule {
  const at = sql`${now()}::timestamptz`
  switch (field) {
    case 'status': {
      const open = sql`${text(sql`p.line_before`)} = ANY(${[...openStatuses]}::text[])`
      return {
        unchanged: sql`p.status = ${text(sql`e.after`)}`,
        allowed: sql`${text(sql`e.before`)} = ANY(${[...settableStatuses]}::text[]) AND (p.status <> 'resolved' OR ${isStillReported})`,
        present: sql`to_jsonb(p.status)`,
        // Closed again it is closed by hand, whatever closed it first: what sources say now may be something else. It was open meanwhile,
        // so that opened_at stays.
        set: sql`status = ${text(sql`p.line_before`)},
          resolved_at = CASE WHEN ${open} THEN NULL ELSE ${at} END, resolved_reason = CASE WHEN ${open} THEN NULL ELSE 'hand' END,
          overdue = ${open} AND coalesce(f.due_at < ${at}, FALSE)`,
      }
    }
    case 'due': {
      const due = sql`(${text(sql`p.line_before`)})::timestamptz`
      return {
        unchanged: sql`p.due_at IS NOT DISTINCT FROM (${text(sql`e.after`)})::timestamptz`,
        // A date that followed from a status goes back with it only.
        allowed: sql`(NOT EXISTS (${lineOf(undoes, sql`s.kind = 'status'`)})
          OR EXISTS (${lineOf(id, sql`s.kind = 'status'`)}))`,
        present: dateText(sql`p.due_at`),
        set: sql`due_at = ${due}, due_by = p.line_former ->> 'by',
          overdue = f.status = ANY(${[...openStatuses]}::text[]) AND coalesce(${due} < ${at}, FALSE)`,
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
        // A team that was retired meanwhile takes nothing back.
        allowed: sql`EXISTS (SELECT FROM team t WHERE t.id = coalesce(${text(sql`e.before`)}, p.team) AND t.retired_at IS NULL)`,
        present: sql`to_jsonb(p.team)`,
        // Without a team before, it was the same, and only who had chosen it changed.
        set: sql`team = coalesce(${text(sql`p.line_before`)}, f.team), team_by = p.line_former ->> 'by'`,
      }
  }
}

/**
 * Whether `p`, which line `e` closed, would be open by what its sources say, or was opened by hand against them before. What a report
 * has found fixed meanwhile would stay open for good: no later report closes it.
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

/**
 * Whose finding the actor may work on now. Who moved it to another team by mistake may take that back as long as nothing happened to it
 * since; this undo's own lines do not count.
 */
function workable(access: Access, { undoes, id, field, own }: Restoring): Sql {
  const now = inWorkableTeam(access, sql`p.team`)
  if (field !== 'team' || !own) return now
  return sql`(${now} OR (${inWorkableTeam(access, sql`coalesce(${text(sql`e.before`)}, p.team)`)}
    AND NOT EXISTS (SELECT FROM finding_event s WHERE ${sameFinding} AND s.id > e.id AND s.kind <> 'overdue'
      AND coalesce(s.change_id <> ALL(${[undoes, id]}::uuid[]), TRUE))))`
}

/** Restores one field wherever it may be, in one statement; gives the values that were there. */
export async function restoreField(
  tx: Prisma.TransactionClient,
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
  const groups = await tx.$queryRaw<ChangeGroup[]>`
    WITH picked AS MATERIALIZED (
      SELECT ${pickedFields}, e.before AS line_before, e.former AS line_former, ${rule.present} AS present
      FROM finding_event e JOIN finding p ON p.account_id = e.account_id AND p.id = e.finding_id LEFT JOIN member o ON o.id = p.owner_id
      WHERE e.change_id = ${undoes}::uuid AND e.kind = ${field} AND e.account_id = ANY(${[...accounts]}::text[])
        AND ${rule.unchanged} AND ${rule.allowed} AND ${workable(access, restoring)}
        AND NOT EXISTS (SELECT FROM finding_event s WHERE ${sameFinding} AND s.id > e.id AND s.kind = ANY(${[...changesOf[field]]}::text[]))
    ), changed AS (
      UPDATE finding f SET ${rule.set}, updated_at = ${at}::timestamptz FROM picked p WHERE f.account_id = p.account_id AND f.id = p.id
    ), written AS (
      ${insertEvents({ actor, at }, event, sql`picked p`)} RETURNING kind, before, after
    ) ${groupColumns(sql`written`)}`
  if (field === 'status' || field === 'due') {
    const restored = sql`SELECT e.account_id, e.finding_id AS id FROM finding_event e WHERE e.change_id = ${id}::uuid AND e.kind = ${field}`
    await tx.$executeRaw(insertOverdueEvents({ actor, at }, restored))
  }
  return groups
}
