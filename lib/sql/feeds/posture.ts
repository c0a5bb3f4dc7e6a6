import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../findings/open'
import { latestOfFeedsSql, unprovenFeedSql } from './unproven'

const { sql } = Prisma

// Accounts are looked up by an array: joined with a list of them, PostgreSQL reads the rows of all accounts to find a few.

/** How much a control counts towards the score: critical 10, high 7, medium 4, low 2, informational 1. */
const weight = sql`CASE severity WHEN 5 THEN 10::float8 WHEN 4 THEN 7 WHEN 3 THEN 4 WHEN 2 THEN 2 ELSE 1 END`

/** Open findings of the accounts in `wanted (id)`, by severity, with the overdue and unowned ones. No row for an account without any. */
export const openCounts = sql`
  SELECT c.account_id, sum(n) FILTER (WHERE severity = 5) AS critical, sum(n) FILTER (WHERE severity = 4) AS high,
    sum(n) FILTER (WHERE severity = 3) AS medium, sum(n) FILTER (WHERE severity = 2) AS low,
    sum(n) FILTER (WHERE severity = 1) AS informational, sum(n) AS open_total, sum(n) FILTER (WHERE c.overdue) AS overdue,
    sum(n) FILTER (WHERE owner_key = '00000000-0000-0000-0000-000000000000') AS unowned
  FROM finding_count c WHERE c.account_id = ANY(ARRAY(SELECT id FROM wanted)) AND status IN (${openStatusSql})
  GROUP BY 1`

const isProven = Prisma.raw(`NOT ${unprovenFeedSql('d')}`)

/** Whether any source still reports. Reports of senders without `imports:close` count only where there are no others. */
const anyAlive = sql`coalesce(bool_or(alive) FILTER (WHERE proven), bool_or(coalesce(alive, TRUE)))`

/**
 * The sources of the accounts in `wanted (id)`: whether each is not silent at an instant, when it last reported, and whether a sender
 * with `imports:close` sent that report.
 */
export function reportingSources(at: Date): Prisma.Sql {
  return sql`
    SELECT account_id, source, ${Prisma.raw(latestOfFeedsSql('d', 'last_at'))} AS last_at,
      ${Prisma.raw(latestOfFeedsSql('d', 'silent_after'))} > ${at}::timestamptz AS alive, bool_or(${isProven}) AS proven
    FROM feed d WHERE account_id = ANY(ARRAY(SELECT id FROM wanted)) GROUP BY 1, 2`
}

/** The accounts of `speaking`: when a source last reported, and whether all sources are silent. */
export const reportingAccounts = sql`
  SELECT account_id, coalesce(max(last_at) FILTER (WHERE proven), max(last_at)) AS last_heard_at, NOT ${anyAlive} AS silent
  FROM speaking GROUP BY 1`

/** Whether the finding `f` was open at `w.until`, in a period before its last reopening. */
const openBefore = sql`EXISTS (SELECT FROM finding_period p WHERE p.account_id = f.account_id AND p.finding_id = f.id
  AND p.opened_at <= w.until AND p.closed_at > w.until)`

/** Whether the finding `f` was open at the instant `w.until`, as far as is known today. `e` is its exception. */
export const openAt = sql`((f.opened_at <= w.until AND (f.status IN (${openStatusSql}) OR f.resolved_at > w.until
  OR e.decided_at > w.until)) OR ${openBefore})`

/** The same, but a finding that an exception covers counts as well. */
const unresolvedAt = sql`((f.opened_at <= w.until AND (f.status <> 'resolved' OR f.resolved_at > w.until)) OR ${openBefore})`

/**
 * The score (0 to 100) and the blind share (0 to 1) of controls (severity, failed, alive). The score is the weighted share of controls
 * that no resource fails, as in Security Hub's score, here weighted by severity:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/standards-security-score.html
 */
const shares = sql`100 * sum(CASE WHEN failed <= 0 THEN ${weight} ELSE 0 END) / sum(${weight}) AS score,
  sum(CASE WHEN alive THEN 0 ELSE ${weight} END) / sum(${weight}) AS blind`

/**
 * Score and blind share of accounts, over controls merged across feeds. `speaking` are the rows of reportingSources. A control has its
 * canonical severity, passed or failed; without one the highest severity of its present passed and failed results. No row for an account without a check: no data is not 100.
 */
export function postureScores(accounts: Prisma.Sql): Prisma.Sql {
  return sql`
    SELECT account_id, ${shares} FROM (
      SELECT r.account_id, r.control, coalesce(max(k.severity), max(r.severity)) AS severity, sum(failed) AS failed, ${anyAlive} AS alive
      FROM control_result r LEFT JOIN control_severity k ON k.control = r.control LEFT JOIN speaking s ON s.account_id = r.account_id AND s.source = r.source
      WHERE r.account_id = ANY(ARRAY(${accounts})) AND (r.passed > 0 OR r.failed > 0) GROUP BY 1, 2
    ) AS controls
    GROUP BY 1`
}

/**
 * The same for the past days in `wanted (account_id, day, until)`, as far as they are known today. A feed that had reported by then is
 * taken to have checked what it checks now; failures follow from the periods of findings. A feed was silent where none of its stored
 * report times was recent enough; where these begin later, it counts as not silent.
 */
export const pastScores = sql`
  SELECT account_id, day, ${shares} FROM (
    SELECT account_id, day, checked.control, coalesce(max(k.severity), max(checked.severity)) AS severity, sum(failed) AS failed, ${anyAlive} AS alive
    FROM (
      SELECT w.account_id, w.day, r.control, r.severity, 0 AS failed, coalesce(
        (SELECT max(c) FROM unnest(d.complete_at || d.heard_at) AS c WHERE c <= w.until) + (d.silent_after - d.last_at) > w.until,
        TRUE) AS alive, ${isProven} AS proven
      FROM wanted w JOIN feed d ON d.account_id = w.account_id AND d.first_at <= w.until
      JOIN control_result r ON r.account_id = d.account_id AND r.source = d.source AND r.product = d.product
      WHERE r.passed > 0 OR r.failed > 0
      UNION ALL
      SELECT w.account_id, w.day, f.control, f.severity, 1, NULL, NULL
      FROM wanted w JOIN finding f ON f.account_id = w.account_id AND f.first_seen_at <= w.until
      WHERE f.class = 'posture' AND ${unresolvedAt}
    ) AS checked LEFT JOIN control_severity k ON k.control = checked.control GROUP BY 1, 2, 3
  ) AS controls GROUP BY 1, 2`
