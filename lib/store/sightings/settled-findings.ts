import 'server-only'
import type { PoolClient } from 'pg'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import type { DueBy, EventKind, TeamBy } from '../../domain/findings/event'
import type { FindingState, SightingState } from '../../domain/findings/lifecycle'
import type { Status } from '../../domain/findings/status'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import type { FindingClass, Result, SourceId } from '../../domain/imports/outcome'
import type { TeamId } from '../../domain/people/team'
import { copyRows } from '../../sql/copy'
import { copyEvents, type EventLine, type EventSource, noteOverdue } from '../../sql/findings/events'

/** Who may bring findings in line with their sightings: an import, or a person who works on findings. */
export type Settler = JobAccess | Access<'findings:triage'>

export interface FindingKey {
  accountId: string
  id: string
}

/** A stored finding as far as an import may look at it. */
export interface StoredFinding extends FindingKey, FindingState {
  firstSeenAt: Date
  openedAt: Date
  resolvedAt: Date | null
  dueAt: Date | null
  dueBy: DueBy
  reopenedCount: number
  changedImportId: number
  control: string
  resourceId: string
  class: FindingClass
  team: TeamId
  teamBy: TeamBy
  /** Nobody's, and no person wanted it so. */
  free: boolean
  exceptionId: number | null
  beforeException: Status | null
}

export interface NewFinding extends FindingKey {
  class: FindingClass
  control: string
  region: string
  resourceId: string
  resourceName: string
  packageName: string
  state: FindingState
  team: TeamId
  ownerId: string | null
  dueAt: Date | null
  overdue: boolean
  firstSeenAt: Date
  resolvedAt: Date | null
  importId: number
  /** What the import is called in histories. */
  importLabel: string
  exceptionId: number | null
  beforeException: Status | null
}

/** Locks and reads the given findings. Those that do not exist are not in the map. */
export async function lockFindings(
  _access: Settler,
  client: PoolClient,
  keys: readonly FindingKey[],
): Promise<Map<RowKey<'finding'>, StoredFinding>> {
  if (keys.length === 0) return new Map()
  const { rows } = await client.query<StoredFinding>({
    name: 'lock-findings',
    text: `SELECT f.account_id AS "accountId", replace(f.id::text, '-', '') AS id, f.class, f.status, f.severity, f.title,
                  f.resource_type AS "resourceType", f.sources, f.resolved_reason AS "resolvedReason", f.first_seen_at AS "firstSeenAt",
                  f.opened_at AS "openedAt", f.resolved_at AS "resolvedAt", f.due_at AS "dueAt", f.due_by AS "dueBy", f.reopened_count AS "reopenedCount",
                  f.changed_import_id AS "changedImportId", f.control, f.resource_id AS "resourceId", f.team, f.team_by AS "teamBy",
                  f.owner_id IS NULL AND f.owner_by IS NULL AS free, f.exception_id AS "exceptionId", f.before_exception AS "beforeException"
           FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id)
           JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
           FOR UPDATE OF f`,
    values: [keys.map(key => key.accountId), keys.map(key => key.id)],
  })
  return new Map(rows.map(row => [findingKey(row.accountId, row.id), row]))
}

/** Every sighting of the given findings. */
export async function sightingsOf(
  _access: Settler,
  client: PoolClient,
  keys: readonly FindingKey[],
): Promise<Map<RowKey<'finding'>, SightingState[]>> {
  const byFinding = new Map<RowKey<'finding'>, SightingState[]>()
  if (keys.length === 0) return byFinding
  const { rows } = await client.query<{
    account_id: string
    finding_id: string
    id: string
    source: SourceId
    result: Result
    present: boolean
    severity: number
    title: string
    resource_type: string
    tags: Tags | null
    unproven: boolean
  }>({
    name: 'sightings-of',
    text: `SELECT s.account_id, s.finding_id, s.id, s.source, s.result, s.present, s.severity, s.title, s.resource_type, s.tags, s.unproven
           FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id)
           JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.id`,
    values: [keys.map(key => key.accountId), keys.map(key => key.id)],
  })
  for (const row of rows) {
    const key = findingKey(row.account_id, row.finding_id.replaceAll('-', ''))
    const list = byFinding.get(key) ?? []
    list.push({
      id: row.id,
      source: row.source,
      result: row.result,
      present: row.present,
      severity: row.severity,
      title: row.title,
      resourceType: row.resource_type,
      tags: row.tags,
      unproven: row.unproven,
    })
    byFinding.set(key, list)
  }
  return byFinding
}

const NEW_COLUMNS =
  'account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity, status, team, due_at, overdue, sources, first_seen_at, opened_at, updated_at, resolved_at, resolved_reason, first_import_id, changed_import_id, exception_id, before_exception, owner_id'

