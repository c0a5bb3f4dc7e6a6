import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
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

/**
 * The findings among those selected whose date the change moves back, whatever their status: closed ones keep the date when they
 * are reopened. Those that a report resolved are opened anew then.
 */
function postponed(tx: Tx, where: Prisma.Sql, due: Date | null) {
  const opened = sql`CASE WHEN f.status = 'resolved' AND f.resolved_reason NOT IN ('hand', 'verdict') THEN ${now()}::timestamptz ELSE f.opened_at END`
  return runIn<{ class: FindingClass; severity: number; environment: Environment | null; opened_at: Date; n: number }>(
    tx,
    sql`SELECT f.class, coalesce(f.counts_as, f.severity) AS severity, a.environment, min(${opened}) AS opened_at, count(*)::int AS n FROM finding f LEFT JOIN account a ON a.id = f.account_id
    WHERE ${where} AND coalesce(f.due_at, 'infinity') < coalesce(${due}::timestamptz, 'infinity')
    GROUP BY 1, 2, 3`,
  )
}

/**
 * The findings of a change whose former date, set by hand, would need an exception today: they have become severe since. An undo leaves
 * them. Ids as they are shown.
 */
export async function datesNeedingException(
  tx: Tx,
  change: string,
  accounts: readonly string[],
): Promise<readonly string[]> {
  const policy = await duePolicyIn(tx)
  const rows = await runIn<{
    key: string
    class: FindingClass
    severity: number
    environment: Environment | null
    opened_at: Date
    due: Date | null
  }>(
    tx,
    sql`SELECT f.account_id || '-' || replace(f.id::text, '-', '') AS key, f.class, coalesce(f.counts_as, f.severity) AS severity, a.environment,
      f.opened_at, (e.before #>> '{}')::timestamptz AS due
    FROM finding_event e JOIN finding f ON f.account_id = e.account_id AND f.id = e.finding_id LEFT JOIN account a ON a.id = f.account_id
    WHERE e.change_id = ${change}::uuid AND e.kind = 'due' AND e.former ->> 'by' = 'hand' AND e.account_id = ANY(${[...accounts]}::text[])
      AND coalesce((e.before #>> '{}')::timestamptz, 'infinity') > coalesce(f.due_at, 'infinity')`,
  )
  return rows.flatMap(({ key, class: kind, severity, environment, opened_at: openedAt, due }) => {
    const dated = { class: kind, severity: toSeverity(severity), openedAt, environment }
    const policyDue = dueAt(dated, env().HINOMI_TIME_ZONE, policy)
    return neededFor(due, { ...dated, policyDue }) === 'exception' ? [key] : []
  })
}
