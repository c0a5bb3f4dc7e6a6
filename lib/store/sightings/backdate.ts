import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import type { Backdated } from '../../domain/findings/backdate'
import { Prisma } from '../../generated/prisma/client'
import { partSql } from '../../sql/feeds/part'
import { insertEvents } from '../../sql/findings/events'
import type { FeedKey } from '../feeds/feeds'
import type { FindingKey } from './settled-findings'
import type { IncomingOutcome } from './sightings'

const { sql } = Prisma

/** What late reports taught of a finding; `before` is since when it was known until then. */
export interface Redated extends Backdated, FindingKey {
  dueAt: Date | null
  overdue: boolean
  before: Date
}

/** Notes of sightings that are gone when their source still told of them. The caller holds their accounts. */
export async function confirmGone(
  _job: JobAccess,
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
  _job: JobAccess,
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

/** What late reports say of problems that are over stays readable, as it does where a report was in time. */
export async function explainPassed(
  _job: JobAccess,
  client: PoolClient,
  items: readonly IncomingOutcome[],
): Promise<void> {
  await client.query({
    name: 'explain-passed',
    text: `UPDATE sighting s SET description = k.description, remediation_text = k.remediation_text, remediation_url = k.remediation_url
           FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS k(account_id, id, description, remediation_text, remediation_url)
           WHERE s.account_id = k.account_id AND s.id = k.id AND s.result = 'passed' AND s.description = ''`,
    values: [
      items.map(item => item.outcome.accountId),
      items.map(item => item.sightingId),
      items.map(item => item.outcome.description),
      items.map(item => item.outcome.remediationText),
      items.map(item => item.outcome.remediationUrl),
    ],
  })
}

export interface Gone extends FindingKey {
  resolvedAt: Date
  /** Pairs, Regions and parts (see report-pairs) of the sightings that it was. */
  pairs: (number | null)[]
  regions: (string | null)[]
  parts: string[]
}

/**
 * Findings of a feed that are over, and were open before a late complete report of it. Only where nothing said since, neither a record nor a complete report in between, that they were still there. Ids are 32
 * hexadecimal digits. The caller holds the account.
 */
export async function goneSince(
  _job: JobAccess,
  client: PoolClient,
  observedAt: Date,
  scope: FeedKey,
): Promise<Gone[]> {
  const { rows } = await client.query<Gone>({
    name: 'gone-since',
    text: `SELECT f.account_id AS "accountId", replace(f.id::text, '-', '') AS id, f.resolved_at AS "resolvedAt", s.pairs, s.regions, s.parts
           FROM finding f CROSS JOIN LATERAL (
             SELECT array_agg(s.pair) AS pairs, array_agg(coalesce(s.region, f.region)) AS regions, array_agg(${partSql('s', 'f')}) AS parts
             FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id) AS s
           WHERE f.account_id = $1 AND f.status = 'resolved' AND f.resolved_reason IN ('absent', 'passed')
             AND f.opened_at < $4 AND f.resolved_at > $4 AND s.pairs IS NOT NULL
             AND NOT EXISTS (
               SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id
                 AND (s.source <> $2 OR s.product <> $3 OR (s.result <> 'passed' AND s.observed_at >= $4)))
             AND NOT EXISTS (
               SELECT FROM feed d, unnest(d.complete_at) AS c
               WHERE d.account_id = $1 AND d.source = $2 AND d.product = $3 AND c > $4 AND c < f.resolved_at)
             AND NOT EXISTS (
               SELECT FROM sighting s JOIN feed_control d ON d.account_id = s.account_id AND d.source = s.source AND d.product = s.product
                 AND d.control = ${partSql('s', 'f')}, unnest(d.complete_at) AS c
               WHERE s.account_id = f.account_id AND s.finding_id = f.id AND c > $4 AND c < f.resolved_at)
           FOR UPDATE OF f`,
    values: [scope.accountId, scope.source, scope.product, observedAt],
  })
  return rows
}

/** Dates back when findings were gone, with a line in the history of each. The caller holds them. */
export async function closeEarlier(
  _job: JobAccess,
  client: PoolClient,
  run: { importId: number; observedAt: Date; label: string },
  findings: readonly Gone[],
): Promise<void> {
  if (findings.length === 0) return
  const event = {
    accountId: sql`g.account_id`,
    findingId: sql`g.id`,
    kind: 'closed_at' as const,
    before: sql`to_jsonb(g.resolved_at)`,
    after: sql`to_jsonb(${run.observedAt}::timestamptz)`,
  }
  const actor = { kind: 'import', id: String(run.importId), name: run.label } as const
  const { text, values } = sql`
    WITH gone AS (
      SELECT * FROM unnest(${findings.map(finding => finding.accountId)}::text[], ${findings.map(finding => finding.id)}::uuid[],
        ${findings.map(finding => finding.resolvedAt)}::timestamptz[]) AS k(account_id, id, resolved_at)
    ), moved AS (
      UPDATE finding f SET resolved_at = ${run.observedAt}::timestamptz, updated_at = ${now()}::timestamptz FROM gone g
      WHERE f.account_id = g.account_id AND f.id = g.id
    )
    ${insertEvents({ actor, at: now() }, event, sql`gone g`)}`
  await client.query(text, values)
}
