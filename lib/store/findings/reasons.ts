import 'server-only'
import type { Access } from '../../access/proof'
import { toSeverity } from '../../domain/findings/severity'
import type { FindingClass } from '../../domain/imports/outcome'
import type { Environment } from '../../domain/people/team'
import { dueAt } from '../../domain/policies/due'
import { neededFor } from '../../domain/policies/postponement'
import { env } from '../../env'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import { duePolicyIn } from '../policies/due-policy'
import type { Prepared } from './changes'

const { sql } = Prisma

/** A change of a person or token, whose decisions need reasons; jobs only carry decisions out. */
export interface Decision {
  actor: Access['actor']
  reason: string | undefined
}

/** Throws `conflict` if findings are resolved by hand without a reason. */
export function requireReasonToResolve({ actor, reason }: Decision): void {
  if (actor.kind !== 'job' && !reason) throw new AppError('conflict', { reason: 'closeReason', field: 'reason' })
}

/**
 * Throws `conflict` if a due date later than the policy's has no reason, or needs an exception. Of findings with one
 * class, severity and environment the one that was opened first decides.
 */
export function requireReasonToPostpone(due: Date | null, { actor, reason }: Decision): NonNullable<Prepared['check']> {
  return async (tx, { where }) => {
    if (actor.kind === 'job') return
    const policy = await duePolicyIn(tx)
    for (const { class: kind, severity, environment, opened_at: openedAt, n } of await postponed(tx, where, due)) {
      const named = toSeverity(severity)
      // The policy's days count from when the finding was known here: before, nobody could have postponed it.
      const dated = { class: kind, severity: named, openedAt, environment }
      const policyDue = dueAt(dated, env().HINOMI_TIME_ZONE, policy)
      const needed = neededFor(due, { severity: named, openedAt, policyDue })
      if (needed === 'exception')
        throw new AppError('conflict', { reason: 'dueException', params: { count: n }, field: 'dueAt' })
      if (needed === 'reason' && !reason) throw new AppError('conflict', { reason: 'dueReason', field: 'reason' })
    }
  }
}

/** The findings among those selected whose date the change moves back, whatever their status: the date stays when they are open again. */
function postponed(tx: Tx, where: Prisma.Sql, due: Date | null) {
  return runIn<{ class: FindingClass; severity: number; environment: Environment | null; opened_at: Date; n: number }>(
    tx,
    sql`SELECT f.class, coalesce(f.counts_as, f.severity) AS severity, a.environment, min(f.opened_at) AS opened_at, count(*)::int AS n FROM finding f LEFT JOIN account a ON a.id = f.account_id
    WHERE ${where} AND coalesce(f.due_at, 'infinity') < coalesce(${due}::timestamptz, 'infinity')
    GROUP BY 1, 2, 3`,
  )
}
