import 'server-only'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, prisma } from '../../db'
import {
  type Coverable,
  type Covering,
  coveringOf,
  ExceptionCondition,
  ExceptionMatch,
  withCovering,
} from '../../domain/exceptions/exception'
import type { Status } from '../../domain/findings/status'
import { findingKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import type { Environment } from '../../domain/people/team'
import { type Deadlines, isOverdue } from '../../domain/policies/deadline'
import { type Exception, Prisma } from '../../generated/prisma/client'
import { reportedTags, ruleCondition } from '../../sql/exceptions/where'
import { insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { unsolvedStatusSql } from '../../sql/findings/open'
import { readPrimary } from '../../sql/read'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { queuePolicies } from '../policies/queue'
import { approvedExceptions } from './approved'

const { sql } = Prisma
/** A job, or the person who decided. */
type Applier = JobAccess | Access<'exceptions:request'> | Access<'exceptions:approve'>

const PAGE = 1000
/** A decision carries a time shortly before its commit. */
const MINUTE = 60_000

/** Ids of exceptions that still have to be applied to findings, oldest first. */
export async function pendingExceptions(_access: JobAccess): Promise<number[]> {
  const rows = await prisma().exception.findMany({
    where: { pending: true },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  return rows.map(row => row.id)
}

/** Ends the exceptions whose date has come. Returns their number. */
export async function endDueExceptions(_access: JobAccess): Promise<number> {
  const { count } = await prisma().exception.updateMany({
    where: { state: 'approved', expiresAt: { lte: now() } },
    data: { state: 'ended', endedAt: now(), endedReason: 'date', endedName: '', pending: true },
  })
  return count
}

/**
 * Ends exceptions of one finding that an import resolved without knowing of them. Usually the import ends them itself.
 */
export async function endWithResolved(_access: JobAccess): Promise<void> {
  await executeIn(
    pool(),
    sql`UPDATE exception x SET state = 'ended', ended_at = ${now()}::timestamptz, ended_reason = 'resolved', ended_name = ''
    FROM finding f WHERE x.state = 'approved' AND NOT x.pending AND f.account_id = x.account_id AND f.id = x.finding_id
      AND f.status = 'resolved'`,
  )
}

/** Marks exceptions that have ended but still cover findings to be applied again. */
export async function recheckEnded(_access: JobAccess): Promise<void> {
  await executeIn(
    pool(),
    sql`UPDATE exception x SET pending = TRUE WHERE NOT x.pending AND x.state <> 'approved'
      AND EXISTS (SELECT FROM finding f WHERE f.exception_id = x.id)`,
  )
}

/** Marks approved rules to be applied again, since attributes of an account changed. */
export async function recheckRules(tx: Tx): Promise<void> {
  await executeIn(tx, sql`UPDATE exception SET pending = TRUE WHERE state = 'approved' AND match IS NOT NULL`)
}

/**
 * Updates every finding that an exception covers or covered. Can be killed and run again. The exception stays pending
 * while an import runs that began before the decision, since it does not know of it. After `mostPages` of 1,000
 * findings the job does the rest.
 */
export async function applyException(
  access: Applier,
  id: number,
  mostPages = Number.POSITIVE_INFINITY,
): Promise<{ changed: number }> {
  const row = await prisma().exception.findUnique({ where: { id } })
  let [changed, pages] = [0, 0]
  if (!row) return { changed }
  // Read first: such an import may commit its last batch behind the pages below, and end meanwhile.
  const unaware = await importUnawareOf(row)
  let after = { accountId: '', id: '00000000-0000-0000-0000-000000000000' }
  for (;;) {
    const page = await readPrimary<{ accountId: string; id: string }>(sql`
      SELECT f.account_id AS "accountId", f.id::text AS id FROM finding f
      WHERE ${concerned(row)} AND (f.account_id, f.id) > (${after.accountId}, ${after.id}::uuid)
      ORDER BY f.account_id, f.id LIMIT ${PAGE}`)
    for (const accountId of new Set(page.map(each => each.accountId))) {
      const ids = page.filter(each => each.accountId === accountId).map(each => each.id)
      changed += await updateCovered(access, accountId, ids)
    }
    pages++
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    if (pages >= mostPages) return { changed }
    after = last
  }
  if (!unaware) await prisma().exception.updateMany({ where: { id, state: row.state }, data: { pending: false } })
  return { changed }
}

/** Whether an import is running that may have begun before the decision was committed. */
async function importUnawareOf({ endedAt, decidedAt }: Exception): Promise<boolean> {
  const decided = endedAt ?? decidedAt ?? now()
  const startedAt = { lte: new Date(decided.getTime() + MINUTE) }
  return (await prisma().import.findFirst({ where: { state: 'running', startedAt }, select: { id: true } })) !== null
}

/** Condition of the findings that the exception covers or may cover. */
function concerned(row: Exception): Prisma.Sql {
  const covered = sql`f.exception_id = ${row.id}`
  if (row.state !== 'approved') return covered
  if (row.accountId) return sql`f.account_id = ${row.accountId} AND f.id = ${row.findingId}::uuid`
  const rule = ruleCondition(ExceptionMatch.parse(row.match), ExceptionCondition.parse(row.condition))
  return sql`(${covered} OR (f.status IN (${unsolvedStatusSql}) AND ${rule}))`
}

interface StoredCoverable extends Deadlines {
  id: string
  status: Status
  severity: number
  control: string
  resource_id: string
  tags: Tags[]
  exception_id: number | null
  before_exception: Status | null
  environment: Environment | null
  account_tags: Tags
}

async function updateCovered(access: Applier, accountId: string, ids: readonly string[]): Promise<number> {
  const { actor } = access
  return prisma().$transaction(
    async tx => {
      await lockAccounts(tx, [accountId])
      // Read under the lock: includes everything that was approved or ended before.
      const exceptions = await approvedExceptions(access, tx)
      const rows = await runIn<StoredCoverable>(
        tx,
        sql`SELECT f.id::text AS id, f.status, f.severity, f.control, f.resource_id, ${reportedTags} AS tags, f.exception_id,
          f.before_exception, f.due_at AS "dueAt", f.respond_by AS "respondBy", f.responded_at AS "respondedAt",
          a.environment, a.tags AS account_tags
        FROM finding f JOIN account a ON a.id = f.account_id
        WHERE f.account_id = ${accountId} AND f.id = ANY(${[...ids]}::uuid[])`,
      )
      const changes = rows.flatMap(row => changeOf(exceptions, accountId, row))
      if (changes.length === 0) return 0
      const by = { actor, at: now() }
      const event = {
        accountId: sql`${accountId}`,
        findingId: sql`m.id`,
        kind: sql`m.kind`,
        before: sql`to_jsonb(m.before)`,
        after: sql`to_jsonb(m.after)`,
        text: sql`m.number`,
      }
      await executeIn(
        tx,
        sql`WITH moved AS (
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) AS m(id uuid, before text, after text, exception_id int,
            before_exception text, overdue boolean, kind text, number text)
        ), changed AS (
          UPDATE finding f SET status = m.after, exception_id = m.exception_id, before_exception = m.before_exception,
            overdue = m.overdue, updated_at = ${now()}::timestamptz
          FROM moved m WHERE f.account_id = ${accountId} AND f.id = m.id
        )
        ${insertEvents(by, event, sql`moved m`)}`,
      )
      const overdue = changes.filter(change => change.overdue).map(change => change.id)
      const keys = sql`SELECT ${accountId}::text AS account_id, id FROM unnest(${overdue}::uuid[]) AS k(id)`
      if (overdue.length > 0) await executeIn(tx, insertOverdueEvents(by, keys))
      // Policies did not change these findings while they were covered.
      if (changes.some(change => change.kind === 'returned'))
        await queuePolicies(tx, access, ['due-policy', 'routing'], [accountId])
      return changes.length
    },
    { timeout: 60_000 },
  )
}

function changeOf(exceptions: readonly Covering[], accountId: string, row: StoredCoverable) {
  const finding: Coverable = {
    key: findingKey(accountId, row.id.replaceAll('-', '')),
    accountId,
    environment: row.environment,
    accountTags: row.account_tags,
    control: row.control,
    resourceId: row.resource_id,
    tags: row.tags,
    severity: row.severity,
  }
  const before = { status: row.status, exceptionId: row.exception_id, beforeException: row.before_exception }
  const after = withCovering(before, coveringOf(exceptions, finding, now()))
  if (after.status === before.status && after.exceptionId === before.exceptionId) return []
  return [
    {
      id: row.id,
      before: before.status,
      after: after.status,
      exception_id: after.exceptionId,
      before_exception: after.beforeException,
      overdue: isOverdue(after.status, row, now()),
      kind: after.exceptionId === null ? 'returned' : 'excepted',
      number: String(after.exceptionId ?? before.exceptionId),
    },
  ]
}
