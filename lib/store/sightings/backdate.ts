import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import type { Backdated } from '../../domain/findings/backdate'
import { Prisma } from '../../generated/prisma/client'
import { partSql } from '../../sql/feeds/part'
import { insertEvents } from '../../sql/findings/events'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import type { FeedKey } from '../feeds/feeds'
import type { FindingKey } from './settled-findings'
import type { IncomingOutcome } from './sightings'

const { raw, sql } = Prisma

/** Earlier times of a finding that late reports proved. `before` is the start that was recorded until then. */
export interface Redated extends Backdated, FindingKey {
  beganAt: Date | null
  dueAt: Date | null
  respondBy: Date | null
  overdue: boolean
  before: Date
}

/** Records that gone sightings were still reported at `observedAt`. The caller has locked their accounts. */
export async function confirmGone(
  _job: JobAccess,
  tx: Tx,
  observedAt: Date,
  items: readonly IncomingOutcome[],
): Promise<void> {
  const keys = { accounts: items.map(item => item.outcome.accountId), ids: items.map(item => item.sightingId) }
  await executeIn(
    tx,
    sql`UPDATE sighting s SET observed_at = ${observedAt}
      FROM unnest(${keys.accounts}::text[], ${keys.ids}::uuid[]) AS k(account_id, id)
      WHERE s.account_id = k.account_id AND s.id = k.id AND NOT s.present AND s.observed_at < ${observedAt}`,
    'confirm-gone',
  )
}

/** Writes the first-seen times and open periods of findings. The caller has locked them. */
export async function redateFindings(_job: JobAccess, tx: Tx, at: Date, findings: readonly Redated[]): Promise<void> {
  if (findings.length === 0) return
  const rows = JSON.stringify(
    findings.map(finding => ({
      account_id: finding.accountId,
      id: finding.id,
      first_seen_at: finding.firstSeenAt,
      opened_at: finding.openedAt,
      began_at: finding.beganAt,
      resolved_at: finding.resolvedAt,
      due_at: finding.dueAt,
      respond_by: finding.respondBy,
      overdue: finding.overdue,
      before: finding.lengthens ? finding.before : null,
      past_opened_at: finding.past?.openedAt ?? null,
      past_closed_at: finding.past?.closedAt ?? null,
    })),
  )
  await executeIn(
    tx,
    sql`UPDATE finding f SET first_seen_at = u.first_seen_at, first_observed_at = least(f.first_observed_at, u.first_seen_at), opened_at = u.opened_at, began_at = u.began_at, resolved_at = u.resolved_at, due_at = u.due_at,
        respond_by = u.respond_by, overdue = u.overdue, updated_at = ${at}
      FROM jsonb_to_recordset(${rows}::jsonb) AS u(account_id text, id uuid, first_seen_at timestamptz, opened_at timestamptz, began_at timestamptz,
        resolved_at timestamptz, due_at timestamptz, respond_by timestamptz, overdue boolean)
      WHERE f.account_id = u.account_id AND f.id = u.id`,
    'redate-findings',
  )
  await executeIn(
    tx,
    sql`UPDATE finding_period p SET opened_at = u.first_seen_at
      FROM jsonb_to_recordset(${rows}::jsonb) AS u(account_id text, id uuid, first_seen_at timestamptz, before timestamptz)
      WHERE p.account_id = u.account_id AND p.finding_id = u.id AND p.opened_at = u.before`,
    'lengthen-periods',
  )
  await executeIn(
    tx,
    sql`INSERT INTO finding_period (account_id, finding_id, opened_at, closed_at)
      SELECT account_id, id, past_opened_at, past_closed_at FROM jsonb_to_recordset(${rows}::jsonb)
        AS u(account_id text, id uuid, past_opened_at timestamptz, past_closed_at timestamptz)
      WHERE past_opened_at IS NOT NULL ON CONFLICT DO NOTHING`,
    'add-periods',
  )
}

