import 'server-only'
import { now } from '../../clock'
import { scoreMethod } from '../../domain/accounts/score'
import { dayOf } from '../../domain/policies/due'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import type { Differences, SqlCheck } from './differences'
import { scoresSql } from './scores'

const { sql } = Prisma
const DAY_MS = 86_400_000

/**
 * Compares snapshots with findings: the newest one of each account, where nothing changed since; the opened, resolved and acknowledged
 * counts of past days; and the open findings of days that were backfilled. Nothing else can be recomputed for past days. Accounts with
 * merged findings are omitted there: their times became those of other findings.
 */
export async function checkSnapshots(differences: Differences): Promise<void> {
  await differences.run([newest(), newestScore(), ...flows(), filled()])
}

/** The newest snapshots, of accounts without a later change of a finding or another report. */
const unchanged = sql`(SELECT DISTINCT ON (s.account_id) s.*, (SELECT max(i.finished_at) FROM import i
      WHERE i.observed_at = s.taken_at AND i.state = 'done' AND s.account_id = ANY(i.accounts)) AS ended_at
    FROM snapshot s ORDER BY s.account_id, s.day DESC)`
const isUnchanged = sql`NOT s.filled AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = s.account_id AND f.updated_at > greatest(s.taken_at, s.ended_at))
  AND NOT EXISTS (SELECT FROM feed d JOIN import i ON i.id = d.last_import_id WHERE d.account_id = s.account_id AND i.finished_at > greatest(s.taken_at, s.ended_at))
  AND NOT EXISTS (SELECT FROM import i WHERE i.state IN ('queued', 'running'))`

function newest(): SqlCheck {
  return {
    check: 'snapshotOpen',
    sql: sql`SELECT s.account_id || ' ' || s.day AS of,
        concat_ws(' ', s.critical, s.high, s.medium, s.low, s.informational, s.unowned) AS shown, f.counts AS recomputed
      FROM ${unchanged} AS s CROSS JOIN LATERAL (SELECT concat_ws(' ', count(*) FILTER (WHERE severity = 5), count(*) FILTER (WHERE severity = 4),
          count(*) FILTER (WHERE severity = 3), count(*) FILTER (WHERE severity = 2), count(*) FILTER (WHERE severity = 1), count(*) FILTER (WHERE owner_id IS NULL)) AS counts
        FROM finding f WHERE f.account_id = s.account_id AND f.status IN (${openStatusSql})) AS f
      WHERE ${isUnchanged} AND f.counts <> concat_ws(' ', s.critical, s.high, s.medium, s.low, s.informational, s.unowned)`,
  }
}

function newestScore(): SqlCheck {
  return {
    check: 'snapshotScore',
    sql: sql`SELECT s.account_id || ' ' || s.day AS of, coalesce(s.score::text, '-') AS shown, coalesce(p.score::text, '-') AS recomputed
      FROM ${unchanged} AS s LEFT JOIN (${scoresSql([])}) AS p ON p.id = s.account_id
      WHERE s.method = ${scoreMethod}::int AND ${isUnchanged} AND ((s.score IS NULL) <> (p.score IS NULL) OR abs(s.score - p.score) > 1e-6)`,
  }
}

/** Accounts without merged findings. */
const isWhole = sql`NOT EXISTS (SELECT FROM finding_merge m WHERE m.account_id = s.account_id)`

/** The periods in which findings were open: one row for each start, with its last end. */
const spans = sql`(SELECT account_id, id, opened_at, max(closed_at) AS closed_at FROM (
    SELECT account_id, id, opened_at, CASE WHEN status = 'resolved' THEN resolved_at ELSE 'infinity' END AS closed_at FROM finding
    UNION ALL SELECT account_id, finding_id, opened_at, closed_at FROM finding_period
  ) AS each GROUP BY 1, 2, 3)`

/** The numbers of a day are final once there is a snapshot of a later day, and the day after it has ended. */
function flows(): SqlCheck[] {
  const zone = env().HINOMI_TIME_ZONE
  const yesterday = dayOf(new Date(now().getTime() - DAY_MS), zone)
  const days = sql`(SELECT s.* FROM snapshot s WHERE s.day < ${yesterday}::date AND ${isWhole}
    AND EXISTS (SELECT FROM snapshot l WHERE NOT l.filled AND l.day > s.day))`
  const dayIn = (column: Prisma.Sql) => sql`(${column} AT TIME ZONE ${zone})::date`
  const closings = sql`(SELECT account_id, resolved_at AS at, opened_at FROM finding WHERE status = 'resolved'
    UNION ALL SELECT account_id, closed_at, opened_at FROM finding_period)`
  const moves: [string, Prisma.Sql, Prisma.Sql][] = [
    ['snapshotOpened', sql`s.opened`, sql`SELECT account_id, opened_at AS at FROM ${spans} AS o`],
    ['snapshotResolved', sql`s.closed`, sql`SELECT account_id, at FROM ${closings} AS c`],
    [
      'snapshotAcknowledged',
      sql`s.acknowledged`,
      sql`SELECT account_id, at FROM finding_event e WHERE kind = 'status' AND before #>> '{}' = 'new'
        AND EXISTS (SELECT FROM ${spans} AS o WHERE o.account_id = e.account_id AND o.id = e.finding_id AND o.opened_at <= e.at)`,
    ],
  ]
  return moves.map(([check, shown, happened]) => ({
    check,
    sql: sql`SELECT s.account_id || ' ' || s.day AS of, ${shown}::text AS shown, coalesce(m.n, 0)::text AS recomputed FROM ${days} AS s
      LEFT JOIN (SELECT account_id, ${dayIn(sql`at`)} AS day, count(*) AS n FROM (${happened}) AS h GROUP BY 1, 2) AS m
        ON m.account_id = s.account_id AND m.day = s.day
      WHERE ${shown} <> coalesce(m.n, 0)`,
  }))
}

/** Past days do not record what exceptions covered, nor what was closed and reopened by hand. */
function filled(): SqlCheck {
  return {
    check: 'snapshotFilled',
    sql: sql`SELECT s.account_id || ' ' || s.day AS of, (s.critical + s.high + s.medium + s.low + s.informational)::text AS shown, o.n::text AS recomputed
      FROM snapshot s CROSS JOIN LATERAL (SELECT count(*) AS n FROM ${spans} AS o
        WHERE o.account_id = s.account_id AND o.opened_at <= s.taken_at AND o.closed_at > s.taken_at) AS o
      WHERE s.filled AND ${isWhole} AND s.critical + s.high + s.medium + s.low + s.informational <> o.n
        AND NOT EXISTS (SELECT FROM finding_event e WHERE e.account_id = s.account_id AND e.kind IN ('excepted', 'returned', 'suppressed', 'unsuppressed'))
        AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = s.account_id AND f.status IN ('suppressed', 'accepted', 'false_positive'))
        AND NOT EXISTS (SELECT FROM finding_event e WHERE e.account_id = s.account_id AND e.kind = 'status' AND e.before #>> '{}' = 'resolved')`,
  }
}
