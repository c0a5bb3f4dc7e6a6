import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import type { Differences, SqlCheck } from './differences'
import { findingName, isGrouped } from './findings'

const { sql } = Prisma

/** Checks that findings match their last events, and that the periods in which they were open do not overlap. */
export async function checkHistory(differences: Differences): Promise<void> {
  await differences.run([...histories, ...periods])
}

/** The changes of status: the status before and after each event. */
const statusChanges = sql`(SELECT account_id, finding_id, id, kind,
    CASE WHEN kind = 'reopened' THEN 'resolved' ELSE before #>> '{}' END AS before,
    CASE kind WHEN 'resolved' THEN 'resolved' WHEN 'reopened' THEN 'new' ELSE after #>> '{}' END AS after
  FROM finding_event WHERE kind IN ('status', 'resolved', 'reopened', 'suppressed', 'unsuppressed', 'excepted', 'returned'))`
const ownerChanges = sql`(SELECT account_id, finding_id, id, kind, before ->> 'id' AS before, after ->> 'id' AS after
  FROM finding_event WHERE kind = 'owner')`

function lastOf(changes: Prisma.Sql): Prisma.Sql {
  return sql`(SELECT DISTINCT ON (account_id, finding_id) account_id, finding_id, after FROM ${changes} AS c ORDER BY account_id, finding_id, id DESC)`
}

/** Finds findings `f` whose value is not that of their last event. */
function endsWith(check: string, value: Prisma.Sql, changes: Prisma.Sql): SqlCheck {
  return {
    check,
    sql: sql`SELECT ${findingName} AS of, ${value} AS shown, coalesce(e.after, '-') AS recomputed FROM finding f
      JOIN ${lastOf(changes)} AS e ON e.account_id = f.account_id AND e.finding_id = f.id
      WHERE ${value} IS DISTINCT FROM e.after AND NOT ${isGrouped}`,
  }
}

/** Finds events whose value before is not the value after the previous event. */
function chained(check: string, changes: Prisma.Sql): SqlCheck {
  return {
    check,
    sql: sql`SELECT ${findingName} AS of, coalesce(e.before, '-') AS shown, coalesce(e.earlier, '-') AS recomputed FROM finding f
      JOIN (SELECT *, lag(after) OVER w AS earlier, lag(kind) OVER w AS earlier_kind FROM ${changes} AS c
        WINDOW w AS (PARTITION BY account_id, finding_id ORDER BY id)) AS e ON e.account_id = f.account_id AND e.finding_id = f.id
      WHERE e.earlier_kind IS NOT NULL AND e.before IS DISTINCT FROM e.earlier
        AND NOT (e.kind = 'excepted' AND e.earlier_kind IN ('reopened', 'suppressed', 'unsuppressed')) AND NOT ${isGrouped}`,
  }
}

const plain = (kinds: readonly string[]) =>
  sql`(SELECT account_id, finding_id, id, kind, after #>> '{}' AS after FROM finding_event WHERE kind = ANY(${[...kinds]}::text[]))`
const severityWord = sql`(ARRAY['informational', 'low', 'medium', 'high', 'critical'])[f.severity]`

const histories: readonly SqlCheck[] = [
  endsWith('statusHistory', sql`f.status`, statusChanges),
  chained('statusChain', statusChanges),
  {
    check: 'statusUnexplained',
    sql: sql`SELECT ${findingName} AS of, f.status AS shown, 'new' AS recomputed FROM finding f
      WHERE f.status IN ('acknowledged', 'in_progress') AND NOT ${isGrouped} AND NOT EXISTS (SELECT FROM ${statusChanges} AS e
        WHERE e.account_id = f.account_id AND e.finding_id = f.id)`,
  },
  endsWith(
    'verdictHistory',
    sql`f.verdict ->> 'kind'`,
    sql`(SELECT account_id, finding_id, id, CASE WHEN kind = 'verdict' THEN after #>> '{}' END AS after FROM finding_event
      WHERE kind IN ('verdict', 'reopened'))`,
  ),
  endsWith('ownerHistory', sql`f.owner_id::text`, ownerChanges),
  chained('ownerChain', ownerChanges),
  endsWith('teamHistory', sql`f.team`, plain(['team', 'left'])),
  endsWith('severityHistory', severityWord, plain(['severity'])),
  {
    check: 'reopenedCount',
    sql: sql`SELECT ${findingName} AS of, f.reopened_count::text AS shown, coalesce(e.n, 0)::text AS recomputed FROM finding f
      LEFT JOIN (SELECT account_id, finding_id, count(*) AS n FROM finding_event WHERE kind = 'reopened' GROUP BY 1, 2) AS e
        ON e.account_id = f.account_id AND e.finding_id = f.id
      WHERE f.reopened_count <> coalesce(e.n, 0) AND NOT ${isGrouped}`,
  },
]