/** Adds findings that do not exist yet, with the beginning of their histories. The caller holds the lock of their accounts. */
export async function addFindings(_job: JobAccess, client: PoolClient, findings: readonly NewFinding[]): Promise<void> {
  await copyRows(client, `finding (${NEW_COLUMNS})`, findings, finding => [
    finding.accountId,
    finding.id,
    finding.class,
    finding.control,
    finding.region,
    finding.resourceId,
    finding.resourceName,
    finding.state.resourceType,
    finding.packageName,
    finding.state.title,
    finding.state.severity,
    finding.state.status,
    finding.team,
    finding.dueAt,
    finding.overdue,
    finding.state.sources,
    finding.firstSeenAt,
    finding.firstSeenAt,
    finding.firstSeenAt,
    finding.resolvedAt,
    finding.state.resolvedReason,
    finding.importId,
    finding.importId,
    finding.exceptionId,
    finding.beforeException,
    finding.ownerId,
  ])
  const [first] = findings
  if (!first) return
  const by = { actor: importActor({ importId: first.importId, label: first.importLabel }), at: now() }
  await copyEvents(client, by, findings.flatMap(firstEvents))
}

function firstEvents({ accountId, id, overdue, dueAt }: NewFinding): EventLine[] {
  const created: EventLine = { accountId, id, kind: 'created', before: null, after: null }
  if (!overdue) return [created]
  return [created, { accountId, id, kind: 'overdue', before: null, after: dueAt?.toISOString() ?? null }]
}

export interface FindingUpdate extends FindingKey {
  state: FindingState
  openedAt: Date
  resolvedAt: Date | null
  dueAt: Date | null
  overdue: boolean
  reopenedCount: number
  exceptionId: number | null
  beforeException: Status | null
}

/** Writes what sources changed of existing findings. Owner, team, hand-set dates and comments are not among it. */
export async function updateFindings(
  _access: Settler,
  client: PoolClient,
  run: { importId: number; at: Date },
  updates: readonly FindingUpdate[],
): Promise<void> {
  if (updates.length === 0) return
  await client.query({
    name: 'update-findings',
    text: `UPDATE finding f SET title = u.title, severity = u.severity, status = u.status, resource_type = u.resource_type,
             sources = u.sources, resolved_reason = u.resolved_reason, opened_at = u.opened_at, resolved_at = u.resolved_at,
             due_at = u.due_at, overdue = u.overdue, reopened_count = u.reopened_count,
             exception_id = u.exception_id, before_exception = u.before_exception, updated_at = $2, changed_import_id = $3
           FROM jsonb_to_recordset($1::jsonb) AS u(account_id text, id uuid, title text, severity smallint, status text,
             resource_type text, sources text[], resolved_reason text, opened_at timestamptz, resolved_at timestamptz,
             due_at timestamptz, overdue boolean, reopened_count int, exception_id int, before_exception text)
           WHERE f.account_id = u.account_id AND f.id = u.id`,
    values: [
      JSON.stringify(
        updates.map(update => ({
          account_id: update.accountId,
          id: update.id,
          title: update.state.title,
          severity: update.state.severity,
          status: update.state.status,
          resource_type: update.state.resourceType,
          sources: update.state.sources,
          resolved_reason: update.state.resolvedReason,
          opened_at: update.openedAt,
          resolved_at: update.resolvedAt,
          due_at: update.dueAt,
          overdue: update.overdue,
          reopened_count: update.reopenedCount,
          exception_id: update.exceptionId,
          before_exception: update.beforeException,
        })),
      ),
      run.at,
      run.importId,
    ],
  })
}

/** Adds the lines of updates after which findings are overdue, behind those of what made them so. */
export async function addOverdueEvents(
  _access: Settler,
  client: PoolClient,
  by: EventSource,
  updates: readonly (FindingKey & { overdue: boolean })[],
): Promise<void> {
  await noteOverdue(
    client,
    by,
    updates.filter(update => update.overdue),
  )
}

/** What rules that hold now make of an existing finding. The owner is null where it stays whose it is. */
export interface FindingMove extends FindingKey {
  team: TeamId
  ownerId: string | null
}

/** Gives findings to whom rules name. The caller holds their accounts and the owners. */
export async function moveFindings(
  _job: JobAccess,
  client: PoolClient,
  at: Date,
  moves: readonly FindingMove[],
): Promise<void> {
  if (moves.length === 0) return
  await client.query(
    `UPDATE finding f SET team = m.team, owner_id = coalesce(m.owner_id, f.owner_id), updated_at = $5
     FROM unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[]) AS m(account_id, id, team, owner_id)
     WHERE f.account_id = m.account_id AND f.id = m.id`,
    [
      moves.map(move => move.accountId),
      moves.map(move => move.id),
      moves.map(move => move.team),
      moves.map(move => move.ownerId),
      at,
    ],
  )
}

/** A line that an import writes to a history. `text` is the number of an exception. */
export interface ImportEvent extends EventLine {
  kind: Exclude<EventKind, 'created' | 'overdue'>
}

/** Adds lines that an import wrote to histories. */
export async function addImportEvents(
  _job: JobAccess,
  client: PoolClient,
  run: { importId: number; at: Date; label: string },
  events: readonly ImportEvent[],
): Promise<void> {
  await copyEvents(client, { actor: importActor(run), at: run.at }, events)
}

/** An import as the one who wrote a line. */
export function importActor({ importId, label }: { importId: number; label: string }): EventSource['actor'] {
  return { kind: 'import', id: String(importId), name: label }
}
