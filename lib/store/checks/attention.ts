import 'server-only'
import type { JobAccess } from '../../access/proof'
import {
  type Attention,
  type CountedSignal,
  countedSignals,
  type SignalCount,
  type SourceAttention,
  signalDays,
} from '../../domain/checks/neglect/attention'
import { OWN_FEED } from '../../domain/collection/collectors'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import { defaultSourceSettings, SourceSettings } from '../../domain/feeds/sources'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { readPrimary } from '../../sql/read'

const { raw, sql } = Prisma

const DAY_MS = 86_400_000

/** The source that each signal is about. */
const SOURCES: Readonly<Record<Exclude<CountedSignal, 'collector-silent'>, SourceId>> = {
  'advice-unchanged': 'trusted-advisor',
  'advice-stale': 'trusted-advisor',
  'threats-unread': 'guardduty',
  'criticals-unworked': 'security-hub',
  'suppressed-unexplained': 'security-hub',
  'controls-unavailable': 'security-hub',
  'fixes-overdue': 'inspector',
  'external-access-unread': 'access-analyzer',
  'unused-access-kept': 'access-analyzer',
}

/** What people do with the findings of an account, and with the sources that it reports for the organization. */
export async function loadAttention(_job: JobAccess, accountId: string, at: Date): Promise<Attention> {
  const [sources, settings, heard, found, others] = await Promise.all([
    sourcesOf(accountId),
    readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = 'sources'`),
    readPrimary<{ source: string; product: string }>(
      sql`SELECT source, product FROM feed WHERE account_id = ${accountId}`,
    ),
    readPrimary<Record<string, number | Date | null>>(findingCounts(accountId, at)),
    otherCounts(accountId, at),
  ])
  const { unopenedDays } = settings[0] ? SourceSettings.parse(settings[0].value) : defaultSourceSettings
  const reports = (id: SourceId) => {
    const product = feedDefinition(id)?.product
    // Hubs deliver findings of other services under their names.
    return heard.some(feed => feed.source === id || feed.product === product)
  }
  const signals: Partial<Record<CountedSignal, SignalCount>> = {}
  for (const id of countedSignals) {
    // An account that no collector reads has no cells.
    const known = id === 'collector-silent' ? others[id] !== undefined : reports(SOURCES[id])
    if (!known) continue
    const count = others[id] ?? countOf(found[0] ?? {}, id)
    signals[id] = count
  }
  return { sources, unopenedDays, signals }
}

function countOf(row: Record<string, number | Date | null>, id: CountedSignal): SignalCount {
  const number = (key: string) => Number(row[key] ?? 0)
  const oldest = row[`${id}/oldest`]
  return { count: number(id), of: number(`${id}/of`), oldest: oldest instanceof Date ? oldest : null }
}

/**
 * The sources that the account reports: of its organization, or of all accounts without one in which the source is heard, if it is the
 * first of these.
 */
async function sourcesOf(accountId: string): Promise<SourceAttention[]> {
  const rows = await readPrimary<SourceAttention>(
    sql`WITH member AS (
        SELECT a.id, h.id AS organization FROM account a
          LEFT JOIN connection c ON c.id = a.connection_id AND c.kind = 'organization'
          LEFT JOIN account h ON h.id = c.account_id AND h.closed_at IS NULL
        WHERE a.closed_at IS NULL
      ), asked AS (
        SELECT coalesce((SELECT organization FROM member WHERE organization = ${accountId} LIMIT 1),
          (SELECT organization FROM member WHERE id = ${accountId})) AS organization
      ), asking AS (
        SELECT m.id FROM member m, asked WHERE m.organization IS NOT DISTINCT FROM asked.organization
      ), heard AS (
        SELECT d.source, count(DISTINCT d.account_id)::int AS accounts, min(d.first_at) AS first_at,
          coalesce((SELECT organization FROM asked), min(d.account_id)) AS home
        FROM feed d JOIN asking a ON a.id = d.account_id WHERE d.source <> ${OWN_FEED} GROUP BY 1
      ), counted AS (
        SELECT c.source, sum(c.n) FILTER (WHERE c.unread) AS unread, sum(c.n) FILTER (WHERE c.severity >= 4) AS urgent
        FROM source_count c JOIN asking a ON a.id = c.account_id WHERE c.n > 0 GROUP BY 1
      )
      SELECT h.source, h.accounts, coalesce(c.unread, 0)::int AS unread, coalesce(c.urgent, 0)::int AS urgent,
        h.first_at AS "firstAt", (SELECT max(opened_at) FROM source_opening o WHERE o.source = h.source) AS "openedAt"
      FROM heard h LEFT JOIN counted c USING (source) WHERE h.home = ${accountId} ORDER BY h.source`,
  )
  return rows.filter(({ source }) => feedDefinition(source))
}

/** One row with the count, the total and the oldest of each signal, from the open findings of the account. */
function findingCounts(accountId: string, at: Date): Prisma.Sql {
  const before = (days: number) => new Date(at.getTime() - days * DAY_MS)
  const of = (source: SourceId) => sql`f.sources @> ARRAY[${source}]::text[]`
  const opened = (days: number) => sql`f.opened_at <= ${before(days)}::timestamptz`
  const observed = (days: number) => sql`f.first_observed_at <= ${before(days)}::timestamptz`
  const isNew = sql`f.status = 'new'`
  const conditions: Partial<Record<CountedSignal, { counts: Prisma.Sql; among?: Prisma.Sql }>> = {
    'advice-unchanged': { counts: sql`${of('trusted-advisor')} AND ${observed(signalDays.advice)}` },
    'threats-unread': {
      counts: sql`f.class = 'threat' AND ${isNew} AND f.severity >= 3 AND (${opened(signalDays.threat)}
        OR f.severity >= 4 AND ${opened(signalDays.urgentThreat)})`,
    },
    'criticals-unworked': {
      counts: sql`${of('security-hub')} AND f.severity >= 4 AND ${opened(signalDays.critical)} AND ${isNew}`,
      among: sql`${of('security-hub')} AND f.severity >= 4 AND ${opened(signalDays.critical)}`,
    },
    'fixes-overdue': { counts: sql`f.class = 'vulnerability' AND f.severity >= 4 AND f.fix = 'yes' AND f.overdue` },
    'external-access-unread': {
      counts: sql`${of('access-analyzer')} AND f.control = 'access-analyzer/ExternalAccess' AND ${isNew}
        AND ${opened(signalDays.externalAccess)}`,
    },
    'unused-access-kept': {
      counts: sql`${of('access-analyzer')} AND f.control LIKE 'access-analyzer/Unused%' AND ${observed(signalDays.unusedAccess)}`,
    },
  }
  const columns = Object.entries(conditions).flatMap(([id, { counts, among = counts }]) => [
    sql`(count(*) FILTER (WHERE ${counts}))::int AS ${raw(`"${id}"`)}`,
    sql`(count(*) FILTER (WHERE ${among}))::int AS ${raw(`"${id}/of"`)}`,
    sql`min(f.first_observed_at) FILTER (WHERE ${counts}) AS ${raw(`"${id}/oldest"`)}`,
  ])
  return sql`SELECT ${Prisma.join(columns)} FROM finding f WHERE f.account_id = ${accountId} AND f.status IN (${openStatusSql})`
}

/** Signals about suppressed findings, results of checks, and cells. */
async function otherCounts(accountId: string, at: Date): Promise<Partial<Record<CountedSignal, SignalCount>>> {
  const silentSince = new Date(at.getTime() - signalDays.silentCollector * DAY_MS)
  const hub: SourceId = 'security-hub'
  const advisor: SourceId = 'trusted-advisor'
  const [suppressed, results, cells, stale] = await Promise.all([
    readPrimary<SignalCount>(
      sql`SELECT (count(*) FILTER (WHERE coalesce(s.suppression ->> 'note', '') = ''))::int AS count, count(*)::int AS of,
          min(f.first_observed_at) FILTER (WHERE coalesce(s.suppression ->> 'note', '') = '') AS oldest
        FROM finding f JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id AND s.source = ${hub} AND s.present
          AND s.result = 'suppressed'
        WHERE f.account_id = ${accountId} AND f.status = 'suppressed'`,
    ),
    readPrimary<SignalCount>(
      sql`SELECT coalesce(sum(not_available), 0)::int AS count, coalesce(sum(passed + failed + not_available), 0)::int AS of,
          NULL::timestamptz AS oldest
        FROM control_result WHERE account_id = ${accountId} AND source = ${hub}`,
    ),
    readPrimary<SignalCount>(
      sql`SELECT (count(*) FILTER (WHERE state IN ('denied', 'throttled', 'failed') AND since <= ${silentSince}::timestamptz))::int AS count,
          count(*)::int AS of, min(since) FILTER (WHERE state IN ('denied', 'throttled', 'failed')) AS oldest
        FROM coverage WHERE account_id = ${accountId}`,
    ),
    // Checks, whose records have an id of their own; recommendations have ARNs, and the time of their last change. Measured against
    // the last report: that Trusted Advisor cannot be read is another signal.
    readPrimary<SignalCount>(
      sql`SELECT (count(DISTINCT s.control) FILTER (WHERE s.record_updated_at <= d.last_at - ${`${signalDays.staleAdvice} days`}::interval))::int AS count,
          count(DISTINCT s.control)::int AS of,
          min(s.record_updated_at) FILTER (WHERE s.record_updated_at <= d.last_at - ${`${signalDays.staleAdvice} days`}::interval) AS oldest
        FROM sighting s JOIN feed d ON d.account_id = s.account_id AND d.source = s.source AND d.product = s.product
        WHERE s.account_id = ${accountId} AND s.source = ${advisor} AND s.present AND s.native_id NOT LIKE 'arn:%'`,
    ),
  ])
  const [cell] = cells
  return {
    ...(suppressed[0] && { 'suppressed-unexplained': suppressed[0] }),
    ...(results[0] && { 'controls-unavailable': results[0] }),
    ...(cell && cell.of > 0 && { 'collector-silent': cell }),
    ...(stale[0] && { 'advice-stale': stale[0] }),
  }
}
