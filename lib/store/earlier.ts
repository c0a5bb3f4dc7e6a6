import 'server-only'
import type { PoolClient } from 'pg'
import type { Access } from '../access/proof'
import { now } from '../clock'
import type { Earlier } from '../domain/earlier'
import type { SourceId } from '../domain/outcome'
import type { FindingKey } from './settled-findings'
import type { IncomingOutcome } from './sightings'

/** What late reports taught of a finding; `before` is since when it was known until then. */
export interface Redated extends Earlier, FindingKey {
  dueAt: Date | null
  overdue: boolean
  before: Date
}

/** Notes of sightings that are gone when their source still told of them. The caller holds their accounts. */
export async function confirmGone(
  _access: Access<'imports:write'>,
  client: PoolClient,
  observedAt: Date,
  items: readonly IncomingOutcome[],
): Promise<void> {
  await client.query({
    name: 'confirm-gone',
    text: `UPDATE sighting s SET observed_at = $3 FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id)
           WHERE s.account_id = k.account_id AND s.id = k.id AND NOT s.present AND s.observed_at < $3`,
    values: [items.map(item => item.outcome.accountId), items.map(item => item.sightingId), observedAt],
  })
}

/** Writes since when findings are known and when they were open. The caller holds them. */
export async function redateFindings(
  _access: Access<'imports:write'>,
  client: PoolClient,
  at: Date,
  findings: readonly Redated[],
): Promise<void> {
  if (findings.length === 0) return
  const rows = JSON.stringify(
    findings.map(finding => ({
      account_id: finding.accountId,
      id: finding.id,
      first_seen_at: finding.firstSeenAt,
      opened_at: finding.openedAt,
      resolved_at: finding.resolvedAt,
      due_at: finding.dueAt,
      overdue: finding.overdue,
      before: finding.lengthens ? finding.before : null,
      past_opened_at: finding.past?.openedAt ?? null,
      past_closed_at: finding.past?.closedAt ?? null,
    })),
  )
  await client.query({
    name: 'redate-findings',
    text: `UPDATE finding f SET first_seen_at = u.first_seen_at, opened_at = u.opened_at, resolved_at = u.resolved_at, due_at = u.due_at,
             overdue = u.overdue, updated_at = $2
           FROM jsonb_to_recordset($1::jsonb) AS u(account_id text, id uuid, first_seen_at timestamptz, opened_at timestamptz,
             resolved_at timestamptz, due_at timestamptz, overdue boolean)
           WHERE f.account_id = u.account_id AND f.id = u.id`,
    values: [rows, at],
  })
  await client.query({
    name: 'lengthen-periods',
    text: `UPDATE finding_period p SET opened_at = u.first_seen_at
           FROM jsonb_to_recordset($1::jsonb) AS u(account_id text, id uuid, first_seen_at timestamptz, before timestamptz)
           WHERE p.account_id = u.account_id AND p.finding_id = u.id AND p.opened_at = u.before`,
    values: [rows],
  })
  await client.query({
    name: 'add-periods',
    text: `INSERT INTO finding_period (account_id, finding_id, opened_at, closed_at)
           SELECT account_id, id, past_opened_at, past_closed_at FROM jsonb_to_recordset($1::jsonb)
             AS u(account_id text, id uuid, past_opened_at timestamptz, past_closed_at timestamptz)
           WHERE past_opened_at IS NOT NULL ON CONFLICT DO NOTHING`,
    values: [rows],
  })
}

/**
 * Dates back what is gone and a late complete report does not tell of either: it was gone by then. Only where nothing said since, neither
 * a record nor a complete report in between, that it was still there. The caller holds the account.
 */
export async function dateAbsent(
  _access: Access<'imports:write'>,
  client: PoolClient,
  run: { importId: number; observedAt: Date },
  scope: { accountId: string; source: SourceId; product: string },
): Promise<void> {
  await client.query({
    name: 'date-absent',
    text: `WITH gone AS (
             SELECT f.account_id, f.id, f.resolved_at FROM finding f
             WHERE f.account_id = $1 AND f.status = 'resolved' AND f.resolved_reason = 'absent' AND f.opened_at < $4 AND f.resolved_at > $4
               AND EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id)
               AND NOT EXISTS (
                 SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id
                   AND (s.source <> $2 OR s.product <> $3 OR s.observed_at >= $4))
               AND NOT EXISTS (
                 SELECT FROM feed d, unnest(d.complete_at) AS c
                 WHERE d.account_id = $1 AND d.source = $2 AND d.product = $3 AND c <> $4 AND c < f.resolved_at AND c > (
                   SELECT max(s.observed_at) FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id))
             FOR UPDATE OF f
           ), moved AS (
             UPDATE finding f SET resolved_at = $4, updated_at = $5 FROM gone g WHERE f.account_id = g.account_id AND f.id = g.id
           )
           INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after)
           SELECT g.account_id, g.id, $5, 'import', $6, $2, 'closed_at', to_jsonb(g.resolved_at), to_jsonb($4::timestamptz) FROM gone g`,
    values: [scope.accountId, scope.source, scope.product, run.observedAt, now(), String(run.importId)],
  })
}