/** Stores descriptions of late reports for checks that pass now, as if the reports had come in time. */
export async function explainPassed(_job: JobAccess, tx: Tx, items: readonly IncomingOutcome[]): Promise<void> {
  const outcomes = items.map(item => item.outcome)
  await executeIn(
    tx,
    sql`UPDATE sighting s SET description = k.description, remediation_text = k.remediation_text, remediation_url = k.remediation_url
      FROM unnest(${outcomes.map(outcome => outcome.accountId)}::text[], ${items.map(item => item.sightingId)}::uuid[],
          ${outcomes.map(outcome => outcome.description)}::text[], ${outcomes.map(outcome => outcome.remediationText)}::text[],
          ${outcomes.map(outcome => outcome.remediationUrl)}::text[])
        AS k(account_id, id, description, remediation_text, remediation_url)
      WHERE s.account_id = k.account_id AND s.id = k.id AND s.result = 'passed' AND s.description = ''`,
    'explain-passed',
  )
}

export interface Gone extends FindingKey {
  resolvedAt: Date
  /** Pairs, Regions and parts (see report-pairs) of its sightings. */
  pairs: (number | null)[]
  regions: (string | null)[]
  parts: string[]
}

/**
 * Resolved findings of a feed that were open before a late complete report of it, if no record and no complete report
 * in between had them. Ids are 32 hexadecimal digits. The caller has locked the account.
 */
export async function goneSince(_job: JobAccess, tx: Tx, observedAt: Date, scope: FeedKey): Promise<Gone[]> {
  const { accountId, source, product } = scope
  const part = raw(partSql('s', 'f'))
  return runIn<Gone>(
    tx,
    sql`SELECT f.account_id AS "accountId", replace(f.id::text, '-', '') AS id, f.resolved_at AS "resolvedAt", s.pairs, s.regions, s.parts
      FROM finding f CROSS JOIN LATERAL (
        SELECT array_agg(s.pair) AS pairs, array_agg(coalesce(s.region, f.region)) AS regions, array_agg(${part}) AS parts
        FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id) AS s
      WHERE f.account_id = ${accountId} AND f.status = 'resolved' AND f.resolved_reason IN ('absent', 'passed')
        AND f.opened_at < ${observedAt} AND f.resolved_at > ${observedAt} AND s.pairs IS NOT NULL
        AND NOT EXISTS (
          SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id
            AND (s.source <> ${source} OR s.product <> ${product} OR (s.result <> 'passed' AND s.observed_at >= ${observedAt})))
        AND NOT EXISTS (
          SELECT FROM feed d, unnest(d.complete_at) AS c
          WHERE d.account_id = ${accountId} AND d.source = ${source} AND d.product = ${product} AND c > ${observedAt} AND c < f.resolved_at)
        AND NOT EXISTS (
          SELECT FROM sighting s JOIN feed_control d ON d.account_id = s.account_id AND d.source = s.source AND d.product = s.product
            AND d.control = ${part}, unnest(d.complete_at) AS c
          WHERE s.account_id = f.account_id AND s.finding_id = f.id AND c > ${observedAt} AND c < f.resolved_at)
      FOR UPDATE OF f`,
    'gone-since',
  )
}

/** Moves the resolved times of findings back, with a line in the history of each. The caller has locked them. */
export async function closeEarlier(
  _job: JobAccess,
  tx: Tx,
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
  await executeIn(
    tx,
    sql`WITH gone AS (
        SELECT * FROM unnest(${findings.map(finding => finding.accountId)}::text[], ${findings.map(finding => finding.id)}::uuid[],
          ${findings.map(finding => finding.resolvedAt)}::timestamptz[]) AS k(account_id, id, resolved_at)
      ), moved AS (
        UPDATE finding f SET resolved_at = ${run.observedAt}::timestamptz, updated_at = ${now()}::timestamptz FROM gone g
        WHERE f.account_id = g.account_id AND f.id = g.id
      )
      ${insertEvents({ actor, at: now() }, event, sql`gone g`)}`,
  )
}
