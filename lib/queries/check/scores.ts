import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { silentAfter } from '../../domain/feeds/cadence'
import { severities, severityRank } from '../../domain/findings/severity'
import { isOpen } from '../../domain/findings/status'
import type { Permission } from '../../domain/people/role'
import { Prisma } from '../../generated/prisma/client'
import { unsolvedStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { getAccount } from '../accounts/account'
import { accountRows } from '../accounts/rows'
import { nobodyKey } from '../findings/count'
import type { Group } from './counts'
import type { Differences } from './differences'

const { sql } = Prisma
const MINUTE = 60_000
const MOST_ACCOUNTS = 1_000_000

/** The posture of an account, computed from its sightings. */
interface Posture {
  id: string
  score: number | null
  blind: number | null
  passed: number
  failed: number
  not_available: number
  last_heard_at: Date | null
  silent: boolean | null
  /** Whether one of its sources becomes silent just now, so that two reads may differ. */
  turning: boolean
}

/**
 * Compares what accounts show with their findings (`groups`), sightings and feeds: counts, score, checks, the last report and the
 * unverified share.
 */
export async function checkScores(
  access: Access<Permission>,
  groups: readonly Group[],
  differences: Differences,
): Promise<void> {
  const feeds = await feedsNow(differences)
  const rows = await accountRows(access, sql`TRUE`, sql`id`, MOST_ACCOUNTS, { live: true })
  const postures = new Map((await read<Posture>(scoresSql(feeds))).map(posture => [posture.id, posture]))
  const byAccount = new Map<string, Group[]>()
  for (const group of groups) {
    if (!isOpen(group.status)) continue
    const known = byAccount.get(group.account)
    if (known) known.push(group)
    else byAccount.set(group.account, [group])
  }
  for (const row of rows) {
    const open = byAccount.get(row.id) ?? []
    const count = (wanted: (group: Group) => boolean) => open.reduce((sum, g) => (wanted(g) ? sum + g.n : sum), 0)
    for (const severity of severities) {
      const n = count(group => group.severity === severityRank(severity))
      differences.compare('accountOpen', `${row.id} ${severity}`, row.open[severity], n)
    }
    differences.compare(
      'accountOpen',
      row.id,
      row.openTotal,
      count(() => true),
    )
    differences.compare(
      'accountOverdue',
      row.id,
      row.overdue,
      count(group => group.overdue),
    )
    differences.compare(
      'accountUnowned',
      row.id,
      row.unowned,
      count(group => group.owner === nobodyKey),
    )
    const posture = postures.get(row.id)
    differences.compare('accountScore', row.id, row.score, posture?.score)
    differences.compare('accountLastReport', row.id, row.lastHeardAt, posture?.last_heard_at)
    if (!posture?.turning) {
      differences.compare('accountSilent', row.id, String(row.silent), String(posture?.silent ?? false))
      differences.compare('accountUnverified', row.id, row.blind, posture?.silent ? 1 : posture?.blind)
    }
    const page = await getAccount(access, row.id)
    differences.compare('accountChecks', `${row.id} passed`, page.passed, posture?.passed ?? 0)
    differences.compare('accountChecks', `${row.id} failed`, page.failed, posture?.failed ?? 0)
    differences.compare('accountChecks', `${row.id} not available`, page.notAvailable, posture?.not_available ?? 0)
  }
}

interface KnownFeed {
  account_id: string
  source: string
  last_at: Date
  silent_after: Date
  proven: boolean
}

/** Recomputes each feed from its report times and its last import, and compares that with the stored feed. */
async function feedsNow(differences: Differences): Promise<KnownFeed[]> {
  const stored = await read<
    Omit<KnownFeed, 'last_at'> & { product: string; heard_at: Date[] | null; stored_at: Date; observed_at: Date | null }
  >(sql`
    SELECT d.account_id, d.source, d.product, d.heard_at, d.silent_after, d.last_at AS stored_at, i.observed_at,
      d.last_complete_at IS NOT NULL OR coalesce(i.may_close, TRUE) AS proven
    FROM feed d LEFT JOIN import i ON i.id = d.last_import_id ORDER BY 1, 2, 3`)
  return stored.map(({ product, heard_at: began, stored_at: storedAt, observed_at: observedAt, ...feed }) => {
    const of = `${feed.account_id} ${feed.source} ${product}`
    const last = observedAt ?? storedAt
    const silent = silentAfter({ began: began ?? [last], last })
    differences.compare('feedLastReport', of, storedAt, observedAt)
    differences.compare('feedSilence', of, feed.silent_after, silent)
    return { ...feed, last_at: last, silent_after: silent }
  })
}

/**
 * The score as docs/score.md describes it, from sightings and findings: the worst open problem decides the band of 20 points, the sum of
 * what is open the place in it. The blind share is that of controls whose sources are all silent. Reports of senders who may not resolve
 * findings count only where there are no others.
 */
export function scoresSql(feeds: readonly KnownFeed[]): Prisma.Sql {
  const at = now()
  return sql`
    WITH feeds AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(feeds)}::jsonb)
        AS d(account_id text, source text, last_at timestamptz, silent_after timestamptz, proven boolean)
    ), sources AS (
      SELECT account_id, source, bool_or(proven) AS proven,
        CASE WHEN bool_or(proven) THEN max(last_at) FILTER (WHERE proven) ELSE max(last_at) END AS last_at,
        CASE WHEN bool_or(proven) THEN max(silent_after) FILTER (WHERE proven) ELSE max(silent_after) END > ${at}::timestamptz AS alive,
        bool_or(silent_after BETWEEN ${new Date(at.getTime() - MINUTE)}::timestamptz AND ${new Date(at.getTime() + MINUTE)}::timestamptz) AS turning
      FROM feeds GROUP BY 1, 2
    ), accounts AS (
      SELECT account_id, bool_or(turning) AS turning,
        CASE WHEN bool_or(proven) THEN max(last_at) FILTER (WHERE proven) ELSE max(last_at) END AS last_heard_at,
        NOT CASE WHEN bool_or(proven) THEN bool_or(alive) FILTER (WHERE proven) ELSE bool_or(alive) END AS silent
      FROM sources GROUP BY 1
    ), results AS (
      SELECT account_id, control, source, max(severity) FILTER (WHERE counts) AS severity, count(*) FILTER (WHERE counts) AS checked,
        count(*) FILTER (WHERE counts AND result <> 'passed') AS failing,
        count(*) FILTER (WHERE result = 'passed') AS passed, count(*) FILTER (WHERE result IN ('failed', 'suppressed')) AS failed,
        count(*) FILTER (WHERE result = 'not_available') AS not_available
      FROM (
        SELECT s.*, s.result = 'passed' OR (s.result IN ('failed', 'suppressed') AND NOT EXISTS (SELECT FROM finding f
          WHERE f.account_id = s.account_id AND f.id = s.finding_id AND f.status IN ('accepted', 'false_positive'))) AS counts
        FROM sighting s WHERE s.present AND s.class = 'posture'
      ) AS s GROUP BY 1, 2, 3
    ), controls AS (
      SELECT r.account_id, coalesce(max(k.severity), max(r.severity)) AS severity, sum(r.failing) / sum(r.checked)::float8 AS failing,
        CASE WHEN bool_or(s.proven) THEN bool_or(s.alive) FILTER (WHERE s.proven) ELSE bool_or(coalesce(s.alive, TRUE)) END AS seen
      FROM results r LEFT JOIN control_severity k ON k.control = r.control LEFT JOIN sources s ON s.account_id = r.account_id AND s.source = r.source
      WHERE r.severity IS NOT NULL GROUP BY r.account_id, r.control
    ), others AS (
      SELECT f.account_id, f.severity, CASE WHEN f.class = 'threat' THEN 'threat' WHEN f.kev OR EXISTS (
          SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present
            AND ((s.facts ->> 'exploit')::boolean OR (s.facts ->> 'epss')::int >= 50)) THEN 'exploited' ELSE 'other' END AS kind,
        CASE WHEN f.class = 'threat' THEN f.control END AS type, least(count(*), 10) AS n
      FROM finding f WHERE f.class <> 'posture' AND f.status IN (${unsolvedStatusSql}) GROUP BY 1, 2, 3, 4
    ), parts AS (
      SELECT account_id, (ARRAY[0.1, 1, 5, 15, 40])[severity]::float8 AS weight, seen, failing AS times,
        CASE WHEN failing = 0 OR severity < 4 THEN 80 WHEN severity = 4 THEN 60 ELSE 40 END AS floor
      FROM controls
      UNION ALL
      SELECT account_id, (ARRAY[0.1, 1, 5, 15, 40])[severity], NULL, CASE kind WHEN 'other' THEN n / 10.0 ELSE 2 * n END,
        CASE kind WHEN 'threat' THEN (ARRAY[80, 80, 60, 20, 0])[severity] WHEN 'exploited' THEN (ARRAY[80, 80, 60, 40, 20])[severity]
          ELSE (ARRAY[80, 80, 80, 60, 40])[severity] END
      FROM others
    ), scores AS (
      SELECT account_id, min(floor) + 1000 / (50 + sum(weight * times)) AS score,
        coalesce(sum(weight) FILTER (WHERE NOT seen), 0) / sum(weight) FILTER (WHERE seen IS NOT NULL) AS blind
      FROM parts GROUP BY 1
    ), checks AS (
      SELECT account_id, sum(passed)::int AS passed, sum(failed)::int AS failed, sum(not_available)::int AS not_available FROM results GROUP BY 1
    )
    SELECT a.id, s.score, s.blind, coalesce(c.passed, 0) AS passed, coalesce(c.failed, 0) AS failed,
      coalesce(c.not_available, 0) AS not_available, h.last_heard_at, h.silent, coalesce(h.turning, FALSE) AS turning
    FROM account a LEFT JOIN scores s ON s.account_id = a.id LEFT JOIN checks c ON c.account_id = a.id LEFT JOIN accounts h ON h.account_id = a.id`
}
