import 'server-only'
import { openCounts, postureScores, speakingSources } from '../access/posture-sql'
import type { Access } from '../access/proof'
import { pool, prisma } from '../db'
import { dayOf, endOfDay } from '../domain/due'
import { Prisma } from '../generated/prisma/client'

const { sql } = Prisma

/**
 * Writes the posture of accounts (null for all) as that of the day of `at`. A day before an account's newest snapshot is left
 * alone: the present state is not that day's.
 */
export async function takeSnapshots(
  _access: Access<'imports:write'>,
  accountIds: readonly string[] | null,
  at: Date,
  timeZone: string,
): Promise<void> {
  const day = dayOf(at, timeZone)
  await prisma().$executeRaw`
    WITH wanted AS (
      SELECT a.id FROM account a WHERE (${accountIds}::text[] IS NULL OR a.id = ANY(${accountIds}::text[]))
        AND NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.account_id = a.id AND s.day > ${day}::date)
    ), counts AS (
      ${openCounts}
    ), speaking AS (
      ${speakingSources(at)}
    ), scores AS (
      ${postureScores(sql`SELECT id FROM wanted`)}
    ), quiet AS (
      SELECT account_id, NOT bool_or(alive) AS silent FROM speaking GROUP BY 1
    )
    INSERT INTO snapshot (account_id, day, critical, high, medium, low, informational, overdue, unowned, score, blind, taken_at)
    SELECT w.id, ${day}::date, coalesce(c.critical, 0), coalesce(c.high, 0), coalesce(c.medium, 0), coalesce(c.low, 0),
      coalesce(c.informational, 0), coalesce(c.overdue, 0), coalesce(c.unowned, 0), s.score,
      CASE WHEN q.silent THEN 1 ELSE s.blind END, ${at}::timestamptz
    FROM wanted w LEFT JOIN counts c ON c.account_id = w.id LEFT JOIN scores s ON s.account_id = w.id
      LEFT JOIN quiet q ON q.account_id = w.id
    ORDER BY w.id
    ON CONFLICT (account_id, day) DO UPDATE SET critical = excluded.critical, high = excluded.high, medium = excluded.medium,
      low = excluded.low, informational = excluded.informational, overdue = excluded.overdue, unowned = excluded.unowned,
      score = excluded.score, blind = excluded.blind, taken_at = excluded.taken_at`
}

/**
 * Fills in what is missing of a past day that reports only now tell of: how many findings were open at its end, as far as they are
 * known today. A day that was measured is left alone.
 */
export async function fillSnapshots(
  _access: Access<'imports:write'>,
  accountIds: readonly string[],
  at: Date,
  timeZone: string,
): Promise<void> {
  const day = dayOf(at, timeZone)
  await pool().query(
    `INSERT INTO snapshot (account_id, day, critical, high, medium, low, informational, overdue, unowned, taken_at)
     SELECT account_id, $2::date, count(*) FILTER (WHERE severity = 5), count(*) FILTER (WHERE severity = 4),
       count(*) FILTER (WHERE severity = 3), count(*) FILTER (WHERE severity = 2), count(*) FILTER (WHERE severity = 1),
       0, 0, $3
     FROM finding WHERE account_id = ANY($1) AND first_seen_at <= $3 AND (status IN ('new', 'acknowledged', 'in_progress') OR resolved_at > $3)
     GROUP BY account_id ORDER BY account_id
     ON CONFLICT DO NOTHING`,
    [accountIds, day, endOfDay(at, timeZone)],
  )
}

/**
 * What was opened and closed in accounts (null for all) on the day of `at`, and how many hours it took on average to acknowledge
 * and to resolve what was on that day. Follows from the findings and their events, so that it is the same whenever it is counted.
 */
export async function countFlow(
  _access: Access<'imports:write'>,
  accountIds: readonly string[] | null,
  at: Date,
  timeZone: string,
): Promise<void> {
  const [from, to] = [endOfDay(at, timeZone, -1), endOfDay(at, timeZone)]
  await pool().query(
    `WITH wanted AS (
       SELECT account_id AS id FROM snapshot s WHERE s.day = $2::date AND ($1::text[] IS NULL OR account_id = ANY($1))
       ORDER BY account_id FOR UPDATE
     ), seen AS (
       SELECT f.account_id, count(*) FILTER (WHERE f.first_seen_at > $3 AND f.first_seen_at <= $4) AS opened,
         count(*) FILTER (WHERE f.status = 'resolved' AND f.resolved_at > $3 AND f.resolved_at <= $4) AS closed,
         avg(extract(epoch FROM f.resolved_at - f.opened_at) / 3600)
           FILTER (WHERE f.status = 'resolved' AND f.resolved_at > $3 AND f.resolved_at <= $4 AND f.resolved_at >= f.opened_at) AS resolved
       FROM finding f JOIN wanted w ON w.id = f.account_id GROUP BY 1
     ), told AS (
       SELECT e.account_id, count(*) FILTER (WHERE e.kind = 'reopened') AS reopened,
         avg(extract(epoch FROM e.at - f.opened_at) / 3600)
           FILTER (WHERE e.kind = 'status' AND e.before #>> '{}' = 'new' AND e.at >= f.opened_at) AS acknowledged
       FROM wanted w JOIN finding_event e ON e.account_id = w.id AND e.at > $3 AND e.at <= $4 AND e.kind IN ('reopened', 'status')
       JOIN finding f ON f.account_id = e.account_id AND f.id = e.finding_id GROUP BY 1
     )
     UPDATE snapshot s SET opened = coalesce(n.opened, 0) + coalesce(t.reopened, 0), closed = coalesce(n.closed, 0),
       hours_to_acknowledge = t.acknowledged, hours_to_resolve = n.resolved
     FROM wanted w LEFT JOIN seen n ON n.account_id = w.id LEFT JOIN told t ON t.account_id = w.id
     WHERE s.account_id = w.id AND s.day = $2::date`,
    [accountIds, dayOf(at, timeZone), from, to],
  )
}
