import 'server-only'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, prisma } from '../../db'
import { isReviewShown, REVIEW_GRACE_DAYS, type ReviewException, reviewAfter } from '../../domain/exceptions/review'
import { AppError, ForbiddenError } from '../../errors'
import { type Exception, Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { isOwn, LEAD_COVERS, lockAccountOf, lockedException, mayDecideAll, requireReach } from './decide'

const { sql } = Prisma

/**
 * Answers a review: the exception still holds, for the reason in the note. Throws ForbiddenError for whoever could not approve
 * it, and `conflict` if it is not approved or no review is due.
 */
export async function reviewException(
  access: Access<'exceptions:approve'>,
  { id, note }: ReviewException,
): Promise<{ id: number }> {
  const { actor } = access
  if (actor.kind !== 'member') throw new ForbiddenError('exceptionPerson')
  return prisma().$transaction(async tx => {
    await lockAccountOf(tx, access, id)
    const row = await lockedException(tx, access, id)
    if (row.state !== 'approved') throw new AppError('conflict', { reason: 'exceptionOver' })
    if (await isOwn(tx, access, row)) throw new ForbiddenError('exceptionOwn')
    requireReach(access, row)
    if (!(await mayDecideAll(tx, actor)) && (await isSevere(tx, row)))
      throw new ForbiddenError('exceptionNeedsSecurity')
    const { reviewAt } = row
    if (!reviewAt || !isReviewShown(reviewAt, now())) throw new AppError('conflict', { reason: 'exceptionNoReview' })
    const next = reviewAfter(now(), row.expiresAt)
    const reviewed = { dueAt: reviewAt, at: now(), reviewedBy: actor.id, reviewedName: actor.name, note }
    await tx.exceptionReview.create({ data: { exceptionId: id, ...reviewed } })
    await tx.exception.update({ where: { id }, data: { reviewAt: next } })
    await recordAudit(tx, access, {
      action: 'exception.review',
      target: `exception:${id}`,
      ...(row.accountId && { accountId: row.accountId }),
      detail: { note, at: reviewed.at.toISOString(), dueAt: reviewAt.toISOString(), next: next?.toISOString() ?? null },
    })
    return { id }
  })
}

/** Whether a finding that an exception covers is severe, so that another lead could not have approved it. */
async function isSevere(tx: Tx, { id }: Exception): Promise<boolean> {
  const [row] = await runIn<{ severe: boolean }>(
    tx,
    sql`SELECT EXISTS (SELECT FROM finding f WHERE f.exception_id = ${id} AND f.severity > ${LEAD_COVERS}) AS severe`,
  )
  return row?.severe ?? false
}

/** Ends the exceptions whose review nobody answered in time. Returns their number. */
export async function endUnreviewed(_access: JobAccess): Promise<number> {
  const before = new Date(now().getTime() - REVIEW_GRACE_DAYS * 86_400_000)
  return executeIn(
    pool(),
    sql`UPDATE exception SET state = 'ended', ended_at = ${now()}::timestamptz, ended_reason = 'review', ended_name = '', pending = TRUE
      WHERE state = 'approved' AND review_at <= ${before}::timestamptz`,
  )
}
