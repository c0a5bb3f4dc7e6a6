import 'server-only'
import type { PoolClient } from 'pg'
import type { Access, JobAccess } from '../../access/proof'
import type { DueBy, EventKind, TeamBy } from '../../domain/findings/event'
import type { Facts } from '../../domain/findings/facts'
import type { FindingState, SightingState } from '../../domain/findings/lifecycle'
import { searchKeysOf } from '../../domain/findings/search/search-texts'
import type { Status } from '../../domain/findings/status'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import type { FindingClass, Result, SourceId } from '../../domain/imports/outcome'
import type { TeamId } from '../../domain/people/team'
import type { Deadlines } from '../../domain/policies/deadline'
import type { Counted } from '../../domain/policies/exploited'
import { StoredVerdict } from '../../domain/threats/verdict'
import { Prisma } from '../../generated/prisma/client'
import { copyEvents, type EventLine, type EventSource, noteOverdue } from '../../sql/findings/events'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/** Updates findings from their sightings: an import, or a person who may triage findings. */
export type Settler = JobAccess | Access<'findings:triage'>

export interface FindingKey {
  accountId: string
  id: string
}

/** The fields of a stored finding that an import reads. */
export interface StoredFinding extends FindingKey, FindingState, Deadlines, Counted {
  firstSeenAt: Date
  openedAt: Date
  beganAt: Date | null
  resolvedAt: Date | null
  dueBy: DueBy
  reopenedCount: number
  changedImportId: number
  control: string
  resourceId: string
  packageName: string
  class: FindingClass
  team: TeamId
  teamBy: TeamBy
  /** Without an owner, and not unassigned by a person. */
  free: boolean
  exceptionId: number | null
  beforeException: Status | null
  verdict: StoredVerdict | null
}

/** Locks and reads the given findings, by `account/finding`. Leaves out those that do not exist. */
export async function lockFindings(
  _access: Settler,
  tx: Tx,
  keys: readonly FindingKey[],
): Promise<Map<RowKey<'finding'>, StoredFinding>> {
  if (keys.length === 0) return new Map()
  const rows = await runIn<StoredFinding>(
    tx,
    sql`SELECT f.account_id AS "accountId", replace(f.id::text, '-', '') AS id, f.class, f.status, f.severity, f.title,
        f.resource_type AS "resourceType", f.sources, f.resolved_reason AS "resolvedReason", f.first_seen_at AS "firstSeenAt",
        f.first_observed_at AS "firstObservedAt", jsonb_build_object('exploit', f.exploit, 'epss', f.epss, 'fix', f.fix) AS urgency, f.terms,
        f.counts_as AS "countsAs", f.counts_by AS "countsBy", f.kev,
        f.search_keys::text[] AS "searchKeys", f.package_name AS "packageName",
        f.opened_at AS "openedAt", f.began_at AS "beganAt", f.resolved_at AS "resolvedAt", f.due_at AS "dueAt", f.due_by AS "dueBy",
        f.respond_by AS "respondBy", f.responded_at AS "respondedAt", f.verdict,
        f.reopened_count AS "reopenedCount", f.changed_import_id AS "changedImportId", f.control, f.resource_id AS "resourceId",
        f.team, f.team_by AS "teamBy", f.owner_id IS NULL AND f.owner_by IS NULL AS free,
        f.exception_id AS "exceptionId", f.before_exception AS "beforeException"
      FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.id)}::uuid[]) AS k(account_id, id)
      JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
      FOR UPDATE OF f`,
    'lock-findings',
  )
  return new Map(
    rows.map(row => [
      findingKey(row.accountId, row.id),
      row.verdict === null ? row : { ...row, verdict: StoredVerdict.parse(row.verdict) },
    ]),
  )
}

/** Every sighting of the given findings, by `account/finding`. */
export async function sightingsOf(
  _access: Settler,
  tx: Tx,
  findings: readonly Pick<StoredFinding, 'accountId' | 'id' | 'resourceId' | 'packageName'>[],
): Promise<Map<RowKey<'finding'>, SightingState[]>> {
  const byFinding = new Map<RowKey<'finding'>, SightingState[]>()
  if (findings.length === 0) return byFinding
  const named = new Map(findings.map(finding => [findingKey(finding.accountId, finding.id), finding]))
  const rows = await runIn<{
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
    first_observed_at: Date | null
    facts: Facts | null
    own_control: string | null
    record_updated_at: Date | null
    class: FindingClass
    description: string
    resource_id: string | null
    package_name: string | null
  }>(
    tx,
    sql`SELECT s.account_id, s.finding_id, s.id, s.source, s.result, s.present, s.severity, s.title, s.resource_type, s.tags, s.unproven, s.first_observed_at,
        s.facts, s.own_control, s.record_updated_at, s.class, s.description, s.resource_id, s.package_name
      FROM unnest(${findings.map(each => each.accountId)}::text[], ${findings.map(each => each.id)}::uuid[]) AS k(account_id, id)
      JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.id`,
    'sightings-of',
  )
  for (const row of rows) {
    const key = findingKey(row.account_id, row.finding_id.replaceAll('-', ''))
    const list = byFinding.get(key) ?? []
    const finding = named.get(key)
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
      firstObservedAt: row.first_observed_at,
      facts: row.facts,
      ownControl: row.own_control,
      searchKeys: searchKeysOf({
        class: row.class,
        description: row.description,
        tags: row.tags,
        resourceId: row.resource_id ?? finding?.resourceId ?? '',
        packageName: row.package_name ?? finding?.packageName ?? '',
      }),
      recordUpdatedAt: row.record_updated_at,
    })
    byFinding.set(key, list)
  }
  return byFinding
}

