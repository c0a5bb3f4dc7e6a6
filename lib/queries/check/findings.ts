import 'server-only'
import { now } from '../../clock'
import { controlTable } from '../../domain/controls/table'
import { Prisma } from '../../generated/prisma/client'
import { deadlineSql, firstResponse, isPastSql } from '../../sql/findings/deadline'
import { openStatusSql } from '../../sql/findings/open'
import type { Differences, SqlCheck } from './differences'

const { sql } = Prisma

export const isOpenSql = sql`f.status IN (${openStatusSql})`
/** The public id of `finding AS f`, as in its URL. */
export const findingName = sql`f.account_id || '-' || replace(f.id::text, '-', '')`
const sightingName = sql`s.account_id || ' ' || s.id::text`
/** Whether `finding AS f` was merged or unmerged: its history continues in another finding. */
export const isGrouped = sql`EXISTS (SELECT FROM finding_event g WHERE g.account_id = f.account_id AND g.finding_id = f.id
  AND g.kind IN ('merged', 'renamed', 'unmerged'))`
/** The job that marks overdue findings runs every minute; it may be a little late. */
const GRACE_MS = 5 * 60_000

/** Checks that findings agree with their sightings, and every row with the rows that it refers to. */
export async function checkFindings(differences: Differences): Promise<void> {
  await differences.run([...statements, ...references, searchControl(), ...overdueMarks()])
}

/** What reports a finding: the records that fail, and where there are none, those that their sources suppress. */
const reporting = sql`(SELECT s.account_id, s.finding_id, max(s.severity) AS severity,
    CASE WHEN bool_and(s.unproven) THEN array_agg(DISTINCT s.source ORDER BY s.source)
      ELSE array_agg(DISTINCT s.source ORDER BY s.source) FILTER (WHERE NOT s.unproven) END AS sources
  FROM (SELECT *, bool_or(result = 'failed') OVER (PARTITION BY account_id, finding_id) AS fails FROM sighting
    WHERE present AND (result = 'failed' OR (result = 'suppressed' AND NOT unproven))) AS s
  WHERE s.result = 'failed' OR NOT s.fails GROUP BY 1, 2)`

