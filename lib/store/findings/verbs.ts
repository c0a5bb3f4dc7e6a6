import 'server-only'
import { assignableRoles } from '../../access/permissions'
import { now } from '../../clock'
import type { SettableStatus } from '../../domain/findings/change'
import { severities, severityRank } from '../../domain/findings/severity'
import { isOpen } from '../../domain/findings/status'
import { environments, type TeamId } from '../../domain/people/team'
import { dueAt } from '../../domain/policies/due'
import { env } from '../../env'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { dateText } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { duePolicyIn } from '../policies/due-policy'
import { queuePolicies } from '../policies/queue'
import { requireActiveTeams } from '../teams/rows'
import type { FindingChange, Prepared } from './changes'

const { sql } = Prisma

/**
 * Sets or removes the owner. Throws `conflict` if the member is removed, may not own findings, or may not see one of
 * the accounts. Locks the member, so that nobody is assigned findings while being removed.
 */
export async function prepareOwner(tx: Tx, owner: string | null): Promise<Prepared> {
  if (owner === null) return { changes: [ownerChange(null)] }
  const [member] = await runIn<{ name: string; role: string; limited: boolean; accounts: string[] }>(
    tx,
    sql`SELECT name, role, limited, accounts FROM member WHERE id = ${owner}::uuid AND removed_at IS NULL FOR SHARE`,
  )
  if (!member) throw new AppError('conflict', { reason: 'ownerUnknown', field: 'owner' })
  const { name } = member
  if (!assignableRoles.some(role => role === member.role)) {
    throw new AppError('conflict', { reason: 'ownerMayNot', params: { name }, field: 'owner' })
  }
  return {
    changes: [ownerChange({ id: owner, name })],
    check: async (_tx, locked) => {
      const unseen = member.limited ? locked.accounts.filter(id => !member.accounts.includes(id)) : []
      if (unseen.length === 0) return
      throw new AppError('conflict', {
        reason: 'ownerCannotSee',
        params: { name, count: unseen.length },
        field: 'owner',
      })
    },
  }
}

function ownerChange(owner: { id: string; name: string } | null): FindingChange {
  const id = owner?.id ?? null
  return {
    kind: 'owner',
    action: 'finding.assign',
    detail: { owner: id, name: owner?.name ?? null },
    set: sql`owner_id = ${id}::uuid, owner_by = 'hand'`,
    differs: sql`p.owner_id IS DISTINCT FROM ${id}::uuid`,
    before: sql`CASE WHEN p.owner_id IS NOT NULL THEN jsonb_build_object('id', p.owner_id, 'name', p.owner_name) END`,
    after: owner ? sql`jsonb_build_object('id', ${id}::text, 'name', ${owner.name}::text)` : sql`NULL::jsonb`,
    text: null,
  }
}

/**
 * Sets a status by hand. A finding that a report resolved gets a new due date when it is reopened, unless a person set
 * the date. One that was resolved by hand keeps its dates. Throws `conflict` with the number of findings that have an
 * exception.
 */
export function toStatus(status: SettableStatus, reason?: string): Prepared {
  const overdue = sql`coalesce(f.due_at < ${now()}::timestamptz, FALSE)`
  const opened = sql`CASE WHEN f.status = 'resolved' AND f.resolved_reason <> 'hand' THEN ${now()}::timestamptz ELSE f.opened_at END`
  return {
    check: async (tx, locked) => {
      const [row] = await runIn<{ n: number; suppressed: number }>(
        tx,
        sql`SELECT count(*) FILTER (WHERE f.status <> 'suppressed')::int AS n, count(*) FILTER (WHERE f.status = 'suppressed')::int AS suppressed
          FROM finding f WHERE ${locked.where} AND f.status IN ('accepted', 'false_positive', 'suppressed')`,
      )
      if (row && row.n > 0)
        throw new AppError('conflict', { reason: 'isException', params: { count: row.n }, field: 'status' })
      if (row && row.suppressed > 0)
        throw new AppError('conflict', { reason: 'isSuppressed', params: { count: row.suppressed }, field: 'status' })
    },
    ...(isOpen(status) && { first: reopen }),
    changes: [
      {
        kind: 'status',
        action: 'finding.status',
        detail: { status },
        set: isOpen(status)
          ? sql`status = ${status}, opened_at = ${opened}, resolved_at = NULL, resolved_reason = NULL, overdue = ${overdue}`
          : sql`status = ${status}, resolved_at = ${now()}::timestamptz, resolved_reason = 'hand', overdue = FALSE`,
        differs: sql`p.status <> ${status}`,
        before: sql`to_jsonb(p.status)`,
        after: sql`to_jsonb(${status}::text)`,
        text: status === 'resolved' ? (reason ?? null) : null,
      },
    ],
  }
}

