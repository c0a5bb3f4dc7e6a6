import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import {
  type DecideException,
  type EndException,
  ExceptionCondition,
  ExceptionMatch,
  holds,
  mayEndAt,
  type RequestForFinding,
  RequestForFinding as RequestForFindingSchema,
  type RequestRule,
  RequestRule as RequestRuleSchema,
} from '../../domain/exceptions/exception'
import { splitFindingId } from '../../domain/findings/filter'
import { severityRank } from '../../domain/findings/severity'
import type { Tags } from '../../domain/identity/tags'
import { endOfDay, instantOf } from '../../domain/policies/due'
import { env } from '../../env'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { type Exception, Prisma } from '../../generated/prisma/client'
import { askedBy, reportedTags, staysInScope } from '../../sql/exceptions/where'
import { insertEvents } from '../../sql/findings/events'
import { inScope } from '../../sql/findings/where'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { isOfKind } from '../teams/rows'

const { sql } = Prisma

/**
 * The highest severity that a lead may decide. Above it, a lead of a security response team or an administrator
 * decides.
 */
const LEAD_COVERS = severityRank('medium')
const ALL = severityRank('critical')
/** An import may hold the account's lock for one batch. */
const BEHIND_A_BATCH = { timeout: 60_000 }

/**
 * Requests an exception for one finding. Throws NotFoundError outside the scope, `conflict` for a date in the past or
 * more than a year away, a resolved finding, and one with a requested or approved exception.
 */
export async function requestException(
  access: Access<'exceptions:request'>,
  input: RequestForFinding,
): Promise<{ id: number }> {
  requireOwner(access)
  const { finding: findingId, kind, reason, until, condition } = RequestForFindingSchema.parse(input)
  const { accountId, uuid } = splitFindingId(findingId)
  return prisma().$transaction(async tx => {
    await lockAccounts(tx, [accountId])
    const [finding] = await runIn<{ status: string; severity: number; tags: Tags[] }>(
      tx,
      sql`SELECT f.status, f.severity, ${reportedTags} AS tags FROM finding f
        WHERE f.account_id = ${accountId} AND f.id = ${uuid}::uuid AND ${inScope(access)}`,
    )
    if (!finding) throw new NotFoundError()
    if (finding.status === 'resolved') throw new AppError('conflict', { reason: 'exceptionResolved' })
    if (!holds(condition, finding)) throw new AppError('conflict', { reason: 'exceptionCondition', field: 'condition' })
    const open = await tx.exception.count({
      where: { accountId, findingId: uuid, state: { in: ['requested', 'approved'] } },
    })
    if (open > 0) throw new AppError('conflict', { reason: 'exceptionExists' })
    const row = await tx.exception.create({
      data: {
        ...requestData(access, { kind, reason, condition }),
        expiresAt: endOf(until),
        accountId,
        findingId: uuid,
      },
    })
    await recordRequest(tx, access, row)
    await recordAudit(tx, access, {
      action: 'exception.request',
      target: `exception:${row.id}`,
      accountId,
      detail: { finding: findingId, kind, until, condition },
    })
    return { id: row.id }
  }, BEHIND_A_BATCH)
}

/** Throws ForbiddenError for a token without an owner: the person who holds it could approve its request. */
function requireOwner({ actor }: Access): void {
  if (actor.kind === 'token' && !actor.owner) throw new ForbiddenError('exceptionOwner')
}

/**
 * Requests an exception rule. Throws `conflict` for a date in the past or too far away, and for accounts outside the
 * actor's scope.
 */
export async function requestRule(access: Access<'exceptions:request'>, input: RequestRule): Promise<{ id: number }> {
  requireOwner(access)
  const { match, kind, reason, until, condition } = RequestRuleSchema.parse(input)
  if (!staysInScope(access, match))
    throw new AppError('conflict', { reason: 'exceptionBeyond', field: 'match.accounts' })
  return prisma().$transaction(async tx => {
    const row = await tx.exception.create({
      data: { ...requestData(access, { kind, reason, condition }), expiresAt: endOf(until), match },
    })
    await recordAudit(tx, access, {
      action: 'exception.request',
      target: `exception:${row.id}`,
      detail: { match, kind, until, condition },
    })
    return { id: row.id }
  })
}

/**
 * Approves or rejects another person's request; the job then updates the covered findings. Throws ForbiddenError for
 * one's own request, a token, a rule outside the actor's accounts, or a severe finding if the actor is no lead of a
 * security response team. Throws `conflict` if it is decided already or its date has passed.
 */
