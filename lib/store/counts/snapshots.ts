import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool, transaction } from '../../db'
import { scoreMethod } from '../../domain/accounts/score'
import { dayOf, daysBetween, endOfDay } from '../../domain/policies/due'
import { Prisma } from '../../generated/prisma/client'
import { openAt } from '../../sql/feeds/open-at'
import { openCounts, reportingAccounts, reportingSources } from '../../sql/feeds/posture'
import { pastScores, postureScores } from '../../sql/feeds/score'
import { readPrimary } from '../../sql/read'
import { executeIn } from '../../sql/transaction'

const { sql } = Prisma
const DAY_MS = 86_400_000
/** The most days that are counted again after the worker was stopped. */
const MOST_DAYS = 31

/**
 * Writes the posture of accounts (null for all) for the day of `at`. Skips accounts with a newer snapshot: the present
 * state is not that of an earlier day.
 */
export async function takeSnapshots(
  _job: JobAccess,
  accountIds: readonly string[] | null,
  at: Date,
  timeZone: string,
): Promise<void> {
  const day = dayOf(at, timeZone)
  await executeIn(
    pool(),
    sql`WITH wanted AS (
      SELECT a.id FROM account a WHERE (${accountIds}::text[] IS NULL OR a.id = ANY(${accountIds}::text[]))
        AND NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.account_id = a.id AND s.day > ${day}::date)
    ), counts AS (
      ${openCounts}
    ), speaking AS (
      ${reportingSources(at)}
    ), scores AS (
      ${postureScores(sql`SELECT id FROM wanted`)}
    ), quiet AS (
      ${reportingAccounts}
    )
    INSERT INTO snapshot (account_id, day, critical, high, medium, low, informational, overdue, unowned, score, blind, method, taken_at)
    SELECT w.id, ${day}::date, coalesce(c.critical, 0), coalesce(c.high, 0), coalesce(c.medium, 0), coalesce(c.low, 0),
      coalesce(c.informational, 0), coalesce(c.overdue, 0), coalesce(c.unowned, 0), s.score,
      CASE WHEN q.silent THEN 1 ELSE s.blind END, ${scoreMethod}::smallint, ${at}::timestamptz
    FROM wanted w LEFT JOIN counts c ON c.account_id = w.id LEFT JOIN scores s ON s.account_id = w.id
      LEFT JOIN quiet q ON q.account_id = w.id
    ORDER BY w.id
    ON CONFLICT (account_id, day) DO UPDATE SET critical = excluded.critical, high = excluded.high, medium = excluded.medium,
      low = excluded.low, informational = excluded.informational, overdue = excluded.overdue, unowned = excluded.unowned,
      score = excluded.score, blind = excluded.blind, method = excluded.method, taken_at = excluded.taken_at`,
  )
}

/**
 * Fills in a past day that late reports describe, and later days that were filled in: the number of findings that were
 * open at the end of the day, the score and the unverified share, as far as they are known today. Never changes a day
 * that was measured.
 */
export async function fillSnapshots(
  _job: JobAccess,
  accountIds: readonly string[],
  at: Date,
  timeZone: string,
): Promise<void> {
  const day = dayOf(at, timeZone)
  await transaction(async tx => {
    await executeIn(
      tx,
      sql`INSERT INTO snapshot (account_id, day, critical, high, medium, low, informational, overdue, unowned, method, taken_at, filled)
       SELECT id, ${day}::date, 0, 0, 0, 0, 0, 0, 0, ${scoreMethod}::smallint, ${endOfDay(at, timeZone)}::timestamptz, TRUE FROM unnest(${accountIds}::text[]) AS k(id)
       ORDER BY id ON CONFLICT DO NOTHING`,
    )
    await executeIn(
      tx,
      sql`WITH wanted AS (
        SELECT account_id, day, taken_at AS until FROM snapshot
        WHERE account_id = ANY(${accountIds}::text[]) AND filled AND day >= ${day}::date ORDER BY account_id, day FOR UPDATE
      ), open AS (
        SELECT w.account_id, w.day, count(*) FILTER (WHERE severity = 5) AS critical, count(*) FILTER (WHERE severity = 4) AS high,
          count(*) FILTER (WHERE severity = 3) AS medium, count(*) FILTER (WHERE severity = 2) AS low,
          count(*) FILTER (WHERE severity = 1) AS informational
        FROM wanted w JOIN finding f ON f.account_id = w.account_id AND f.first_seen_at <= w.until
        LEFT JOIN exception e ON e.id = f.exception_id
        WHERE ${openAt} GROUP BY 1, 2
      ), scores AS (
        ${pastScores}
      )
      UPDATE snapshot s SET critical = coalesce(o.critical, 0), high = coalesce(o.high, 0), medium = coalesce(o.medium, 0),
        low = coalesce(o.low, 0), informational = coalesce(o.informational, 0), score = c.score, blind = c.blind, method = ${scoreMethod}::smallint
      FROM wanted w LEFT JOIN open o ON o.account_id = w.account_id AND o.day = w.day
        LEFT JOIN scores c ON c.account_id = w.account_id AND c.day = w.day
      WHERE s.account_id = w.account_id AND s.day = w.day`,
    )
  })
}

