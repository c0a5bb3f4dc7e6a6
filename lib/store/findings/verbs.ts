import 'server-only'
import { assignableRoles } from '../../access/permissions'
import { now } from '../../clock'
import type { SettableStatus } from '../../domain/findings/change'
import { severities, severityRank } from '../../domain/findings/severity'
import { isOpen } from '../../domain/findings/status'
import { findingClasses } from '../../domain/imports/outcome'
import { environments, type TeamId } from '../../domain/people/team'
import { type Dated, dueAt, respondBy } from '../../domain/policies/due'
import { env } from '../../env'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { isPastSql } from '../../sql/findings/deadline'
import { dateText } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { duePolicyIn } from '../policies/due-policy'
import { queuePolicies } from '../policies/queue'
import { requireActiveTeams } from '../teams/rows'
import type { FindingChange, Prepared } from './changes'
import type { LockedFindings } from './selection'

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
  const overdue = isPastSql(now())
  const opened = sql`CASE WHEN f.status = 'resolved' AND f.resolved_reason NOT IN ('hand', 'verdict') THEN ${now()}::timestamptz ELSE f.opened_at END`
  return {
    check: async (tx, locked) => {
      await requireNoException(tx, locked)
      await requireNotSuppressed(tx, locked)
      if (!isOpen(status)) await requireNoThreat(tx, locked)
    },
    ...(isOpen(status) && { first: reopen }),
    changes: [
      ...(isOpen(status) ? [withoutVerdict] : []),
      {
        kind: 'status',
        action: 'finding.status',
        detail: { status },
        set: isOpen(status)
          ? sql`status = ${status}, opened_at = ${opened}, began_at = CASE WHEN ${opened} = f.opened_at THEN f.began_at END, resolved_at = NULL, resolved_reason = NULL, overdue = ${overdue}`
          : sql`status = ${status}, resolved_at = ${now()}::timestamptz, resolved_reason = 'hand', overdue = FALSE`,
        differs: sql`p.status <> ${status}`,
        before: sql`to_jsonb(p.status)`,
        after: sql`to_jsonb(${status}::text)`,
        text: status === 'resolved' ? (reason ?? null) : null,
      },
    ],
  }
}

/** Removes the verdict of findings that a person reopens. */
const withoutVerdict: FindingChange = {
  kind: 'verdict',
  action: null,
  detail: {},
  set: sql`verdict = NULL`,
  differs: sql`p.verdict IS NOT NULL`,
  before: sql`p.verdict -> 'kind'`,
  after: sql`NULL::jsonb`,
  text: null,
}

/** Throws `conflict` with the number of findings that have an exception. */
export async function requireNoException(tx: Tx, locked: LockedFindings): Promise<void> {
  const [row] = await runIn<{ n: number }>(
    tx,
    sql`SELECT count(*)::int AS n FROM finding f WHERE ${locked.where} AND f.status IN ('accepted', 'false_positive')`,
  )
  if (row && row.n > 0)
    throw new AppError('conflict', { reason: 'isException', params: { count: row.n }, field: 'status' })
}

/** Sources set and end the status of suppressed findings. Throws `conflict` with the number of them. */
async function requireNotSuppressed(tx: Tx, locked: LockedFindings): Promise<void> {
  const [row] = await runIn<{ n: number }>(
    tx,
    sql`SELECT count(*)::int AS n FROM finding f WHERE ${locked.where} AND f.status = 'suppressed'`,
  )
  if (row && row.n > 0)
    throw new AppError('conflict', { reason: 'isSuppressed', params: { count: row.n }, field: 'status' })
}

/** A threat is closed by a verdict. Throws `conflict` with the number of open ones. */
async function requireNoThreat(tx: Tx, locked: LockedFindings): Promise<void> {
  const [row] = await runIn<{ n: number }>(
    tx,
    sql`SELECT count(*)::int AS n FROM finding f WHERE ${locked.where} AND f.class = 'threat' AND f.status <> 'resolved'`,
  )
  if (row && row.n > 0)
    throw new AppError('conflict', { reason: 'needsVerdict', params: { count: row.n }, field: 'status' })
}

const reopen: NonNullable<Prepared['first']> = async (tx, access, locked) => {
  const [row] = await runIn<{ n: number }>(
    tx,
    sql`SELECT count(*)::int AS n FROM finding f WHERE ${locked.where} AND f.status = 'resolved'`,
  )
  // Policies may have changed while they were resolved.
  if (row && row.n > 0) await queuePolicies(tx, access, ['due-policy', 'routing'], locked.accounts)
  return [await newDates(tx, locked)]
}

/**
 * Sets the dates that the policy gives to findings that are reopened now: the due date as a change with its history,
 * the date to respond by at once.
 */
async function newDates(tx: ModelTx, locked: LockedFindings): Promise<FindingChange> {
  const policy = await duePolicyIn(tx)
  const openedAt = now()
  const subjects = findingClasses.flatMap(kind =>
    [null, ...environments].flatMap(environment =>
      severities.map((severity): Dated => ({ class: kind, environment, severity, openedAt })),
    ),
  )
  const dates = subjects.map(subject => ({
    class: subject.class,
    environment: subject.environment,
    severity: severityRank(subject.severity),
    due_at: dueAt(subject, env().HINOMI_TIME_ZONE, policy),
    respond_by: respondBy(subject, policy),
  }))
  const dateOf = (date: 'due_at' | 'respond_by', finding: 'f' | 'p') => {
    const of = (column: string) => Prisma.raw(`${finding}.${column}`)
    return sql`(SELECT d.${Prisma.raw(date)} FROM account a JOIN jsonb_to_recordset(${JSON.stringify(dates)}::jsonb)
        AS d(class text, environment text, severity smallint, due_at timestamptz, respond_by timestamptz)
        ON d.environment IS NOT DISTINCT FROM a.environment
      WHERE a.id = ${of('account_id')} AND d.severity = coalesce(${of('counts_as')}, ${of('severity')}) AND d.class = ${of('class')})`
  }
  await executeIn(
    tx,
    sql`UPDATE finding f SET respond_by = ${dateOf('respond_by', 'f')}, responded_at = NULL
      WHERE ${locked.where} AND f.status = 'resolved' AND f.resolved_reason NOT IN ('hand', 'verdict') AND f.class = 'threat'`,
  )
  const due = dateOf('due_at', 'p')
  return {
    kind: 'due',
    action: null,
    detail: {},
    set: sql`due_at = ${due}`,
    differs: sql`p.status = 'resolved' AND p.resolved_reason NOT IN ('hand', 'verdict') AND p.due_by = 'policy' AND p.due_at IS DISTINCT FROM ${due}`,
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
        set: sql`due_at = ${due}::timestamptz, due_by = 'hand', overdue = ${isPastSql(now(), { dueAt: sql`${due}::timestamptz` })} AND ${open}`,
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
