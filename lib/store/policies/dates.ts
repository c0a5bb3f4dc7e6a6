import 'server-only'
import { now } from '../../clock'
import type { DueBy } from '../../domain/findings/event'
import { type Severity, toSeverity } from '../../domain/findings/severity'
import { isOpen, type Status } from '../../domain/findings/status'
import type { FindingClass } from '../../domain/imports/outcome'
import { Environment } from '../../domain/people/team'
import { clockStart } from '../../domain/policies/clock'
import { type Dated, dueAt, respondBy } from '../../domain/policies/due'
import type { DuePolicy } from '../../domain/policies/due-policy'
import { type Counted, type CountsBy, countedBy, countedSeverity, sameCounted } from '../../domain/policies/exploited'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { isPastSql } from '../../sql/findings/deadline'
import { type EventSource, insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { knownExploitedIn } from '../../sql/vulnerabilities/known-exploited'
import type { PolicyMover, Step, StepResult } from './account-policy'

const { sql } = Prisma

interface Row extends Counted {
  id: string
  class: FindingClass
  control: string
  severity: number
  exploit: boolean | null
  epss: number | null
  status: Status
  openedAt: Date
  beganAt: Date | null
  dueAt: Date | null
  dueBy: DueBy
  respondBy: Date | null
}

/** The dates of a finding, and what it counts as, before and after. */
interface Move {
  id: string
  due_before: Date | null
  due: Date | null
  respond_before: Date | null
  respond: Date | null
  before: Severity | null
  after: Severity | null
  counts_as: number | null
  counts_by: CountsBy | null
  kev: boolean
}

/**
 * Sets the dates of an account's next open findings to those of the policy, except due dates that a person set, and
 * what vulnerabilities count as. Each change gets a line in the finding's history. The caller has locked the account.
 */
export async function movePolicyDates(
  tx: ModelTx,
  _access: PolicyMover,
  { by, accountId, after, size }: Step,
  policy: DuePolicy,
): Promise<StepResult> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } })
  const environment = Environment.nullable().parse(account.environment)
  const { byCve } = await knownExploitedIn(tx)
  const rows = await runIn<Row>(
    tx,
    sql`SELECT id::text AS id, class, control, severity, exploit, epss, status, counts_as AS "countsAs", counts_by AS "countsBy", kev, opened_at AS "openedAt", began_at AS "beganAt", due_at AS "dueAt", due_by AS "dueBy", respond_by AS "respondBy"
    FROM finding
    WHERE account_id = ${accountId} AND id > ${after}::uuid AND status <> 'resolved' AND (class = 'vulnerability'
      OR (status IN (${openStatusSql}) AND (due_by = 'policy' OR class = 'threat' OR respond_by IS NOT NULL)))
    ORDER BY id LIMIT ${size}`,
  )
  const known = new Map<string, Date | null>()
  const dueOf = (dated: Dated): Date | null => {
    const key = `${dated.class}/${dated.severity}/${clockStart(dated, policy.clock).getTime()}`
    const due = known.get(key)
    if (due !== undefined) return due
    const fresh = dueAt(dated, env().HINOMI_TIME_ZONE, policy)
    known.set(key, fresh)
    return fresh
  }
  const moves = rows.flatMap((row): Move[] => {
    const counted = countedBy(policy.exploited, { ...row, listed: byCve.has(row.control) })
    const dated: Dated = { ...row, severity: countedSeverity({ ...row, ...counted }), environment }
    const open = isOpen(row.status)
    const due = open && row.dueBy === 'policy' ? dueOf(dated) : row.dueAt
    const respond = open ? respondBy(dated, policy) : row.respondBy
    if (isSame(due, row.dueAt) && isSame(respond, row.respondBy) && sameCounted(counted, row)) return []
    const [before, after] = [row, counted].map(({ countsAs }) => (countsAs === null ? null : toSeverity(countsAs)))
    return [
      {
        id: row.id,
        due_before: row.dueAt,
        due,
        respond_before: row.respondBy,
        respond,
        before: before ?? null,
        after: after ?? null,
        counts_as: counted.countsAs,
        counts_by: counted.countsBy,
        kev: counted.kev,
      },
    ]
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
        counts_as = m.counts_as, counts_by = m.counts_by, kev = m.kev,
        overdue = f.status IN (${openStatusSql}) AND ${isPastSql(source.at, { dueAt: sql`m.due`, respondBy: sql`m.respond` })}
      FROM ${moved(sql`due timestamptz, respond timestamptz, counts_as smallint, counts_by text, kev boolean`)} WHERE f.account_id = ${accountId} AND f.id = m.id`,
  )
  const counted = {
    accountId: sql`${accountId}`,
    findingId: sql`m.id`,
    kind: 'counts_as' as const,
    before: sql`to_jsonb(m.before)`,
    after: sql`to_jsonb(m.after)`,
    text: sql`m.counts_by`,
  }
  const recounted = sql`${moved(sql`before text, after text, counts_by text`)} WHERE m.before IS DISTINCT FROM m.after`
  await executeIn(tx, insertEvents(source, counted, recounted))
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