const reopen: NonNullable<Prepared['first']> = async (tx, access, locked) => {
  const [row] = await runIn<{ n: number }>(
    tx,
    sql`SELECT count(*)::int AS n FROM finding f WHERE ${locked.where} AND f.status = 'resolved'`,
  )
  // Policies may have changed while they were resolved.
  if (row && row.n > 0) await queuePolicies(tx, access, ['due-policy', 'routing'], locked.accounts)
  return [await newDueDates(tx)]
}

/** Sets the due date that the policy gives to findings that are reopened now. */
async function newDueDates(tx: ModelTx): Promise<FindingChange> {
  const policy = await duePolicyIn(tx)
  const dates = [null, ...environments].flatMap(environment =>
    severities.map(severity => ({
      environment,
      severity: severityRank(severity),
      due_at: dueAt(severity, now(), environment, env().HINOMI_TIME_ZONE, policy),
    })),
  )
  const due = sql`(SELECT d.due_at FROM account a JOIN jsonb_to_recordset(${JSON.stringify(dates)}::jsonb)
      AS d(environment text, severity smallint, due_at timestamptz) ON d.environment IS NOT DISTINCT FROM a.environment
    WHERE a.id = p.account_id AND d.severity = p.severity)`
  return {
    kind: 'due',
    action: null,
    detail: {},
    set: sql`due_at = ${due}`,
    differs: sql`p.status = 'resolved' AND p.resolved_reason <> 'hand' AND p.due_by = 'policy' AND p.due_at IS DISTINCT FROM ${due}`,
    before: dateText(sql`p.due_at`),
    after: dateText(due),
    text: null,
  }
}

/**
 * Sets a team by hand, and locks it so that it is not retired meanwhile. Throws `conflict` if it is unknown or retired.
 */
export async function toTeam(tx: Tx, team: TeamId): Promise<Prepared> {
  await requireActiveTeams(tx, [team], 'team')
  return {
    changes: [
      {
        kind: 'team',
        action: 'finding.team',
        detail: { team },
        set: sql`team = ${team}, team_by = 'hand'`,
        // Confirming the team is a decision too: routing does not move the finding afterwards.
        differs: sql`p.team <> ${team} OR p.team_by <> 'hand'`,
        before: sql`to_jsonb(nullif(p.team, ${team}))`,
        after: sql`to_jsonb(${team}::text)`,
        text: null,
      },
    ],
  }
}

/** Sets or removes a due date by hand. The policy does not change it afterwards. */
export function toDue(due: Date | null, reason?: string): Prepared {
  const open = sql`f.status IN (${openStatusSql})`
  return {
    changes: [
      {
        kind: 'due',
        action: 'finding.due',
        detail: { dueAt: due?.toISOString() ?? null },
        set: sql`due_at = ${due}::timestamptz, due_by = 'hand', overdue = ${due !== null && due < now()}::boolean AND ${open}`,
        differs: sql`p.due_at IS DISTINCT FROM ${due}::timestamptz OR p.due_by <> 'hand'`,
        before: dateText(sql`p.due_at`),
        after: due ? sql`to_jsonb(${due.toISOString()}::text)` : sql`NULL::jsonb`,
        text: reason ?? null,
      },
    ],
  }
}

/** Limits the bytes of comments in one change, since the history is never deleted. */
const MAX_COMMENT_BYTES = 16 * 1024 * 1024

/**
 * Adds a comment to the history; the finding does not change. Throws too_large if it is too long for the number of
 * findings.
 */
export function withComment(text: string): Prepared {
  return {
    check: async (_tx, { count }) => {
      if (Buffer.byteLength(text) * count > MAX_COMMENT_BYTES)
        throw new AppError('too_large', { reason: 'commentTooLong', params: { count }, field: 'text' })
    },
    changes: [
      {
        kind: 'comment',
        action: 'finding.comment',
        detail: {},
        set: null,
        differs: sql`TRUE`,
        before: sql`NULL::jsonb`,
        after: sql`NULL::jsonb`,
        text,
      },
    ],
  }
}
