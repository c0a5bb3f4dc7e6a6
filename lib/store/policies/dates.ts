import 'server-only'
import { now } from '../../clock'
import type { DueBy } from '../../domain/findings/event'
import { toSeverity } from '../../domain/findings/severity'
import type { FindingClass } from '../../domain/imports/outcome'
import { Environment } from '../../domain/people/team'
import { type Dated, dueAt, respondBy } from '../../domain/policies/due'
import type { DuePolicy } from '../../domain/policies/due-policy'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { isPastSql } from '../../sql/findings/deadline'
import { type EventSource, insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import type { PolicyMover, Step, StepResult } from './account-policy'

const { sql } = Prisma

interface Row {
  id: string
  class: FindingClass
  severity: number
  openedAt: Date
  dueAt: Date | null
  dueBy: DueBy
  respondBy: Date | null
}

/** The dates of a finding before and after. */
interface Move {
  id: string
  due_before: Date | null
  due: Date | null
  respond_before: Date | null
  respond: Date | null
}

/**
 * Sets the dates of an account's next open findings to those of the policy, except due dates that a person set. Each
 * changed date gets a line in the finding's history. The caller has locked the account.
 */
export async function movePolicyDates(
  tx: ModelTx,
  _access: PolicyMover,
  { by, accountId, after, size }: Step,
  policy: DuePolicy,
): Promise<StepResult> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } })
  const environment = Environment.nullable().parse(account.environment)
  const rows = await runIn<Row>(
    tx,
    sql`SELECT id::text AS id, class, severity, opened_at AS "openedAt", due_at AS "dueAt", due_by AS "dueBy", respond_by AS "respondBy"
    FROM finding
    WHERE account_id = ${accountId} AND id > ${after}::uuid AND status IN (${openStatusSql})
      AND (due_by = 'policy' OR class = 'threat' OR respond_by IS NOT NULL)
    ORDER BY id LIMIT ${size}`,
  )
  const known = new Map<string, Date | null>()
  const dueOf = (dated: Dated): Date | null => {
    const key = `${dated.class}/${dated.severity}/${dated.openedAt.getTime()}`
    const due = known.get(key)
    if (due !== undefined) return due
    const fresh = dueAt(dated, env().HINOMI_TIME_ZONE, policy)
    known.set(key, fresh)
    return fresh
  }
  const moves = rows.flatMap((row): Move[] => {
    const dated: Dated = { ...row, severity: toSeverity(row.severity), environment }
    const due = row.dueBy === 'policy' ? dueOf(dated) : row.dueAt
    const respond = respondBy(dated, policy)
    const same = isSame(due, row.dueAt) && isSame(respond, row.respondBy)
    return same ? [] : [{ id: row.id, due_before: row.dueAt, due, respond_before: row.respondBy, respond }]
  })
  if (moves.length > 0) await writeMoves(tx, accountId, { actor: by, at: now() }, moves)
  return { moved: moves.length, after: rows.length < size ? null : (rows.at(-1)?.id ?? null) }
}

function isSame(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime()
}

async function writeMoves(tx: Tx, accountId: string, source: EventSource, moves: readonly Move[]): Promise<void> {
  const moved = (columns: Prisma.Sql) =>
    sql`jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS m(id uuid, ${columns})`
  await executeIn(
    tx,
    sql`UPDATE finding f SET due_at = m.due, respond_by = m.respond, updated_at = ${source.at}::timestamptz,
        overdue = ${isPastSql(source.at, { dueAt: sql`m.due`, respondBy: sql`m.respond` })}
      FROM ${moved(sql`due timestamptz, respond timestamptz`)} WHERE f.account_id = ${accountId} AND f.id = m.id`,
  )
  for (const kind of ['due', 'respond'] as const) {
    const [before, after] = [Prisma.raw(`m.${kind}_before`), Prisma.raw(`m.${kind}`)]
    const event = {
      accountId: sql`${accountId}`,
      findingId: sql`m.id`,
      kind,
      before: sql`to_jsonb(${before})`,
      after: sql`to_jsonb(${after})`,
    }
    const lines = sql`${moved(sql`due_before text, due text, respond_before text, respond text`)} WHERE ${before} IS DISTINCT FROM ${after}`
    await executeIn(tx, insertEvents(source, event, lines))
  }
  const keys = sql`SELECT ${accountId}::text AS account_id, id FROM unnest(${moves.map(move => move.id)}::uuid[]) AS k(id)`
  await executeIn(tx, insertOverdueEvents(source, keys))
}