/**
 * The instant from which days have to be counted again: a day before `at`, since late events of that day may be
 * missing, or the last time that every account was measured.
 */
export async function countedUntil(_job: JobAccess, at: Date): Promise<Date> {
  const rows = await readPrimary<{ at: Date | null }>(
    sql`SELECT min(newest) AS at FROM (SELECT max(taken_at) AS newest FROM snapshot WHERE NOT filled GROUP BY account_id) AS measured`,
  )
  const last = Math.min(rows[0]?.at?.getTime() ?? at.getTime(), at.getTime() - DAY_MS)
  return new Date(Math.max(last, at.getTime() - MOST_DAYS * DAY_MS))
}

/**
 * Counts the findings that were opened, closed and acknowledged in accounts (null for all) on each day of a period, and
 * the average hours until they were acknowledged and resolved. Reads only past times and events, so every count gives
 * the same result.
 */
export async function countFlow(
  _job: JobAccess,
  accountIds: readonly string[] | null,
  { from, to }: { from: Date; to: Date },
  timeZone: string,
): Promise<void> {
  // Each day begins a millisecond after the end of the one before. The last start is the end of the period.
  const starts = Array.from(
    { length: daysBetween(from, to, timeZone) + 2 },
    (_, i) => new Date(endOfDay(from, timeZone, i - 1).getTime() + 1),
  )
  const days = starts.slice(0, -1).map(start => dayOf(start, timeZone))
  const [begin, end] = [starts[0], starts.at(-1)]
  await executeIn(
    pool(),
    sql`WITH wanted AS (
       SELECT account_id, day, array_position(${days}::date[], day) AS n FROM snapshot
       WHERE day = ANY(${days}::date[]) AND (${accountIds}::text[] IS NULL OR account_id = ANY(${accountIds}::text[]))
       ORDER BY account_id, day FOR UPDATE
     ), accounts AS (
       SELECT DISTINCT account_id AS id FROM wanted
     ), spans AS (
       SELECT f.account_id, f.opened_at, coalesce(f.began_at, f.opened_at) AS began_at, CASE WHEN f.status = 'resolved' THEN f.resolved_at END AS closed_at, TRUE AS begins
       FROM accounts a JOIN finding f ON f.account_id = a.id
       WHERE f.opened_at >= ${begin} OR f.resolved_at >= ${begin}
       UNION ALL
       SELECT p.account_id, p.opened_at, coalesce(p.began_at, p.opened_at), p.closed_at, p.opened_at <> f.opened_at
         AND row_number() OVER (PARTITION BY p.account_id, p.finding_id, p.opened_at ORDER BY p.closed_at) = 1
       FROM accounts a JOIN finding_period p ON p.account_id = a.id JOIN finding f ON f.account_id = p.account_id AND f.id = p.finding_id
     ), triaged AS (
       SELECT e.account_id, e.at, coalesce(
         CASE WHEN f.opened_at <= e.at THEN f.opened_at END,
         (SELECT max(p.opened_at) FROM finding_period p WHERE p.account_id = f.account_id AND p.finding_id = f.id AND p.opened_at <= e.at)
       ) AS opened_at
       FROM accounts a JOIN finding_event e ON e.account_id = a.id AND e.at >= ${begin} AND e.at < ${end}
         AND e.kind = 'status' AND e.before #>> '{}' = 'new'
       JOIN finding f ON f.account_id = e.account_id AND f.id = e.finding_id
     ), moved AS (
       SELECT account_id, width_bucket(opened_at, ${starts}::timestamptz[]) AS n, 1 AS opened, NULL::float8 AS resolved, NULL::float8 AS acknowledged
       FROM spans WHERE begins AND opened_at >= ${begin} AND opened_at < ${end}
       UNION ALL
       SELECT account_id, width_bucket(closed_at, ${starts}::timestamptz[]), 0, greatest(0, extract(epoch FROM closed_at - began_at) / 3600), NULL
       FROM spans WHERE closed_at >= ${begin} AND closed_at < ${end}
       UNION ALL
       SELECT account_id, width_bucket(at, ${starts}::timestamptz[]), 0, NULL, extract(epoch FROM at - opened_at) / 3600
       FROM triaged WHERE opened_at IS NOT NULL
     ), counted AS (
       SELECT account_id, n, sum(opened) AS opened, count(resolved) AS closed, count(acknowledged) AS acknowledged,
         avg(resolved) AS hours_to_resolve, avg(acknowledged) AS hours_to_acknowledge
       FROM moved GROUP BY 1, 2
     )
     UPDATE snapshot s SET opened = coalesce(c.opened, 0), closed = coalesce(c.closed, 0), acknowledged = coalesce(c.acknowledged, 0),
       hours_to_acknowledge = c.hours_to_acknowledge, hours_to_resolve = c.hours_to_resolve
     FROM wanted w LEFT JOIN counted c ON c.account_id = w.account_id AND c.n = w.n
     WHERE s.account_id = w.account_id AND s.day = w.day`,
  )
}
