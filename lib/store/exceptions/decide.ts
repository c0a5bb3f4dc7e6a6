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
import { lockAccountsSql } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { isOfKind } from '../teams/rows'

const { sql } = Prisma
type Tx = Prisma.TransactionClient

/** A lead may decide up to this severity; beyond it a lead of a security response team, or an administrator. */
const LEAD_COVERS = severityRank('medium')
const ALL = severityRank('critical')
/** A batch of an import may hold the account for a moment. */
const BEHIND_A_BATCH = { timeout: 60_000 }

/**
 * Asks for an exception of one finding. Throws NotFoundError outside the scope, `invalid` for a date that is past or more than a
 * year away, `conflict` where the finding is resolved or an exception of it is asked for or approved already.
 */
export async function requestException(
  access: Access<'exceptions:request'>,
  input: RequestForFinding,
): Promise<{ id: number }> {
  requireOwner(access)
  const { finding: findingId, kind, reason, until, condition } = RequestForFindingSchema.parse(input)
  const { accountId, uuid } = splitFindingId(findingId)
  return prisma().$transaction(async tx => {
    await tx.$queryRawUnsafe(lockAccountsSql, [accountId])
    const [finding] = await tx.$queryRaw<{ status: string; severity: number; tags: Tags[] }[]>`
      SELECT f.status, f.severity, ${reportedTags} AS tags FROM finding f WHERE f.account_id = ${accountId} AND f.id = ${uuid}::uuid AND ${inScope(access)}`
    if (!finding) throw new NotFoundError()
    if (finding.status === 'resolved') throw new AppError('conflict', { reason: 'exceptionResolved' })
    if (!holds(condition, finding)) throw new AppError('conflict', { reason: 'exceptionCondition', field: 'condition' })
    const known = await tx.exception.count({
      where: { accountId, findingId: uuid, state: { in: ['requested', 'approved'] } },
    })
    if (known > 0) throw new AppError('conflict', { reason: 'exceptionExists' })
    const row = await tx.exception.create({
      data: { ...asked(access, { kind, reason, condition }), expiresAt: endOf(until), accountId, findingId: uuid },
    })
    await noteAsked(tx, access, row)
    await recordAudit(tx, access, {
      action: 'exception.request',
      target: `exception:${row.id}`,
      accountId,
      detail: { finding: findingId, kind, until, condition },
    })
    return { id: row.id }
  }, BEHIND_A_BATCH)
}

/**
 * Throws ForbiddenError for a token without a member as owner: whoever holds it could approve what it asks for.
 */
function requireOwner({ actor }: Access): void {
  if (actor.kind === 'token' && !actor.owner) throw new ForbiddenError('exceptionOwner')
}

