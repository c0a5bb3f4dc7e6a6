import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import { scoreMethod } from '../../domain/accounts/score'
import { toSeverity } from '../../domain/findings/severity'
import type { SourceId } from '../../domain/imports/outcome'
import { dayOf, daysBetween } from '../../domain/policies/due'
import type { AccountPosture, FeedView, Tally, TrendPoint } from '../../domain/views'
import { env } from '../../env'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { deadlineSql } from '../../sql/findings/deadline'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { updatesOfAccount } from '../vulnerabilities/updates'
import { accountRows } from './rows'
import { scoreDetail } from './score'

const { sql } = Prisma
const DAY_MS = 86_400_000

/**
 * The posture of one account: 90 days of trend, and the ten controls and resource types with the most open findings. Throws
 * NotFoundError.
 */
export async function getAccount(access: Access<'findings:read'>, id: AccountId): Promise<AccountPosture> {
  const [account] = await accountRows(access, sql`a.id = ${id}`, sql`id`, 1, { live: true })
  if (!account) throw new NotFoundError()
  const [score, updates, feeds, trend, byControl, byResourceType, checks, oldest, times] = await Promise.all([
    scoreDetail(id),
    updatesOfAccount(access, id),
    feedsOf(id),
    trendOf(id),
    tally(id, sql`f.control`, sql`max(f.title)`),
    tally(id, sql`f.resource_type`, sql`f.resource_type`),
    read<{ passed: number; failed: number; not_available: number }>(sql`
      SELECT coalesce(sum(passed), 0)::int AS passed, coalesce(sum(failed), 0)::int AS failed,
        coalesce(sum(not_available), 0)::int AS not_available FROM control_result WHERE account_id = ${id}`),
    // With "overdue" in WHERE PostgreSQL would read the overdue findings of all accounts from an index.
    read<{ due_at: Date | null }>(sql`
      SELECT min(${deadlineSql('f')}) FILTER (WHERE overdue) AS due_at FROM finding f
      WHERE f.account_id = ${id} AND f.status IN (${openStatusSql})`),
    read<{ acknowledge: number | null; resolve: number | null }>(sql`
      SELECT sum(hours_to_acknowledge * acknowledged) / nullif(sum(acknowledged), 0) AS acknowledge,
        sum(hours_to_resolve * closed) / nullif(sum(closed), 0) AS resolve
      FROM snapshot WHERE account_id = ${id} AND day > ${daysBefore(30)}::date`),
  ])
  const due = oldest[0]?.due_at ?? null
  return {
    ...account,
    feeds,
    trend,
    byControl,
    byResourceType,
    scoreBefore: scoreBefore(trend),
    scoreBand: account.score === null ? null : (score.band ?? 'moderate'),
    scoreParts: score.parts,
    scoreChanges: score.changes,
    scoreTogether: score.together,
    updates,
    passed: checks[0]?.passed ?? 0,
    failed: checks[0]?.failed ?? 0,
    notAvailable: checks[0]?.not_available ?? 0,
    hoursToAcknowledge: times[0]?.acknowledge ?? null,
    hoursToResolve: times[0]?.resolve ?? null,
    oldestOverdueDays: due === null ? null : daysBetween(due, now(), env().HINOMI_TIME_ZONE),
  }
}

async function feedsOf(id: AccountId): Promise<FeedView[]> {
  const rows = await read<{
    source: SourceId
    product: string
    last_at: Date
    last_complete_at: Date | null
    last_import_id: number
    silent_after: Date
  }>(sql`
    SELECT source, product, last_at, last_complete_at, last_import_id, silent_after FROM feed WHERE account_id = ${id}
    ORDER BY source, product LIMIT 200`)
  return rows.map(row => ({
    source: row.source,
    product: row.product,
    lastAt: row.last_at,
    lastCompleteAt: row.last_complete_at,
    lastImportId: row.last_import_id,
    silentAfter: row.silent_after,
    silent: row.silent_after <= now(),
  }))
}

/** The day so many days ago, in the organisation's time zone as in snapshots. */
function daysBefore(days: number): string {
  return dayOf(new Date(now().getTime() - days * DAY_MS), env().HINOMI_TIME_ZONE)
}

async function trendOf(id: AccountId): Promise<TrendPoint[]> {
  return read<TrendPoint>(sql`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, critical, high, medium, low, informational, score, method, opened, closed FROM snapshot
    WHERE account_id = ${id} AND day > ${daysBefore(90)}::date ORDER BY day`)
}

/** The score of the newest snapshot that is at least 30 days old and at most 45. Null if it has another method. */
function scoreBefore(trend: readonly TrendPoint[]): number | null {
  const from = daysBefore(45)
  const to = daysBefore(30)
  const point = trend.findLast(({ day }) => day >= from && day <= to)
  return point?.method === scoreMethod ? point.score : null
}

async function tally(id: AccountId, key: Prisma.Sql, label: Prisma.Sql): Promise<Tally[]> {
  const rows = await read<{ key: string; label: string; severity: number; count: number }>(sql`
    SELECT ${key} AS key, ${label} AS label, max(f.severity) AS severity, count(*)::int AS count FROM finding f
    WHERE f.account_id = ${id} AND f.status IN (${openStatusSql})
    GROUP BY ${key} ORDER BY count(*) DESC, max(f.severity) DESC, ${key} LIMIT 10`)
  return rows.map(row => ({ ...row, severity: toSeverity(row.severity) }))
}