export interface FindingUpdate extends FindingKey, Deadlines, Counted {
  state: FindingState
  openedAt: Date
  beganAt: Date | null
  resolvedAt: Date | null
  overdue: boolean
  reopenedCount: number
  exceptionId: number | null
  beforeException: Status | null
}

/**
 * Writes the changes that sources made to existing findings. Never changes owner, team, dates set by hand and comments.
 */
export async function updateFindings(
  _access: Settler,
  tx: Tx,
  run: { importId: number; at: Date },
  updates: readonly FindingUpdate[],
): Promise<void> {
  if (updates.length === 0) return
  const rows = updates.map(update => ({
    account_id: update.accountId,
    id: update.id,
    title: update.state.title,
    severity: update.state.severity,
    status: update.state.status,
    resource_type: update.state.resourceType,
    sources: update.state.sources,
    resolved_reason: update.state.resolvedReason,
    first_observed_at: update.state.firstObservedAt,
    ...update.state.urgency,
    terms: update.state.terms,
    counts_as: update.countsAs,
    counts_by: update.countsBy,
    kev: update.kev,
    search_keys: update.state.searchKeys,
    opened_at: update.openedAt,
    began_at: update.beganAt,
    resolved_at: update.resolvedAt,
    due_at: update.dueAt,
    respond_by: update.respondBy,
    responded_at: update.respondedAt,
    overdue: update.overdue,
    reopened_count: update.reopenedCount,
    exception_id: update.exceptionId,
    before_exception: update.beforeException,
  }))
  await executeIn(
    tx,
    sql`UPDATE finding f SET title = u.title, severity = u.severity, status = u.status, resource_type = u.resource_type,
        sources = u.sources, resolved_reason = u.resolved_reason, opened_at = u.opened_at, began_at = u.began_at, resolved_at = u.resolved_at,
        due_at = u.due_at, respond_by = u.respond_by, responded_at = u.responded_at, overdue = u.overdue,
        reopened_count = u.reopened_count, verdict = CASE WHEN u.resolved_reason = 'verdict' THEN f.verdict END,
        exception_id = u.exception_id, before_exception = u.before_exception, first_observed_at = u.first_observed_at,
        exploit = u.exploit, epss = u.epss, fix = u.fix, terms = u.terms, counts_as = u.counts_as, counts_by = u.counts_by, kev = u.kev, search_keys = u.search_keys,
        updated_at = ${run.at}, changed_import_id = ${run.importId}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS u(account_id text, id uuid, title text, severity smallint, status text,
        resource_type text, sources text[], resolved_reason text, opened_at timestamptz, began_at timestamptz, resolved_at timestamptz,
        due_at timestamptz, respond_by timestamptz, responded_at timestamptz, overdue boolean, reopened_count int, exception_id int, before_exception text,
        first_observed_at timestamptz, exploit boolean, epss smallint, fix text, terms text, search_keys bigint[], counts_as smallint, counts_by text, kev boolean)
      WHERE f.account_id = u.account_id AND f.id = u.id`,
    'update-findings',
  )
}

/** Adds the history lines of updates that made findings overdue, after the lines of the updates themselves. */
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

/** The team and owner that the present rules give to an existing finding. The owner is null if it does not change. */
export interface FindingMove extends FindingKey {
  team: TeamId
  ownerId: string | null
}

/** Moves findings to the teams and owners of rules. The caller has locked their accounts and the owners. */
export async function moveFindings(_job: JobAccess, tx: Tx, at: Date, moves: readonly FindingMove[]): Promise<void> {
  if (moves.length === 0) return
  await executeIn(
    tx,
    sql`UPDATE finding f SET team = m.team, owner_id = coalesce(m.owner_id, f.owner_id), updated_at = ${at}
      FROM unnest(${moves.map(move => move.accountId)}::text[], ${moves.map(move => move.id)}::uuid[],
        ${moves.map(move => move.team)}::text[], ${moves.map(move => move.ownerId)}::uuid[]) AS m(account_id, id, team, owner_id)
      WHERE f.account_id = m.account_id AND f.id = m.id`,
  )
}

/** A line that an import writes to a history. `text` is the number of an exception. */
export interface ImportEvent extends EventLine {
  kind: Exclude<EventKind, 'created' | 'overdue'>
}

/** Adds history lines of an import. */
export async function addImportEvents(
  _job: JobAccess,
  client: PoolClient,
  run: { importId: number; at: Date; label: string },
  events: readonly ImportEvent[],
): Promise<void> {
  await copyEvents(client, { actor: importActor(run), at: run.at }, events)
}

/** An import as the actor of history lines. */
export function importActor({ importId, label }: { importId: number; label: string }): EventSource['actor'] {
  return { kind: 'import', id: String(importId), name: label }
}
