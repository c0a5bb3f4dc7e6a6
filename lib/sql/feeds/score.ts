import 'server-only'
import {
  attackFactor,
  bandOf,
  bandPoints,
  fullCount,
  halvingLoad,
  likelyExploited,
  scoreBands,
  scoreKinds,
  severityWeights,
} from '../../domain/accounts/score'
import { severities, severityRank } from '../../domain/findings/severity'
import { Prisma } from '../../generated/prisma/client'
import { unsolvedStatusSql } from '../findings/open'
import { unsolvedAt } from './open-at'
import { anyAlive, isProven } from './unproven'

const { sql, raw } = Prisma
type Sql = Prisma.Sql

/** The points of a control of each severity, over a column `severity`. */
export const weight = raw(
  `CASE severity ${severities.map(each => `WHEN ${severityRank(each)} THEN ${severityWeights[each]}::float8`).join(' ')} END`,
)

/** What each item takes away, over `kind`, `severity`, `failing` and `checked`. */
const load = sql`CASE kind WHEN 'control' THEN ${weight} * failing / checked
  WHEN 'vulnerability' THEN ${weight} * least(failing, ${raw(String(fullCount))}) / ${raw(String(fullCount))}
  ELSE ${raw(String(attackFactor))} * ${weight} * least(failing, ${raw(String(fullCount))}) END`

const lastBand = scoreBands.length - 1

/** The number of the band that an item puts its account into, 0 for the worst. */
const band = raw(
  `CASE WHEN failing <= 0 THEN ${lastBand} ${scoreKinds
    .flatMap(kind =>
      severities.map(
        severity =>
          `WHEN kind = '${kind}' AND severity = ${severityRank(severity)} THEN ${scoreBands.indexOf(bandOf(kind, severity))}`,
      ),
    )
    .join(' ')} END`,
)

/** The score, 0 to 100, of the worst band and the sum of loads: the only place with the formula. */
const scoreOf = (worst: Sql, sum: Sql) =>
  sql`(${raw(String(bandPoints))} * (${worst} + ${raw(String(halvingLoad))} / (${raw(String(halvingLoad))} + ${sum})))`

/** Whether the vulnerability `f` is exploited: as its sources and CISA's list say now. */
const isExploited = raw(`(f.exploit IS TRUE OR f.epss >= ${likelyExploited} OR f.kev)`)

/**
 * The items of the accounts in the query `accounts`, now: (account_id, kind, name, severity, failing, checked, alive).
 * Controls are merged across feeds, each with its canonical severity, or else the highest of its present results;
 * `speaking` are the rows of reportingSources. What an exception covers is left out, neither failing nor checked.
 */
function itemsNow(accounts: Sql): Sql {
  const ids = sql`ANY(ARRAY(${accounts}))`
  return sql`
    SELECT account_id, 'control' AS kind, control AS name, coalesce(max(k.severity), max(r.severity)) AS severity, sum(failed)::float8 AS failing,
      sum(passed + failed)::float8 AS checked, ${anyAlive} AS alive
    FROM (
      SELECT r.account_id, r.source, r.control, r.severity, r.passed, greatest(r.failed - coalesce(c.n, 0), 0) AS failed
      FROM control_result r LEFT JOIN (
        SELECT s.account_id, s.source, s.product, s.control, s.severity, count(*) AS n
        FROM finding f JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id
        WHERE f.account_id = ${ids} AND f.status IN ('accepted', 'false_positive')
          AND s.present AND s.class = 'posture' AND s.result IN ('failed', 'suppressed') GROUP BY 1, 2, 3, 4, 5
      ) AS c USING (account_id, source, product, control, severity)
      WHERE r.account_id = ${ids} AND (r.passed > 0 OR r.failed > 0)
    ) AS r LEFT JOIN control_severity k USING (control) LEFT JOIN speaking s USING (account_id, source)
    WHERE passed > 0 OR failed > 0 GROUP BY 1, 3
    UNION ALL
    SELECT account_id, 'threat', control, severity, count(*), count(*), TRUE FROM finding
    WHERE account_id = ${ids} AND class = 'threat' AND class <> 'posture' AND status IN (${unsolvedStatusSql}) GROUP BY 1, 3, 4
    UNION ALL
    SELECT account_id, kind, '', severity, count(*), count(*), TRUE FROM (
      SELECT f.account_id, f.severity, CASE WHEN ${isExploited} THEN 'exploited' ELSE 'vulnerability' END AS kind FROM finding f
      WHERE f.account_id = ${ids} AND f.class = 'vulnerability' AND f.class <> 'posture' AND f.status IN (${unsolvedStatusSql})
    ) AS vulnerabilities GROUP BY 1, 2, 4`
}

/**
 * The same for the past days in `wanted (account_id, day, until)`, as far as they are known today. A feed that had
 * reported by then is taken to have checked what it checks now; failures follow from the periods of findings. A feed
 * was silent where none of its stored report times was recent enough; where these begin later, it counts as not silent.
 */
