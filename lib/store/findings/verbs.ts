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
import { duePolicyIn } from '../policies/due-policy'
import { queuePolicies } from '../policies/queue'
import { requireActiveTeams } from '../teams/rows'
import type { FindingChange, Prepared } from './changes'

type Tx = Prisma.TransactionClient
const { sql } = Prisma

/**
 * Owner, or nobody for null. Throws `conflict` where the member is gone, may not work on findings, or may not see one of the
 * accounts. The member stays held, so that nobody is given findings while being removed.
 */
export async function toOwner(tx: Tx, owner: string | null): Promise<Prepared> {
  if (owner === null) return { changes: [ownerChange(null)] }
  const [member] = await tx.$queryRaw<{ name: string; role: string; limited: boolean; accounts: string[] }[]>`
    SELECT name, role, limited, accounts FROM member WHERE id = ${owner}::uuid AND removed_at IS NULL FOR SHARE`
  if (!member) throw new AppError('conflict', { reason: 'ownerUnknown', field: 'owner' })
  const { name } = member
  if (!assignableRoles.some(role => role === member.role)) {
    throw new AppError('conflict', { reason: 'ownerMayNot', params: { name }, field: 'owner' })
  }
  return {
    changes: [ownerChange({ id: owner, name })],
    check: async (_tx, held) => {
      const unseen = member.limited ? held.accounts.filter(id => !member.accounts.includes(id)) : []
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
 * Status by hand. Closing notes when and that it was by hand; opening again forgets both. What a report closed
 * has its days to fix anew, unless a person set the date; who takes a closing by hand back gets no new ones. Throws `conflict` with their number
 * where some are exceptions, which end in their own way.
 */
export function toStatus(status: SettableStatus): Prepared {
  const late = sql`coalesce(f.due_at < ${now()}::timestamptz, FALSE)`
  const opened = sql`CASE WHEN f.status = 'resolved' AND f.resolved_reason <> 'hand' THEN ${now()}::timestamptz ELSE f.opened_at END`
  return {
    check: async (tx, held) => {
      const [row] = await tx.$queryRaw<{ n: number }[]>`
        SELECT count(*)::int AS n FROM finding f WHERE ${held.where} AND f.status IN ('accepted', 'false_positive')`
      if (row && row.n > 0)
        throw new AppError('conflict', { reason: 'isException', params: { count: row.n }, field: 'status' })
    },
    ...(isOpen(status) && { first: reopen }),
    changes: [
      {
        kind: 'status',
        action: 'finding.status',
        detail: { status },
        set: isOpen(status)
          ? sql`status = ${status}, opened_at = ${opened}, resolved_at = NULL, resolved_reason = NULL, overdue = ${late}`
          : sql`status = ${status}, resolved_at = ${now()}::timestamptz, resolved_reason = 'hand', overdue = FALSE`,
        differs: sql`p.status <> ${status}`,
        before: sql`to_jsonb(p.status)`,
        after: sql`to_jsonb(${status}::text)`,
        text: null,
      },
    ],
  }
}

const reopen: NonNullable<Prepared['first']> = async (tx, access, held) => {
  const [row] = await tx.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM finding f WHERE ${held.where} AND f.status = 'resolved'`
  // Policies may have changed while they were closed.
  if (row && row.n > 0) await queuePolicies(tx, access, ['due-policy', 'routing'], held.accounts)
  return [await dueAnew(tx)]
}

/** The date that the policy gives to what is opened again now. */
async function dueAnew(tx: Tx): Promise<FindingChange> {
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

/** A team by hand, held so that it is not retired meanwhile. Throws `conflict` for a team that is unknown or retired. */
export async function toTeam(tx: Tx, team: TeamId): Promise<Prepared> {
  await requireActiveTeams(tx, [team], 'team')
  return {
    changes: [
      {
        kind: 'team',
        action: 'finding.team',
        detail: { team },
        set: sql`team = ${team}, team_by = 'hand'`,
        // Who confirms a team decides as well: routing does not move it any more.
        differs: sql`p.team <> ${team} OR p.team_by <> 'hand'`,
        before: sql`to_jsonb(nullif(p.team, ${team}))`,
        after: sql`to_jsonb(${team}::text)`,
        text: null,
      },
    ],
  }
}

/** A due date by hand, or none for null: the policy does not move it any more. */
export function toDue(due: Date | null): Prepared {
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
        text: null,
      },
    ],
  }
}

/** The history is kept for good: so many bytes of comments go into it at once. */
const MAX_COMMENT_BYTES = 16 * 1024 * 1024

/** A comment changes nothing of the finding; it is a line of its history. Throws too_large where it is too long for so many findings. */
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
