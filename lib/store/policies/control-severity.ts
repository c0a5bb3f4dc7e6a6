import 'server-only'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { ControlSeverities, canonicalRank, type SaveControlSeverities } from '../../domain/controls/severities'
import { controlTable, renamedControl } from '../../domain/controls/table'
import { severityRank, toSeverity } from '../../domain/findings/severity'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import {
  type AccountPolicy,
  advancePolicy,
  type PolicyMover,
  type Step,
  type StepResult,
  savePolicy,
  storedPolicy,
} from './account-policy'
import { queuePolicies, queueRegrouped } from './queue'

const { sql } = Prisma

const controlSeverity: AccountPolicy<ControlSeverities> = {
  key: 'control-severity',
  action: 'policy.severity',
  parse: stored => ControlSeverities.parse(stored),
  initial: {},
  prepare: async (tx, own) => (access, step) => rate(tx, access, step, own),
  changed: writeControlSeverities,
}

/** The severities that the organization set, by control. */
export function storedControlSeverities(): Promise<{ policy: ControlSeverities; version: string | null }> {
  return storedPolicy(controlSeverity)
}

/** The same, in a transaction. */
export async function controlSeveritiesIn(tx: Tx): Promise<ControlSeverities> {
  const rows = await runIn<{ policy: unknown }>(
    tx,
    sql`SELECT value -> 'policy' AS policy FROM setting WHERE key = ${controlSeverity.key}`,
    'control-severities',
  )
  return rows[0] ? controlSeverity.parse(rows[0].policy) : controlSeverity.initial
}

/**
 * Sets the organization's severities. A job then rates the findings of these controls, and dates and routes them again.
 * Throws `conflict` if they changed since version `seen`.
 */
export function saveControlSeverities(
  access: Access<'accounts:manage'>,
  input: SaveControlSeverities,
): Promise<{ version: string }> {
  // Findings have the canonical id, whichever name a person knows.
  const named = Object.entries(input.severities).map(([name, severity]) => [renamedControl(name) ?? name, severity])
  return savePolicy(controlSeverity, access, ControlSeverities.parse(Object.fromEntries(named)), input.seen)
}

/** Rates the next findings of an account. Returns false if there are none left. */
export function rateFindings(access: PolicyMover, size?: number): Promise<boolean> {
  return advancePolicy(controlSeverity, access, size)
}

/** Writes the one severity of each control for statements that rate many at once. Changes only rows that differ. */
export async function writeControlSeverities(tx: Tx, own: ControlSeverities): Promise<void> {
  const ranks = new Map<string, number>()
  for (const { id, severity } of controlTable.controls) if (severity !== null) ranks.set(id, severityRank(severity))
  for (const [control, severity] of Object.entries(own)) ranks.set(control, severityRank(severity))
  const [controls, severities] = [[...ranks.keys()], [...ranks.values()]]
  await executeIn(tx, sql`DELETE FROM control_severity WHERE NOT control = ANY(${controls}::text[])`)
  await executeIn(
    tx,
    sql`INSERT INTO control_severity AS c (control, severity)
      SELECT * FROM unnest(${controls}::text[], ${severities}::smallint[]) AS k(control, severity) ORDER BY 1
      ON CONFLICT (control) DO UPDATE SET severity = excluded.severity WHERE c.severity <> excluded.severity`,
  )
}

/** Queues every account to be rated and routed by another table of controls. */
export async function rateAgain(access: JobAccess, tx: Tx): Promise<void> {
  await writeControlSeverities(tx, await controlSeveritiesIn(tx))
  await queueRegrouped(access, tx, null, ['routing', 'control-severity'])
}

/**
 * Gives the account's next unresolved findings the severity of their control, with a line in their histories. Dates and
 * teams follow in their own steps; exceptions that may no longer cover a finding are applied again.
 */
async function rate(
  tx: ModelTx,
  access: PolicyMover,
  { by, accountId, after, size }: Step,
  own: ControlSeverities,
): Promise<StepResult> {
  const rows = await runIn<{ id: string; class: string; control: string; severity: number; reported: number | null }>(
    tx,
    // As settle does: a source that hides the problem decides only where none reports it openly.
    sql`SELECT f.id::text AS id, f.class, f.control, f.severity, (SELECT coalesce(max(s.severity) FILTER (WHERE s.result = 'failed'),
          max(s.severity) FILTER (WHERE s.result = 'suppressed' AND NOT s.unproven)) FROM sighting s
        WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present) AS reported
      FROM finding f WHERE f.account_id = ${accountId} AND f.id > ${after}::uuid AND f.status <> 'resolved'
      ORDER BY f.id LIMIT ${size}`,
  )
  const moves = rows.flatMap(({ id, class: kind, control, severity, reported }) => {
    const rank = canonicalRank(own, kind, control) ?? reported ?? severity
    if (rank === severity) return []
    return [{ id, rank, before: toSeverity(severity), after: toSeverity(rank) }]
  })
  if (moves.length > 0) {
    const event = {
      accountId: sql`${accountId}`,
      findingId: sql`m.id`,
      kind: 'severity' as const,
      before: sql`to_jsonb(m.before)`,
      after: sql`to_jsonb(m.after)`,
    }
    await executeIn(
      tx,
      sql`WITH moved AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS m(id uuid, rank smallint, before text, after text)
      ), changed AS (
        UPDATE finding f SET severity = m.rank, updated_at = ${now()}::timestamptz
        FROM moved m WHERE f.account_id = ${accountId} AND f.id = m.id
      ), covered AS (
        UPDATE exception x SET pending = TRUE FROM moved m JOIN finding f ON f.account_id = ${accountId} AND f.id = m.id
        WHERE x.id = f.exception_id AND NOT x.pending
      )
      ${insertEvents({ actor: by, at: now() }, event, sql`moved m`)}`,
    )
    await queuePolicies(tx, access, ['due-policy', 'routing'], [accountId])
  }
  return { moved: moves.length, after: rows.length < size ? null : (rows.at(-1)?.id ?? null) }
}