/** Asks for an exception by rule. Throws `conflict` for a date that is over or too far, or where a limited actor's rule reaches beyond the own accounts. */
export async function requestRule(access: Access<'exceptions:request'>, input: RequestRule): Promise<{ id: number }> {
  requireOwner(access)
  const { match, kind, reason, until, condition } = RequestRuleSchema.parse(input)
  if (!staysInScope(access, match))
    throw new AppError('conflict', { reason: 'exceptionBeyond', field: 'match.accounts' })
  return prisma().$transaction(async tx => {
    const row = await tx.exception.create({
      data: { ...asked(access, { kind, reason, condition }), expiresAt: endOf(until), match },
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
 * Approves or rejects what somebody else asked for. What it covers is brought in line afterwards. Throws ForbiddenError for the own
 * request, for anything but a person, for a rule that reaches beyond the own accounts, and for a severe finding where the person is
 * no lead of a security response team; `conflict` where it is decided already or its date has passed.
 */
export async function decideException(
  access: Access<'exceptions:approve'>,
  input: DecideException,
): Promise<{ id: number }> {
  const { actor } = access
  if (actor.kind !== 'member') throw new ForbiddenError('exceptionPerson')
  return prisma().$transaction(async tx => {
    const decidesAll = actor.role === 'admin' || (await isOfKind(tx, actor.teams, 'security_response'))
    await holdAccountOf(tx, access, input.id)
    const row = await held(tx, access, input.id)
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
 * Ends an exception before its date, or takes back a request. Who asked may, and who may approve. What it covered returns to work
 * afterwards. Throws `conflict` where it is over, ForbiddenError for a rule that reaches beyond the own accounts.
 */
export async function endException(access: Access<'exceptions:request'>, input: EndException): Promise<{ id: number }> {
  requireOwner(access)
  const { actor } = access
  return prisma().$transaction(async tx => {
    const row = await held(tx, access, input.id)
    const own = await isOwn(tx, access, row)
    if (!own && !access.granted.has('exceptions:approve')) throw new ForbiddenError()
    if (row.state !== 'requested' && row.state !== 'approved')
      throw new AppError('conflict', { reason: 'exceptionOver' })
    const withdrawn = row.state === 'requested'
    // Who asked may always take back what nobody decided.
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
 * What is decided of one finding is decided on it as it is: an import may be about to change it. Accounts are held before rows of
 * exceptions, as imports do.
 */
async function holdAccountOf(tx: Tx, access: Access, id: number): Promise<void> {
  const row = await tx.exception.findUnique({ where: { id }, select: { accountId: true } })
  const own = accountFilter(access)
  if (row?.accountId && (!own || own.includes(row.accountId)))
    await tx.$queryRawUnsafe(lockAccountsSql, [row.accountId])
}

/** The exception, held until the transaction ends. One for a finding outside the scope is not found. */
async function held(tx: Tx, access: Access, id: number): Promise<Exception> {
  await tx.$queryRaw`SELECT id FROM exception WHERE id = ${id} FOR UPDATE`
  const row = await tx.exception.findUnique({ where: { id } })
  const own = accountFilter(access)
  if (!row || (own && row.accountId && !own.includes(row.accountId))) throw new NotFoundError()
  return row
}

async function isOwn(tx: Tx, access: Access, { id }: Exception): Promise<boolean> {
  const [row] = await tx.$queryRaw<
    { own: boolean }[]
  >`SELECT ${askedBy(access)} AS own FROM exception x WHERE x.id = ${id}`
  return row?.own ?? false
}

/** Whether a token without a member as owner asked for it, which an earlier version allowed. */
async function isOwnerless(tx: Tx, { requestedBy }: Exception): Promise<boolean> {
  const [token] = await tx.$queryRaw<{ id: string }[]>`
    SELECT t.id::text AS id FROM api_token t WHERE t.id::text = ${requestedBy} AND t.created_by IS NULL`
  return token !== undefined
}

/** Throws ForbiddenError for a rule that covers findings of accounts that the actor may not see. */
function requireReach(access: Access, row: Exception): void {
  if (row.match !== null && !staysInScope(access, ExceptionMatch.parse(row.match)))
    throw new ForbiddenError('exceptionReach')
}

/** Throws where what the exception is for is too severe for its approver, gone, or no longer as the condition wants it. */
async function requireCoverable(tx: Tx, row: Exception, decidesAll: boolean): Promise<void> {
  if (!row.accountId || !row.findingId) return
  const [finding] = await tx.$queryRaw<{ status: string; severity: number; tags: Tags[] }[]>`
    SELECT f.status, f.severity, ${reportedTags} AS tags FROM finding f WHERE f.account_id = ${row.accountId} AND f.id = ${row.findingId}::uuid`
  if (!finding || finding.status === 'resolved') throw new AppError('conflict', { reason: 'exceptionResolved' })
  if (!decidesAll && finding.severity > LEAD_COVERS) throw new ForbiddenError('exceptionNeedsSecurity')
  if (!holds(ExceptionCondition.parse(row.condition), finding))
    throw new AppError('conflict', { reason: 'exceptionCondition' })
}

function asked(
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

async function noteAsked(tx: Tx, access: Access, row: Exception): Promise<void> {
  const { actor } = access
  if (!row.accountId || !row.findingId) return
  const event = {
    accountId: sql`${row.accountId}`,
    findingId: sql`${row.findingId}::uuid`,
    kind: 'asked' as const,
    after: sql`to_jsonb(${row.kind}::text)`,
    text: sql`${row.reason}`,
  }
  await tx.$executeRaw(insertEvents({ actor, at: now() }, event, sql`(SELECT) AS once`))
}
