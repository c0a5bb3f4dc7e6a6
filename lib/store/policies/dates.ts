import 'server-only'
import { now } from '../../clock'
import { toSeverity } from '../../domain/findings/severity'
import { Environment } from '../../domain/people/team'
import { dueAt } from '../../domain/policies/due'
import type { DuePolicy } from '../../domain/policies/due-policy'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, type ModelTx, runIn } from '../../sql/transaction'
import type { PolicyMover, Step, StepResult } from './account-policy'

const { sql } = Prisma

/**
 * Sets the due dates of an account's next open findings to the dates of the policy, unless a person set them. Each
 * changed finding gets a line in its history. The caller has locked the account.
 */
export async function movePolicyDates(
  tx: ModelTx,
  _access: PolicyMover,
  { by, accountId, after, size }: Step,
  policy: DuePolicy,
): Promise<StepResult> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } })
  const environment = Environment.nullable().parse(account.environment)
  const rows = await runIn<{ id: string; severity: number; opened_at: Date; due_at: Date | null }>(
    tx,
    sql`SELECT id::text AS id, severity, opened_at, due_at FROM finding
    WHERE account_id = ${accountId} AND id > ${after}::uuid AND status IN (${openStatusSql}) AND due_by = 'policy'
    ORDER BY id LIMIT ${size}`,
  )
  const known = new Map<string, Date | null>()
  const dueOf = (row: { severity: number; opened_at: Date }): Date | null => {
    const key = `${row.severity}/${row.opened_at.getTime()}`
    const due = known.get(key)
    if (due !== undefined) return due
    const fresh = dueAt(toSeverity(row.severity), row.opened_at, environment, env().HINOMI_TIME_ZONE, policy)
    known.set(key, fresh)
    return fresh
  }
  const moves = rows.flatMap(row => {
    const due = dueOf(row)
    return due?.getTime() === row.due_at?.getTime() ? [] : [{ id: row.id, before: row.due_at, after: due }]
  })
  if (moves.length > 0) {
    const source = { actor: by, at: now() }
    const event = {
      accountId: sql`${accountId}`,
      findingId: sql`m.id`,
      kind: 'due' as const,
      before: sql`to_jsonb(m.before)`,
      after: sql`to_jsonb(m.after)`,
    }
    await executeIn(
      tx,
      sql`WITH moved AS (
        SELECT m.id, m.before, m.after, m.after::timestamptz AS due FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb)
          AS m(id uuid, before text, after text)
      ), changed AS (
        UPDATE finding f SET due_at = m.due, overdue = coalesce(m.due < ${now()}::timestamptz, FALSE), updated_at = ${now()}::timestamptz
        FROM moved m WHERE f.account_id = ${accountId} AND f.id = m.id
      )
      ${insertEvents(source, event, sql`moved m`)}`,
    )
    const keys = sql`SELECT ${accountId}::text AS account_id, id FROM unnest(${moves.map(move => move.id)}::uuid[]) AS k(id)`
    await executeIn(tx, insertOverdueEvents(source, keys))
  }
  return { moved: moves.length, after: rows.length < size ? null : (rows.at(-1)?.id ?? null) }
}