const statements: readonly SqlCheck[] = [
  {
    check: 'findingWithoutRecord',
    sql: sql`SELECT ${findingName} AS of, f.status AS shown, NULL::text AS recomputed FROM finding f
      WHERE f.status <> 'resolved' AND NOT EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id)`,
  },
  {
    // A sighting of a sender who may not resolve findings needs a finding only where it reports a problem.
    check: 'recordWithoutFinding',
    sql: sql`SELECT ${sightingName} AS of, s.result AS shown, NULL::text AS recomputed FROM sighting s
      WHERE s.present AND (s.result = 'failed' OR (s.result IN ('archived', 'suppressed') AND NOT s.unproven))
        AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = s.account_id AND f.id = s.finding_id)`,
  },
  {
    // A person may reopen a finding that no source reports.
    check: 'openUnreported',
    sql: sql`SELECT ${findingName} AS of, f.status AS shown, 'resolved' AS recomputed FROM finding f
      WHERE f.status <> 'resolved' AND EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id)
        AND NOT EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'suppressed'
          AND f.status NOT IN (${openStatusSql}))
        AND NOT EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'failed')
        AND NOT EXISTS (SELECT FROM finding_event e WHERE e.account_id = f.account_id AND e.finding_id = f.id
          AND e.kind = 'status' AND e.before #>> '{}' = 'resolved')`,
  },
  {
    check: 'suppressedReported',
    sql: sql`SELECT ${findingName} AS of, f.status AS shown, 'open' AS recomputed FROM finding f
      WHERE f.status = 'suppressed' AND EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id
        AND s.present AND s.result = 'failed' AND NOT s.unproven)`,
  },
  {
    check: 'resolvedReported',
    sql: sql`SELECT ${findingName} AS of, f.status || ' (' || f.resolved_reason || ')' AS shown, 'open' AS recomputed FROM finding f
      WHERE f.status = 'resolved' AND coalesce(f.resolved_reason, '') NOT IN ('hand', 'verdict')
        AND EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present
          AND s.result = 'failed' AND NOT s.unproven)`,
  },
  {
    check: 'resolvedFields',
    sql: sql`SELECT ${findingName} AS of, f.status || ' ' || coalesce(f.resolved_at::text, '-') || ' ' || coalesce(f.resolved_reason, '-') AS shown,
        NULL::text AS recomputed FROM finding f
      WHERE (f.status = 'resolved') <> (f.resolved_at IS NOT NULL) OR (f.status = 'resolved') <> (f.resolved_reason IS NOT NULL)`,
  },
  {
    check: 'verdictFields',
    sql: sql`SELECT ${findingName} AS of, coalesce(f.resolved_reason, '-') AS shown, coalesce(f.verdict ->> 'kind', '-') AS recomputed FROM finding f
      WHERE (f.verdict IS NOT NULL) <> (f.resolved_reason IS NOT DISTINCT FROM 'verdict')`,
  },
  {
    check: 'verdictOutlived',
    sql: sql`SELECT ${findingName} AS of, f.verdict -> 'seen' ->> 'count' AS shown, s.facts ->> 'count' AS recomputed FROM finding f
      JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'failed'
      WHERE f.status = 'resolved' AND f.resolved_reason = 'verdict'
        AND ((s.facts ->> 'count')::bigint > (f.verdict #>> '{seen,count}')::bigint
          OR ((s.facts ->> 'lastSeen')::timestamptz > (f.verdict #>> '{seen,lastSeen}')::timestamptz
            AND (s.facts ->> 'lastSeen')::timestamptz <= s.observed_at))`,
  },
  {
    check: 'findingSeverity',
    // Accounts that a job is still rating have the severities of before.
    sql: sql`SELECT ${findingName} AS of, f.severity::text AS shown, coalesce(k.severity, s.severity)::text AS recomputed FROM finding f
      JOIN ${reporting} AS s ON s.account_id = f.account_id AND s.finding_id = f.id
      LEFT JOIN control_severity k ON k.control = f.control AND f.class = 'posture'
      WHERE f.status <> 'resolved' AND f.severity <> coalesce(k.severity, s.severity)
        AND NOT EXISTS (SELECT FROM policy_work w WHERE w.account_id = f.account_id AND w.policy = 'control-severity')`,
  },
  {
    check: 'findingSources',
    sql: sql`SELECT ${findingName} AS of, array_to_string(f.sources, ' ') AS shown, array_to_string(s.sources, ' ') AS recomputed FROM finding f
      JOIN ${reporting} AS s ON s.account_id = f.account_id AND s.finding_id = f.id
      WHERE f.status <> 'resolved' AND NOT (f.sources @> s.sources AND f.sources <@ s.sources)`,
  },
  {
    check: 'findingUrgency',
    sql: sql`SELECT ${findingName} AS of, concat_ws(' ', f.exploit, f.epss) AS shown, concat_ws(' ', s.exploit, s.epss) AS recomputed FROM finding f
      JOIN (SELECT account_id, finding_id, bool_or((facts ->> 'exploit')::boolean) AS exploit, max((facts ->> 'epss')::int) AS epss
        FROM sighting WHERE present AND result = 'failed' AND class = 'vulnerability' GROUP BY 1, 2) AS s
        ON s.account_id = f.account_id AND s.finding_id = f.id
      WHERE f.status <> 'resolved' AND (f.exploit, f.epss) IS DISTINCT FROM (s.exploit, s.epss)`,
  },
  {
    check: 'searchTerms',
    sql: sql`SELECT ${findingName} AS of, f.terms AS shown, s.own_control AS recomputed FROM finding f
      JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'failed'
      WHERE f.status <> 'resolved' AND s.own_control IS NOT NULL AND length(f.terms) < 2000 AND strpos(f.terms, s.own_control) = 0`,
  },
  {
    check: 'searchKeys',
    sql: sql`SELECT ${findingName} AS of, array_to_string(f.search_keys, ' ') AS shown, array_to_string(e.keys, ' ') AS recomputed FROM finding f
      JOIN LATERAL (SELECT array_agg(DISTINCT t.key) FILTER (WHERE t.key IS NOT NULL) AS keys FROM (
        SELECT r.key, r.rank, min(r.rank) OVER () AS best FROM (
          SELECT CASE WHEN s.result = 'failed' THEN 1 WHEN NOT s.unproven THEN 2 END AS rank, search_key(x.kind, x.text) AS key FROM sighting s
          LEFT JOIN LATERAL search_texts(s.class, s.description, s.tags, coalesce(s.resource_id, f.resource_id), coalesce(s.package_name, f.package_name)) AS x ON TRUE
          WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result IN ('failed', 'suppressed')) AS r
        WHERE r.rank IS NOT NULL) AS t WHERE t.rank = t.best HAVING count(*) > 0) AS e ON TRUE
      WHERE f.status <> 'resolved' AND NOT (f.search_keys @> coalesce(e.keys, '{}') AND f.search_keys <@ coalesce(e.keys, '{}'))`,
  },
  {
    check: 'searchText',
    sql: sql`SELECT ${findingName} AS of, x.text AS shown, NULL::text AS recomputed FROM finding f
      JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'failed'
      CROSS JOIN LATERAL search_texts(s.class, s.description, s.tags, coalesce(s.resource_id, f.resource_id), '') AS x
      WHERE f.status <> 'resolved' AND x.kind IN ('line', 'tag') AND NOT EXISTS (SELECT FROM search_text t WHERE t.id = search_key(x.kind, x.text))`,
  },
  {
    check: 'searchTitle',
    sql: sql`SELECT ${findingName} AS of, f.control || ': ' || f.title AS shown, NULL::text AS recomputed FROM finding f
      WHERE NOT EXISTS (SELECT FROM control_title t WHERE t.control = f.control AND t.title = f.title)`,
  },
]

