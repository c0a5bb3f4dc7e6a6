import 'server-only'
import { type Access, accountFilter, type MemberActor, requireResponsible } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import {
  type DecideException,
  type EndException,
  ExceptionCondition,
  type ExceptionKind,
  ExceptionMatch,
  holds,
  needsControls,
} from '../../domain/exceptions/exception'
import { reviewAfter } from '../../domain/exceptions/review'
import { severityRank } from '../../domain/findings/severity'
import type { Tags } from '../../domain/identity/tags'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { type Exception, Prisma } from '../../generated/prisma/client'
import { askedBy, reportedTags, ruleCondition, staysInScope } from '../../sql/exceptions/where'
import { unsolvedStatusSql } from '../../sql/findings/open'
import { type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { isOfKind } from '../teams/rows'
import { BEHIND_A_BATCH } from './request'

const { sql } = Prisma

/**
 * The highest severity that a lead may decide. Above it, a lead of a security response team or an administrator
 * decides.
 */
export const LEAD_COVERS = severityRank('medium')
const ALL = severityRank('critical')

/**
 * Approves or rejects another person's request; the job then updates the covered findings. Throws ForbiddenError for
 * one's own request, a token, a rule outside the actor's accounts, or a severe finding if the actor is no lead of a
 * security response team. Throws `conflict` if it is decided already, its date has passed, or the note is missing: each
 * refusal needs one, and each approval that covers severe findings.
 */
export async function decideException(
  access: Access<'exceptions:approve'>,
  input: DecideException,
): Promise<{ id: number }> {
  const { actor } = access
  if (actor.kind !== 'member') throw new ForbiddenError('exceptionPerson')
  return prisma().$transaction(async tx => {
    const decidesAll = await mayDecideAll(tx, actor)
    await lockAccountOf(tx, access, input.id)
    const row = await lockedException(tx, access, input.id)
    if (row.state !== 'requested') throw new AppError('conflict', { reason: 'exceptionDecided' })
    if (await isOwn(tx, access, row)) throw new ForbiddenError('exceptionOwn')
    if (input.approve && (await isOwnerless(tx, row))) throw new ForbiddenError('exceptionOwnerless')
    requireReach(access, row)
    if (input.approve && row.expiresAt <= now()) throw new AppError('conflict', { reason: 'exceptionPast' })
    if (input.approve) await requireCoverable(tx, row, decidesAll)
    const needsNote = !input.approve || (decidesAll && (await coversSevere(tx, row)))
    if (needsNote && input.note === '') throw new AppError('conflict', { reason: 'exceptionNote', field: 'note' })
    // Without controls and a note nothing severe is covered, also if it becomes severe later.
    const isFounded = input.note !== '' && (row.controls !== '' || !needsControls(kindOf(row), ALL))
    // A date that passed while the request waited gives way to that of the policy.
    const chosen = row.reviewAt && row.reviewAt > now() ? row.reviewAt : null
    const reviewAt = chosen ?? reviewAfter(now(), row.expiresAt)
    await tx.exception.update({
      where: { id: row.id },
      data: {
        state: input.approve ? 'approved' : 'rejected',
        decidedBy: actor.id,
        decidedName: actor.name,
        decidedAt: now(),
        note: input.note,
        coversUpTo: decidesAll && isFounded ? ALL : LEAD_COVERS,
        ...(input.approve && { reviewAt }),
        pending: input.approve,
      },
    })
    await recordAudit(tx, access, {
      action: input.approve ? 'exception.approve' : 'exception.reject',
      target: `exception:${row.id}`,
      ...(row.accountId && { accountId: row.accountId }),
      detail: { note: input.note, ...(input.approve && reviewAt && { reviewAt: reviewAt.toISOString() }) },
    })
    return { id: row.id }
  }, BEHIND_A_BATCH)
}

/**
 * Ends an exception early or withdraws a request, by its requester or an approver. The job then reopens the covered
 * findings. Throws `conflict` if it has ended already, ForbiddenError for a rule outside the actor's accounts.
 */
export async function endException(access: Access<'exceptions:request'>, input: EndException): Promise<{ id: number }> {
  requireResponsible(access)
  const { actor } = access
  return prisma().$transaction(async tx => {
    const row = await lockedException(tx, access, input.id)
    const own = await isOwn(tx, access, row)
    if (!own && !access.granted.has('exceptions:approve')) throw new ForbiddenError()
    if (row.state !== 'requested' && row.state !== 'approved')
      throw new AppError('conflict', { reason: 'exceptionOver' })
    const withdrawn = row.state === 'requested'
    // Requesters may always withdraw a request that is not decided.
    if (!withdrawn || !own) requireReach(access, row)
    await tx.exception.update({
      where: { id: row.id },
      data: {
        state: withdrawn ? 'withdrawn' : 'ended',
        endedAt: now(),
        endedReason: 'hand',
        endedName: actor.name,
        endNote: input.note,
        pending: !withdrawn,
      },
    })
    await recordAudit(tx, access, {
      action: withdrawn ? 'exception.withdraw' : 'exception.end',
      target: `exception:${row.id}`,
      ...(row.accountId && { accountId: row.accountId }),
      detail: { note: input.note },
    })
    return { id: row.id }
  })
}

/** Whether a person decides about severe findings. */
export async function mayDecideAll(tx: Tx, actor: MemberActor): Promise<boolean> {
  return actor.role === 'admin' || (await isOfKind(tx, actor.teams, 'security_response'))
}

/**
 * Locks the account of an exception of one finding, since a running import may change the finding. Accounts are locked
 * before exceptions, as in imports.
 */
export async function lockAccountOf(tx: ModelTx, access: Access, id: number): Promise<void> {
  const row = await tx.exception.findUnique({ where: { id }, select: { accountId: true } })
  const own = accountFilter(access)
  if (row?.accountId && (!own || own.includes(row.accountId))) await lockAccounts(tx, [row.accountId])
}

/** Locks an exception until the transaction ends. Throws NotFoundError for one of a finding outside the scope. */
export async function lockedException(tx: ModelTx, access: Access, id: number): Promise<Exception> {
  await runIn(tx, sql`SELECT id FROM exception WHERE id = ${id} FOR UPDATE`)
  const row = await tx.exception.findUnique({ where: { id } })
  const own = accountFilter(access)
  if (!row || (own && row.accountId && !own.includes(row.accountId))) throw new NotFoundError()
  return row
}

export async function isOwn(tx: Tx, access: Access, { id }: Exception): Promise<boolean> {
  const [row] = await runIn<{ own: boolean }>(
    tx,
    sql`SELECT ${askedBy(access)} AS own FROM exception x WHERE x.id = ${id}`,
  )
  return row?.own ?? false
}

/** Whether a token without an owner requested it, which an earlier version allowed. */
async function isOwnerless(tx: Tx, { requestedBy }: Exception): Promise<boolean> {
  const [token] = await runIn<{ id: string }>(
    tx,
    sql`SELECT t.id::text AS id FROM api_token t WHERE t.id::text = ${requestedBy} AND t.created_by IS NULL`,
  )
  return token !== undefined
}

/** Throws ForbiddenError for a rule that covers accounts outside the actor's scope. */
export function requireReach(access: Access, row: Exception): void {
  if (row.match !== null && !staysInScope(access, ExceptionMatch.parse(row.match)))
    throw new ForbiddenError('exceptionReach')
}

/** Throws if the finding is too severe for the approver, resolved or gone, or no longer meets the condition. */
async function requireCoverable(tx: Tx, row: Exception, decidesAll: boolean): Promise<void> {
  if (!row.accountId || !row.findingId) return
  const [finding] = await runIn<{ status: string; severity: number; tags: Tags[] }>(
    tx,
    sql`SELECT f.status, f.severity, ${reportedTags} AS tags FROM finding f
      WHERE f.account_id = ${row.accountId} AND f.id = ${row.findingId}::uuid`,
  )
  if (!finding || finding.status === 'resolved') throw new AppError('conflict', { reason: 'exceptionResolved' })
  if (!decidesAll && finding.severity > LEAD_COVERS) throw new ForbiddenError('exceptionNeedsSecurity')
  if (row.controls === '' && needsControls(kindOf(row), finding.severity))
    throw new AppError('conflict', { reason: 'exceptionControls' })
  if (!holds(ExceptionCondition.parse(row.condition), finding))
    throw new AppError('conflict', { reason: 'exceptionCondition' })
}

/** Whether a request is for a severe finding, or a rule that severe open findings match. */
async function coversSevere(tx: Tx, row: Exception): Promise<boolean> {
  const which = row.match
    ? ruleCondition(ExceptionMatch.parse(row.match), ExceptionCondition.parse(row.condition))
    : sql`f.account_id = ${row.accountId} AND f.id = ${row.findingId}::uuid`
  const [found] = await runIn<{ severe: boolean }>(
    tx,
    sql`SELECT EXISTS (SELECT FROM finding f WHERE f.status IN (${unsolvedStatusSql}) AND f.severity > ${LEAD_COVERS} AND ${which}) AS severe`,
  )
  return found?.severe ?? false
}

/** The database holds nothing else. */
function kindOf({ kind }: Exception): ExceptionKind {
  return kind === 'false_positive' ? kind : 'accepted'
}