const itemsThen = sql`
    SELECT account_id, day, 'control' AS kind, control AS name, coalesce(max(k.severity), max(r.severity)) AS severity, sum(failed)::float8 AS failing,
      greatest(sum(checked), sum(failed))::float8 AS checked, ${anyAlive} AS alive
    FROM (
      SELECT w.account_id, w.day, r.control, r.severity, 0 AS failed, r.passed + r.failed AS checked, coalesce(
        (SELECT max(c) FROM unnest(d.complete_at || d.heard_at) AS c WHERE c <= w.until) + (d.silent_after - d.last_at) > w.until,
        TRUE) AS alive, ${isProven} AS proven
      FROM wanted w JOIN feed d ON d.account_id = w.account_id AND d.first_at <= w.until
      JOIN control_result r ON r.account_id = d.account_id AND r.source = d.source AND r.product = d.product
      WHERE r.passed > 0 OR r.failed > 0
      UNION ALL
      SELECT w.account_id, w.day, f.control, f.severity, 1, 0, NULL, NULL
      FROM wanted w JOIN finding f ON f.account_id = w.account_id AND f.first_seen_at <= w.until
      LEFT JOIN exception e ON e.id = f.exception_id
      WHERE f.class = 'posture' AND ${unsolvedAt}
    ) AS r LEFT JOIN control_severity k USING (control) GROUP BY 1, 2, 4
    UNION ALL
    SELECT account_id, day, kind, name, severity, count(*), count(*), TRUE FROM (
      SELECT w.account_id, w.day, f.severity, CASE WHEN f.class = 'threat' THEN 'threat' WHEN ${isExploited}
        THEN 'exploited' ELSE 'vulnerability' END AS kind, CASE WHEN f.class = 'threat' THEN f.control ELSE '' END AS name
      FROM wanted w JOIN finding f ON f.account_id = w.account_id AND f.first_seen_at <= w.until
      LEFT JOIN exception e ON e.id = f.exception_id
      WHERE f.class <> 'posture' AND ${unsolvedAt}
    ) AS others GROUP BY 1, 2, 3, 4, 5`

/**
 * Scores and blind shares (0 to 1) of items, for each value of `key`. No row where nothing was checked and nothing is
 * open.
 */
const scoresOf = (key: Sql, items: Sql) => sql`
  SELECT ${key}, ${scoreOf(sql`min(${band})`, sql`sum(${load})`)} AS score,
    sum(CASE WHEN alive THEN 0 ELSE ${weight} END) FILTER (WHERE kind = 'control')
      / sum(${weight}) FILTER (WHERE kind = 'control') AS blind
  FROM (${items}) AS items GROUP BY ${key}`

/** Score and blind share of the accounts in a query, now: (account_id, score, blind). */
export function postureScores(accounts: Sql): Sql {
  return scoresOf(sql`account_id`, itemsNow(accounts))
}

/** The same of past days: (account_id, day, score, blind). */
export const pastScores = scoresOf(sql`account_id, day`, itemsThen)

/**
 * The items that lower the score of the accounts in a query, those first that raise it most when they are fixed: with
 * the gain of each alone, and with `together`, the score once the first `n` are fixed.
 */
export function scoreItems(accounts: Sql, n: number): Sql {
  const first = sql`gained_at <= ${n}::int`
  return sql`
    WITH items AS (SELECT *, ${load} AS load, ${band} AS band FROM (${itemsNow(accounts)}) AS items),
    placed AS (
      SELECT *, sum(load) OVER (PARTITION BY account_id) AS loads, row_number() OVER worst AS place,
        first_value(band) OVER worst AS worst, nth_value(band, 2) OVER worst AS next
      FROM items WHERE failing > 0
      WINDOW worst AS (PARTITION BY account_id ORDER BY band, kind, name, severity ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ), gains AS (
      SELECT *, ${scoreOf(sql`CASE WHEN place = 1 THEN coalesce(next, ${raw(String(lastBand))}) ELSE worst END`, sql`greatest(loads - load, 0)`)}
        - ${scoreOf(sql`worst`, sql`loads`)} AS gain FROM placed
    ), ordered AS (
      SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY gain DESC, load DESC, kind, name, severity DESC) AS gained_at FROM gains
    )
    SELECT account_id, kind, name, severity, failing::int AS failing, checked::int AS checked, load, band, gain, gained_at,
      ${scoreOf(
        sql`coalesce(min(band) FILTER (WHERE NOT ${first}) OVER everything, ${raw(String(lastBand))})`,
        sql`coalesce(sum(load) FILTER (WHERE NOT ${first}) OVER everything, 0)`,
      )} AS together
    FROM ordered WINDOW everything AS (PARTITION BY account_id) ORDER BY account_id, gained_at`
}