const references: readonly SqlCheck[] = [
  {
    check: 'accountMissing',
    sql: sql`SELECT r.kind || ' ' || r.account_id AS of, r.n::text AS shown, '0' AS recomputed FROM (
        SELECT 'finding' AS kind, account_id, count(*) AS n FROM finding GROUP BY 2
        UNION ALL SELECT 'sighting', account_id, count(*) FROM sighting GROUP BY 2
        UNION ALL SELECT 'feed', account_id, count(*) FROM feed GROUP BY 2
        UNION ALL SELECT 'snapshot', account_id, count(*) FROM snapshot GROUP BY 2
      ) AS r WHERE NOT EXISTS (SELECT FROM account a WHERE a.id = r.account_id)`,
  },
  {
    check: 'importMissing',
    sql: sql`SELECT r.kind || ' ' || r.import_id AS of, r.n::text AS shown, '0' AS recomputed FROM (
        SELECT 'finding' AS kind, first_import_id AS import_id, count(*) AS n FROM finding GROUP BY 2
        UNION ALL SELECT 'sighting', import_id, count(*) FROM sighting GROUP BY 2
        UNION ALL SELECT 'import_chunk', import_id, count(*) FROM import_chunk GROUP BY 2
        UNION ALL SELECT 'import_reject', import_id, count(*) FROM import_reject GROUP BY 2
      ) AS r WHERE NOT EXISTS (SELECT FROM import i WHERE i.id = r.import_id)`,
  },
  {
    // Merging and unmerging move responses between histories.
    check: 'firstResponse',
    sql: sql`SELECT ${findingName} AS of, coalesce(f.responded_at::text, '-') AS shown, coalesce(${firstResponse}::text, '-') AS recomputed
      FROM finding f WHERE f.class = 'threat' AND ${isOpenSql} AND f.responded_at IS DISTINCT FROM ${firstResponse} AND NOT ${isGrouped}`,
  },
  {
    check: 'ownerMissing',
    sql: sql`SELECT ${findingName} AS of, f.owner_id::text AS shown, NULL::text AS recomputed FROM finding f
      WHERE ${isOpenSql} AND f.owner_id IS NOT NULL AND NOT EXISTS (SELECT FROM member m WHERE m.id = f.owner_id AND m.removed_at IS NULL
        AND (NOT m.limited OR f.account_id = ANY(m.accounts)))`,
  },
  {
    check: 'mergeMissing',
    sql: sql`SELECT m.account_id || ' ' || m.id AS of, m.into_id::text AS shown, NULL::text AS recomputed FROM finding_merge m
      WHERE m.undone_at IS NULL AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = m.account_id AND f.id = m.into_id)
        AND NOT EXISTS (SELECT FROM finding_merge n WHERE n.account_id = m.account_id AND n.id = m.into_id AND n.undone_at IS NULL)`,
  },
  {
    check: 'historyWithoutFinding',
    sql: sql`SELECT e.account_id || '-' || replace(e.finding_id::text, '-', '') AS of, count(*)::text AS shown, '0' AS recomputed FROM finding_event e
      WHERE NOT EXISTS (SELECT FROM finding f WHERE f.account_id = e.account_id AND f.id = e.finding_id)
        AND NOT EXISTS (SELECT FROM finding_merge m WHERE m.account_id = e.account_id AND e.finding_id IN (m.id, m.into_id))
      GROUP BY e.account_id, e.finding_id`,
  },
]

/** Filters by category know a control from the reports, or from the table in force. */
function searchControl(): SqlCheck {
  return {
    check: 'searchControl',
    sql: sql`SELECT c.control AS of, '-' AS shown, c.control AS recomputed FROM (SELECT DISTINCT f.control FROM finding f WHERE f.class = 'posture') AS c
      WHERE NOT EXISTS (SELECT FROM search_text t WHERE t.kind = 'control' AND t.text = c.control)
        AND NOT (c.control = ANY(${controlTable.controls.map(row => row.id)}::text[]))`,
  }
}

/** The worker marks overdue findings. It had time for those due before its last heartbeat, not for those due since. */
function overdueMarks(): SqlCheck[] {
  const at = now()
  const alive = sql`(SELECT least(${at}::timestamptz, max(at)) - make_interval(secs => ${GRACE_MS / 1000}) FROM (
    SELECT max(finished_at) AS at FROM import UNION ALL SELECT max(at) FROM chain_link UNION ALL SELECT max(taken_at) FROM snapshot WHERE NOT filled) AS l)`
  return [
    {
      check: 'overdueMarked',
      sql: sql`SELECT ${findingName} AS of, f.status || ' ' || coalesce(${deadlineSql('f')}::text, '-') AS shown, NULL::text AS recomputed FROM finding f
        WHERE f.overdue AND NOT (${isOpenSql} AND ${isPastSql(at)})`,
    },
    {
      check: 'overdueUnmarked',
      sql: sql`SELECT ${findingName} AS of, ${deadlineSql('f')}::text AS shown, NULL::text AS recomputed FROM finding f
        WHERE NOT f.overdue AND ${isOpenSql} AND ${deadlineSql('f')} < ${alive}`,
    },
  ]
}
