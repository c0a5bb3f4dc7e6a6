import 'server-only'
import { severityWeights as weights } from '../domain/score'
import { Prisma } from '../generated/prisma/client'

const { sql } = Prisma

const weight = sql`CASE severity WHEN 5 THEN ${weights.critical}::float8 WHEN 4 THEN ${weights.high}::float8
  WHEN 3 THEN ${weights.medium}::float8 WHEN 2 THEN ${weights.low}::float8 ELSE ${weights.informational}::float8 END`

/** Open findings of the accounts in `wanted (id)`, by severity, with how many are overdue and nobody's. One row for each that has any. */
export const openCounts = sql`
  SELECT c.account_id, sum(n) FILTER (WHERE severity = 5) AS critical, sum(n) FILTER (WHERE severity = 4) AS high,
    sum(n) FILTER (WHERE severity = 3) AS medium, sum(n) FILTER (WHERE severity = 2) AS low,
    sum(n) FILTER (WHERE severity = 1) AS informational, sum(n) AS open_total, sum(n) FILTER (WHERE c.overdue) AS overdue,
    sum(n) FILTER (WHERE owner_key = '00000000-0000-0000-0000-000000000000') AS unowned
  FROM finding_count c WHERE c.account_id IN (SELECT id FROM wanted) AND status IN ('new', 'acknowledged', 'in_progress')
  GROUP BY 1`

/** Which sources of the accounts in `wanted (id)` are not silent at an instant, and when each was last heard. */
export function speakingSources(at: Date): Prisma.Sql {
  return sql`
    SELECT account_id, source, max(last_at) AS last_at, max(silent_after) > ${at}::timestamptz AS alive
    FROM feed WHERE account_id IN (SELECT id FROM wanted) GROUP BY 1, 2`
}

/**
 * Score (0 to 100, as lib/domain/score.ts has it, over controls merged across feeds) and blind share (0 to 1) of accounts, given the
 * sources that speak as `speaking`. One row for each account of which anything was checked.
 */
export function postureScores(accounts: Prisma.Sql): Prisma.Sql {
  return sql`
    SELECT account_id, 100 * sum(CASE WHEN failed <= 0 THEN ${weight} ELSE 0 END) / sum(${weight}) AS score,
      sum(CASE WHEN alive THEN 0 ELSE ${weight} END) / sum(${weight}) AS blind
    FROM (
      SELECT r.account_id, control, max(severity) AS severity, sum(failed) AS failed, sum(passed) AS passed,
        bool_or(coalesce(s.alive, TRUE)) AS alive
      FROM control_result r LEFT JOIN speaking s ON s.account_id = r.account_id AND s.source = r.source
      WHERE r.account_id IN (${accounts}) GROUP BY 1, 2
    ) AS controls
    WHERE failed > 0 OR passed > 0 GROUP BY 1`
}