const span = (row: Prisma.Sql) => sql`${row}.opened_at::text || ' - ' || ${row}.closed_at::text`

const periods: readonly SqlCheck[] = [
  {
    check: 'periodOrder',
    sql: sql`SELECT ${findingName} AS of, ${span(sql`p`)} AS shown, NULL::text AS recomputed
      FROM finding_period p JOIN finding f ON f.account_id = p.account_id AND f.id = p.finding_id WHERE p.opened_at > p.closed_at`,
  },
  {
    // An undone closing by hand leaves two periods that begin together, and a late report of another feed may report the problem at a
    // time at which it counts as resolved.
    check: 'periodChain',
    sql: sql`SELECT ${findingName} AS of, ${span(sql`p`)} AS shown, p.next::text AS recomputed FROM finding f JOIN (
        SELECT account_id, finding_id, opened_at, closed_at, min(opened_at) OVER (PARTITION BY account_id, finding_id ORDER BY opened_at
          RANGE BETWEEN '1 microsecond' FOLLOWING AND UNBOUNDED FOLLOWING) AS next
        FROM (SELECT account_id, finding_id, opened_at, closed_at FROM finding_period
          UNION ALL SELECT account_id, id, opened_at, opened_at FROM finding o
            WHERE EXISTS (SELECT FROM finding_period q WHERE q.account_id = o.account_id AND q.finding_id = o.id)) AS spans
      ) AS p ON p.account_id = f.account_id AND p.finding_id = f.id WHERE p.closed_at > p.next AND NOT ${isGrouped} AND 1 = (SELECT count(DISTINCT (s.source, s.product)) FROM sighting s
        WHERE s.account_id = f.account_id AND s.finding_id = f.id)`,
  },
  {
    check: 'firstSeen',
    sql: sql`SELECT ${findingName} AS of, f.first_seen_at::text AS shown, least(f.opened_at, p.opened_at)::text AS recomputed FROM finding f
      LEFT JOIN (SELECT account_id, finding_id, min(opened_at) AS opened_at FROM finding_period GROUP BY 1, 2) AS p
        ON p.account_id = f.account_id AND p.finding_id = f.id
      WHERE f.first_seen_at <> least(f.opened_at, p.opened_at) AND NOT ${isGrouped}`,
  },
  {
    check: 'firstObserved',
    sql: sql`SELECT ${findingName} AS of, f.first_observed_at::text AS shown, least(f.first_seen_at, s.at)::text AS recomputed FROM finding f
      LEFT JOIN (SELECT account_id, finding_id, min(first_observed_at) AS at FROM sighting
          WHERE result NOT IN ('passed', 'not_available') GROUP BY 1, 2) AS s
        ON s.account_id = f.account_id AND s.finding_id = f.id
      WHERE f.first_observed_at > least(f.first_seen_at, s.at)`,
  },
  {
    check: 'beganAt',
    sql: sql`SELECT ${findingName} AS of, f.began_at::text AS shown, CASE WHEN f.opened_at = f.first_seen_at THEN f.first_observed_at::text END AS recomputed
      FROM finding f WHERE NOT ${isGrouped} AND (f.began_at < f.first_observed_at OR (f.began_at IS NOT NULL AND f.opened_at <> f.first_seen_at))`,
  },
  {
    check: 'periodMissing',
    sql: sql`SELECT ${findingName} AS of, f.reopened_count::text AS shown, NULL::text AS recomputed FROM finding f
      WHERE f.reopened_count > 0 AND NOT ${isGrouped}
        AND NOT EXISTS (SELECT FROM finding_period p WHERE p.account_id = f.account_id AND p.finding_id = f.id)`,
  },
  {
    check: 'periodWithoutFinding',
    sql: sql`SELECT p.account_id || ' ' || p.finding_id AS of, ${span(sql`p`)} AS shown, NULL::text AS recomputed FROM finding_period p
      WHERE NOT EXISTS (SELECT FROM finding f WHERE f.account_id = p.account_id AND f.id = p.finding_id)
        AND NOT EXISTS (SELECT FROM finding_merge m WHERE m.account_id = p.account_id AND p.finding_id IN (m.id, m.into_id))`,
  },
]
