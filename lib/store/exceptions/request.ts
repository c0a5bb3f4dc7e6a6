import 'server-only'
import { type Access, requireResponsible } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import {
  holds,
  mayEndAt,
  needsControls,
  type RequestForFinding,
  RequestForFinding as RequestForFindingSchema,
  type RequestRule,
  RequestRule as RequestRuleSchema,
} from '../../domain/exceptions/exception'
import { mayReviewAt } from '../../domain/exceptions/review'
import { splitFindingId } from '../../domain/findings/filter'
import type { Tags } from '../../domain/identity/tags'
import { endOfDay, instantOf } from '../../domain/policies/due'
import { env } from '../../env'
import { AppError, NotFoundError } from '../../errors'
import { type Exception, Prisma } from '../../generated/prisma/client'
import { reportedTags, ruleCondition, staysInScope } from '../../sql/exceptions/where'
import { insertEvents } from '../../sql/findings/events'
import { unsolvedStatusSql } from '../../sql/findings/open'
import { inScope } from '../../sql/findings/where'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { claimDrafts } from '../attachments/owner'
import { recordAudit } from '../audit/audit'

const { sql } = Prisma

/** An import may hold the account's lock for one batch. */
export const BEHIND_A_BATCH = { timeout: 60_000 }

/**
 * Requests an exception for one finding. Throws NotFoundError outside the scope, `conflict` for a date in the past or
 * more than a year away, a resolved finding, one with a requested or approved exception, and without the compensating controls
 * that it needs.
 */
export async function requestException(
  access: Access<'exceptions:request'>,
  input: RequestForFinding,
): Promise<{ id: number }> {
  requireResponsible(access)
  const { finding: findingId, evidence, ...asked } = RequestForFindingSchema.parse(input)
  const { kind, condition, controls } = asked
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
    if (controls === '' && needsControls(kind, finding.severity)) throw controlsMissing()
    const row = await tx.exception.create({ data: { ...requestData(access, asked), accountId, findingId: uuid } })
    const files = await claimDrafts(tx, access, evidence, row.id)
    await recordRequest(tx, access, row)
    await recordAudit(tx, access, {
      action: 'exception.request',
      target: `exception:${row.id}`,
      accountId,
      detail: { finding: findingId, ...factsOf(asked), condition, evidence: files },
    })
    return { id: row.id }
  }, BEHIND_A_BATCH)
}

/**
 * Requests an exception rule. Throws `conflict` for a date in the past or too far away, and for accounts outside the
 * actor's scope.
 */
export async function requestRule(access: Access<'exceptions:request'>, input: RequestRule): Promise<{ id: number }> {
  requireResponsible(access)
  const { match, evidence, ...asked } = RequestRuleSchema.parse(input)
  const { kind, condition, controls } = asked
  if (!staysInScope(access, match))
    throw new AppError('conflict', { reason: 'exceptionBeyond', field: 'match.accounts' })
  return prisma().$transaction(async tx => {
    if (controls === '' && needsControls(kind, await worstOf(tx, access, { match, condition }))) throw controlsMissing()
    const row = await tx.exception.create({ data: { ...requestData(access, asked), match } })
    const files = await claimDrafts(tx, access, evidence, row.id)
    await recordAudit(tx, access, {
      action: 'exception.request',
      target: `exception:${row.id}`,
      detail: { match, ...factsOf(asked), condition, evidence: files },
    })
    return { id: row.id }
  })
}

type Asked = Omit<ReturnType<typeof RequestRuleSchema.parse>, 'match' | 'evidence'>

function requestData(access: Access, { kind, reason, condition, controls, ticket, until, reviewOn }: Asked) {
  const { actor } = access
  const expiresAt = endOf(until, 'until')
  if (!mayEndAt(expiresAt, now())) throw new AppError('conflict', { reason: 'exceptionDate', field: 'until' })
  const reviewAt = reviewOn === null ? null : endOf(reviewOn, 'reviewOn')
  if (reviewAt && !mayReviewAt(reviewAt, now(), expiresAt))
    throw new AppError('conflict', { reason: 'exceptionReviewDate', field: 'reviewOn' })
  const requested = { requestedBy: actor.id, requestedName: actor.name, requestedAt: now() }
  return { kind, reason, condition, controls, ticket, expiresAt, reviewAt, ...requested }
}

/** What the audit log says of a request, beside its subject. */
function factsOf({ kind, until, controls, ticket, reviewOn }: Asked) {
  return { kind, until, ...(controls && { controls }), ...(ticket && { ticket }), ...(reviewOn && { reviewOn }) }
}

function controlsMissing(): AppError {
  return new AppError('conflict', { reason: 'exceptionControls', field: 'controls' })
}

/** The rank of the worst severity among the open findings that a rule would cover in the actor's accounts; 0 for none. */
async function worstOf(tx: Tx, access: Access, { match, condition }: Pick<RequestedRule, 'match' | 'condition'>) {
  const [row] = await runIn<{ worst: number }>(
    tx,
    sql`SELECT coalesce(max(f.severity), 0)::int AS worst FROM finding f
      WHERE f.status IN (${unsolvedStatusSql}) AND ${inScope(access)} AND ${ruleCondition(match, condition)}`,
  )
  return row?.worst ?? 0
}

type RequestedRule = ReturnType<typeof RequestRuleSchema.parse>

/** The end of a day in the organization's zone. */
function endOf(day: string, field: string): Date {
  const zone = env().HINOMI_TIME_ZONE
  const noon = instantOf(`${day}T12:00`, zone)
  const end = noon ? endOfDay(noon, zone) : null
  if (!end) throw new AppError('conflict', { reason: 'exceptionDate', field })
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
