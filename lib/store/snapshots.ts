import 'server-only'
import type { Access } from '../access/proof'
import { pool } from '../db'
import { dayOf } from '../domain/due'
import { severityWeights } from '../domain/score'

const WEIGHT = `CASE severity WHEN 5 THEN ${severityWeights.critical} WHEN 4 THEN ${severityWeights.high} WHEN 3 THEN ${severityWeights.medium} WHEN 2 THEN ${severityWeights.low} ELSE ${severityWeights.informational} END`

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
  await pool().query(
    `WITH wanted AS (
       SELECT a.id FROM account a WHERE ($1::text[] IS NULL OR a.id = ANY($1))
         AND NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.account_id = a.id AND s.day > $2::date)
     ), counts AS (
       SELECT c.account_id,
         coalesce(sum(n) FILTER (WHERE severity = 5), 0) AS critical, coalesce(sum(n) FILTER (WHERE severity = 4), 0) AS high,
         coalesce(sum(n) FILTER (WHERE severity = 3), 0) AS medium, coalesce(sum(n) FILTER (WHERE severity = 2), 0) AS low,
         coalesce(sum(n) FILTER (WHERE severity = 1), 0) AS informational, coalesce(sum(n) FILTER (WHERE overdue), 0) AS overdue,
         coalesce(sum(n) FILTER (WHERE owner_key = '00000000-0000-0000-0000-000000000000'), 0) AS unowned
       FROM finding_count c JOIN wanted w ON w.id = c.account_id
       WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1
     ), controls AS (
       SELECT account_id, control, max(severity) AS severity, sum(failed) AS failed, sum(passed) AS passed
       FROM control_result r JOIN wanted w ON w.id = r.account_id GROUP BY 1, 2
     ), scores AS (
       SELECT account_id, 100.0 * sum(CASE WHEN failed <= 0 THEN ${WEIGHT} ELSE 0 END) / nullif(sum(${WEIGHT}), 0) AS score
       FROM controls WHERE failed > 0 OR passed > 0 GROUP BY 1
     )
     INSERT INTO snapshot (account_id, day, critical, high, medium, low, informational, overdue, unowned, score, taken_at)
     SELECT w.id, $2::date, coalesce(c.critical, 0), coalesce(c.high, 0), coalesce(c.medium, 0), coalesce(c.low, 0),
       coalesce(c.informational, 0), coalesce(c.overdue, 0), coalesce(c.unowned, 0), s.score, $3
     FROM wanted w LEFT JOIN counts c ON c.account_id = w.id LEFT JOIN scores s ON s.account_id = w.id
     ORDER BY w.id
     ON CONFLICT (account_id, day) DO UPDATE SET critical = excluded.critical, high = excluded.high, medium = excluded.medium,
       low = excluded.low, informational = excluded.informational, overdue = excluded.overdue, unowned = excluded.unowned,
       score = excluded.score, taken_at = excluded.taken_at`,
    [accountIds, dayOf(at, timeZone), at],
  )
}