export async function decideException(
  access: Access<'exceptions:approve'>,
  input: DecideException,
): Promise<{ id: number }> {
  const { actor } = access
  if (actor.kind !== 'member') throw new ForbiddenError('exceptionPerson')
  return prisma().$transaction(async tx => {
    const decidesAll = actor.role === 'admin' || (await isOfKind(tx, actor.teams, 'security_response'))
    await lockAccountOf(tx, access, input.id)
    const row = await lockedException(tx, access, input.id)
    if (row.state !== 'requested') throw new AppError('conflict', { reason: 'exceptionDecided' })
    if (await isOwn(tx, access, row)) throw new ForbiddenError('exceptionOwn')
    if (input.approve && (await isOwnerless(tx, row))) throw new ForbiddenError('exceptionOwnerless')
    requireReach(access, row)
    if (input.approve && row.expiresAt <= now()) throw new AppError('conflict', { reason: 'exceptionPast' })
    if (input.approve) await requireCoverable(tx, row, decidesAll)
    await tx.exception.update({
      where: { id: row.id },
      data: {
        state: input.approve ? 'approved' : 'rejected',
        decidedBy: actor.id,
        decidedName: actor.name,
        decidedAt: now(),
        note: input.note,
        coversUpTo: decidesAll ? ALL : LEAD_COVERS,
        pending: input.approve,
      },
    })
    await recordAudit(tx, access, {
      action: input.approve ? 'exception.approve' : 'exception.reject',
      target: `exception:${row.id}`,
      ...(row.accountId && { accountId: row.accountId }),
      detail: { note: input.note },
    })
    return { id: row.id }
  }, BEHIND_A_BATCH)
}

/**
 * Ends an exception early or withdraws a request, by its requester or an approver. The job then reopens the covered
 * findings. Throws `conflict` if it has ended already, ForbiddenError for a rule outside the actor's accounts.
 */
export async function endException(access: Access<'exceptions:request'>, input: EndException): Promise<{ id: number }> {
  requireOwner(access)
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

/**
 * Locks the account of an exception of one finding, since a running import may change the finding. Accounts are locked
 * before exceptions, as in imports.
 */
async function lockAccountOf(tx: ModelTx, access: Access, id: number): Promise<void> {
  const row = await tx.exception.findUnique({ where: { id }, select: { accountId: true } })
  const own = accountFilter(access)
  if (row?.accountId && (!own || own.includes(row.accountId))) await lockAccounts(tx, [row.accountId])
}

/** Locks an exception until the transaction ends. Throws NotFoundError for one of a finding outside the scope. */
async function lockedException(tx: ModelTx, access: Access, id: number): Promise<Exception> {
  await runIn(tx, sql`SELECT id FROM exception WHERE id = ${id} FOR UPDATE`)
  const row = await tx.exception.findUnique({ where: { id } })
  const own = accountFilter(access)
  if (!row || (own && row.accountId && !own.includes(row.accountId))) throw new NotFoundError()
  return row
}

async function isOwn(tx: Tx, access: Access, { id }: Exception): Promise<boolean> {
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
function requireReach(access: Access, row: Exception): void {
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
  if (!holds(ExceptionCondition.parse(row.condition), finding))
    throw new AppError('conflict', { reason: 'exceptionCondition' })
}

function requestData(
  access: Access,
  { kind, reason, condition }: Pick<Prisma.ExceptionCreateInput, 'kind' | 'reason' | 'condition'>,
) {
  const { actor } = access
  return { kind, reason, condition, requestedBy: actor.id, requestedName: actor.name, requestedAt: now() }
}

function endOf(until: string): Date {
  const zone = env().HINOMI_TIME_ZONE
  const noon = instantOf(`${until}T12:00`, zone)
  const end = noon ? endOfDay(noon, zone) : null
  if (!end || !mayEndAt(end, now())) throw new AppError('conflict', { reason: 'exceptionDate', field: 'until' })
  return end
}

async function recordRequest(tx: Tx, access: Access, row: Exception): Promise<void> {
  const { actor } = access
  if (!row.accountId || !row.findingId) return
  const event = {
    accountId: sql`${row.accountId}`,
    findingId: sql`${row.findingId}::uuid`,
    kind: 'asked' as const,
    after: sql`to_jsonb(${row.kind}::text)`,
    text: sql`${row.reason}`,
  }
  await executeIn(tx, insertEvents({ actor, at: now() }, event, sql`(SELECT) AS once`))
}
