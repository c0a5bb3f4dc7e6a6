import 'server-only'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import {
  type Coverable,
  type Covering,
  coveringOf,
  ExceptionCondition,
  ExceptionMatch,
  withCovering,
} from '../../domain/exceptions/exception'
import { isOpen, type Status } from '../../domain/findings/status'
import { findingKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import type { Environment } from '../../domain/people/team'
import { type Exception, Prisma } from '../../generated/prisma/client'
import { reportedTags, ruleCondition } from '../../sql/exceptions/where'
import { insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { lockAccountsSql } from '../accounts/lock'
import { queuePolicies } from '../policies/queue'
import { approvedExceptions } from './approved'

const { sql } = Prisma
/** A job, or the person whose decision it is. */
type Applier = JobAccess | Access<'exceptions:request'> | Access<'exceptions:approve'>

const PAGE = 1000
/** A decision is noted a moment before it can be read. */
const MINUTE = 60_000

/** Numbers of exceptions whose findings are still to be brought in line, oldest first. */
export async function pendingExceptions(_access: JobAccess): Promise<number[]> {
  const rows = await prisma().exception.findMany({
    where: { pending: true },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  return rows.map(row => row.id)
}

/** Ends what has reached its date. Returns how many. */
export async function endDueExceptions(_access: JobAccess): Promise<number> {
  const { count } = await prisma().exception.updateMany({
    where: { state: 'approved', expiresAt: { lte: now() } },
    data: { state: 'ended', endedAt: now(), endedReason: 'date', endedName: '', pending: true },
  })
  return count
}

/** Ends those of one finding that was resolved while an import ran that did not know of them. Otherwise its import ends them. */
export async function endWithResolved(_access: JobAccess): Promise<void> {
  await prisma().$executeRaw`
    UPDATE exception x SET state = 'ended', ended_at = ${now()}::timestamptz, ended_reason = 'resolved', ended_name = ''
    FROM finding f WHERE x.state = 'approved' AND NOT x.pending AND f.account_id = x.account_id AND f.id = x.finding_id
      AND f.status = 'resolved'`
}

/** Has those looked at again that are over and yet cover findings. */
export async function recheckEnded(_access: JobAccess): Promise<void> {
  await prisma().$executeRaw`
    UPDATE exception x SET pending = TRUE WHERE NOT x.pending AND x.state <> 'approved'
      AND EXISTS (SELECT FROM finding f WHERE f.exception_id = x.id)`
}

/** Has the rules that depend on accounts looked at again, since what is known of an account changed. */
export async function recheckRules(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`UPDATE exception SET pending = TRUE WHERE state = 'approved' AND match IS NOT NULL`
}

/**
 * Brings every finding in line that an exception covers now, or covered. Can be killed and run again. An import that began
 * before the decision does not know of it, so that the exception is looked at again until there is none. With `mostPages` of 1,000
 * findings, the rest is left to the job.
 */
export async function applyException(
  access: Applier,
  id: number,
  mostPages = Number.POSITIVE_INFINITY,
): Promise<{ changed: number }> {
  const row = await prisma().exception.findUnique({ where: { id } })
  let [changed, pages] = [0, 0]
  if (!row) return { changed }
  // Asked before anything is looked at: such an import may end while its last batch is waited for, behind what was looked at.
  const unaware = await importUnawareOf(row)
  let after = { accountId: '', id: '00000000-0000-0000-0000-000000000000' }
  for (;;) {
    const page = await prisma().$queryRaw<{ accountId: string; id: string }[]>`
      SELECT f.account_id AS "accountId", f.id::text AS id FROM finding f
      WHERE ${concerned(row)} AND (f.account_id, f.id) > (${after.accountId}, ${after.id}::uuid)
      ORDER BY f.account_id, f.id LIMIT ${PAGE}`
    for (const accountId of new Set(page.map(each => each.accountId))) {
      const ids = page.filter(each => each.accountId === accountId).map(each => each.id)
      changed += await bring(access, accountId, ids)
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

/** Whether an import runs that may have begun before the decision was there to read. */
async function importUnawareOf({ endedAt, decidedAt }: Exception): Promise<boolean> {
  const decided = endedAt ?? decidedAt ?? now()
  const startedAt = { lte: new Date(decided.getTime() + MINUTE) }
  return (await prisma().import.findFirst({ where: { state: 'running', startedAt }, select: { id: true } })) !== null
}

/** Findings that have the exception, or that it may be for. */
function concerned(row: Exception): Prisma.Sql {
  const its = sql`f.exception_id = ${row.id}`
  if (row.state !== 'approved') return its
  if (row.accountId) return sql`f.account_id = ${row.accountId} AND f.id = ${row.findingId}::uuid`
  const rule = ruleCondition(ExceptionMatch.parse(row.match), ExceptionCondition.parse(row.condition))
  return sql`(${its} OR (f.status IN (${openStatusSql}) AND ${rule}))`
}

interface StoredCoverable {
  id: string
  status: Status
  severity: number
  control: string
  resource_id: string
  tags: Tags[]
  exception_id: number | null
  before_exception: Status | null
  due_at: Date | null
  environment: Environment | null
  account_tags: Tags
}

async function bring(access: Applier, accountId: string, ids: readonly string[]): Promise<number> {
  const { actor } = access
  return prisma().$transaction(
    async tx => {
      await tx.$queryRawUnsafe(lockAccountsSql, [accountId])
      // Read behind the lock: what was approved or ended until then counts.
      const exceptions = await approvedExceptions(access, tx)
      const rows = await tx.$queryRaw<StoredCoverable[]>`
        SELECT f.id::text AS id, f.status, f.severity, f.control, f.resource_id, ${reportedTags} AS tags, f.exception_id, f.before_exception, f.due_at,
          a.environment, a.tags AS account_tags
        FROM finding f JOIN account a ON a.id = f.account_id
        WHERE f.account_id = ${accountId} AND f.id = ANY(${[...ids]}::uuid[])`
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
      await tx.$executeRaw`
        WITH moved AS (
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) AS m(id uuid, before text, after text, exception_id int,
            before_exception text, overdue boolean, kind text, number text)
        ), changed AS (
          UPDATE finding f SET status = m.after, exception_id = m.exception_id, before_exception = m.before_exception,
            overdue = m.overdue, updated_at = ${now()}::timestamptz
          FROM moved m WHERE f.account_id = ${accountId} AND f.id = m.id
        )
        ${insertEvents(by, event, sql`moved m`)}`
      const overdue = changes.filter(change => change.overdue).map(change => change.id)
      const late = sql`SELECT ${accountId}::text AS account_id, id FROM unnest(${overdue}::uuid[]) AS k(id)`
      if (overdue.length > 0) await tx.$executeRaw(insertOverdueEvents(by, late))
      // Policies do not move what rests.
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
  const side = withCovering(before, coveringOf(exceptions, finding, now()))
  if (side.status === before.status && side.exceptionId === before.exceptionId) return []
  return [
    {
      id: row.id,
      before: before.status,
      after: side.status,
      exception_id: side.exceptionId,
      before_exception: side.beforeException,
      overdue: isOpen(side.status) && row.due_at !== null && row.due_at < now(),
      kind: side.exceptionId === null ? 'returned' : 'excepted',
      number: String(side.exceptionId ?? before.exceptionId),
    },
  ]
}
