import 'server-only'
import type { PoolClient } from 'pg'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import type { MergeCandidate, MergedFinding } from '../../domain/findings/merge'
import type { Problem } from '../../domain/identity/equivalence'
import type { FindingClass } from '../../domain/imports/outcome'
import { copyEvents } from '../../sql/findings/events'
import { openStatusText } from '../../sql/findings/open'
import type { GroupedSighting } from '../sightings/grouped'

/** Findings as candidates of a merge, with the row as it is and how many sightings each has. Absent ones are missing. */
export async function mergeCandidates(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  ids: readonly string[],
): Promise<Map<string, MergeCandidate & { sightings: number; row: unknown }>> {
  const { rows } = await client.query<MergeCandidate & { sightings: number; row: unknown }>({
    name: 'merge-candidates',
    text: `SELECT replace(f.id::text, '-', '') AS id, f.status, f.team, f.team_by AS "teamBy", f.owner_id AS "ownerId", f.owner_by AS "ownerBy", f.due_at AS "dueAt", f.due_by AS "dueBy",
             f.first_seen_at AS "firstSeenAt", f.opened_at AS "openedAt", f.resolved_at AS "resolvedAt", f.reopened_count AS "reopenedCount",
             f.exception_id AS "exceptionId", f.before_exception AS "beforeException",
             (SELECT min(e.at) FROM finding_event e WHERE e.account_id = f.account_id AND e.finding_id = f.id
                AND e.actor_kind IN ('member', 'token')) AS "decidedAt",
             (SELECT count(*)::int FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id) AS sightings,
             to_jsonb(f) AS row
           FROM finding f WHERE f.account_id = $1 AND f.id = ANY($2::uuid[]) FOR UPDATE OF f`,
    values: [accountId, ids],
  })
  return new Map(rows.map(row => [row.id, row]))
}

/** Moves sightings to a finding; what their source calls it stays with them where the finding is called otherwise. */
export async function moveSightings(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  to: { id: string; control: string; region: string; resourceId: string },
  moving: readonly GroupedSighting[],
): Promise<void> {
  await client.query({
    name: 'move-sightings',
    text: `UPDATE sighting s SET finding_id = $2, class = m.class, region = nullif(m.region, $3), resource_id = nullif(m.resource_id, $4),
             control = $5, own_control = nullif(m.control, $5), package_name = m.package_name, pair = NULL
           FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) AS m(id, region, resource_id, control, package_name, class)
           WHERE s.account_id = $1 AND s.id = m.id`,
    values: [
      accountId,
      to.id,
      to.region,
      to.resourceId,
      to.control,
      moving.map(each => each.id),
      moving.map(each => each.region),
      moving.map(each => each.resourceId),
      moving.map(each => each.control),
      moving.map(each => each.packageName),
      moving.map(each => each.class),
    ],
  })
}

/** Adds a finding as a copy of another under the name of a problem. What it was merged into before is over. */
export async function copyFinding(
  _access: JobAccess,
  client: PoolClient,
  from: string,
  to: { id: string; class: FindingClass; problem: Problem; resourceName: string; part?: string | undefined },
): Promise<void> {
  const { problem } = to
  await client.query(
    'UPDATE finding_merge SET undone_at = $3 WHERE account_id = $1 AND id = $2 AND undone_at IS NULL',
    [problem.accountId, to.id, now()],
  )
  await client.query({
    name: 'copy-finding',
    text: `INSERT INTO finding SELECT n.* FROM finding f, jsonb_populate_record(f, jsonb_build_object('id', $3::text,
             'control', $4::text, 'region', $5::text, 'resource_id', $6::text, 'resource_name', $7::text, 'class', $8::text,
             'package_name', coalesce($9::text, f.package_name), 'sequence', nextval('finding_sequence_seq'))) AS n
           WHERE f.account_id = $1 AND f.id = $2`,
    values: [
      problem.accountId,
      from,
      to.id,
      problem.control,
      problem.region,
      problem.resourceId,
      to.resourceName,
      to.class,
      to.part ?? null,
    ],
  })
}

/**
 * Makes a copied finding one that nobody decided about yet: it was hidden in the other, which keeps what people decided. Team and due
 * date follow by the job of the policies.
 */
export async function resetHumanSide(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  id: string,
): Promise<void> {
  await client.query(
    `UPDATE finding SET status = CASE WHEN status = 'resolved' THEN status ELSE 'new' END, owner_id = NULL, owner_by = NULL, team_by = 'routing',
       due_by = 'policy', exception_id = NULL, before_exception = NULL, reopened_count = 0, updated_at = $3
     WHERE account_id = $1 AND id = $2`,
    [accountId, id, now()],
  )
}

/** Writes the human side of a merged finding. */
export async function setMerged(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  id: string,
  merged: MergedFinding,
): Promise<void> {
  await client.query({
    name: 'set-merged',
    text: `UPDATE finding SET status = $3, resolved_at = $4, resolved_reason = CASE WHEN $3 = 'resolved' THEN resolved_reason END,
             team = coalesce(active_team($5), $5), team_by = $6, owner_id = $7, due_at = $8, due_by = $9, first_seen_at = $10, opened_at = $11,
             reopened_count = $12, updated_at = $13, exception_id = $14, before_exception = $15, owner_by = $16,
             overdue = $3 IN (${openStatusText}) AND coalesce($8::timestamptz < $13, false)
           WHERE account_id = $1 AND id = $2`,
    values: [
      accountId,
      id,
      merged.status,
      merged.resolvedAt,
      merged.team,
      merged.teamBy,
      merged.ownerId,
      merged.dueAt,
      merged.dueBy,
      merged.firstSeenAt,
      merged.openedAt,
      merged.reopenedCount,
      now(),
      merged.exceptionId,
      merged.beforeException,
      merged.ownerBy,
    ],
  })
}

/** Removes a finding whose sightings all stand elsewhere now, and keeps it as it was, so that a person can take the two apart. */
export async function foldFinding(
  _access: JobAccess,
  client: PoolClient,
  accountId: string,
  from: { id: string; row: unknown; names: readonly string[]; sightings: readonly string[] },
  into: { id: string; row: unknown },
): Promise<void> {
  await client.query(
    `INSERT INTO finding_merge (account_id, id, into_id, at, finding, target, names, sightings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      accountId,
      from.id,
      into.id,
      now(),
      JSON.stringify(from.row),
      into.row === null ? null : JSON.stringify(into.row),
      [...from.names],
      [...from.sightings],
    ],
  )
  // An exception of the one is an exception of what it is part of now.
  await client.query('UPDATE exception SET finding_id = $3 WHERE account_id = $1 AND finding_id = $2', [
    accountId,
    from.id,
    into.id,
  ])
  await client.query('DELETE FROM finding WHERE account_id = $1 AND id = $2', [accountId, from.id])
}

/** Adds one line to a finding's history that is moved between findings, or follows from that. */
export async function noteGrouping(
  access: Access,
  client: PoolClient,
  accountId: string,
  findingId: string,
  event: { kind: 'merged' | 'renamed' | 'unmerged' | 'resolved' | 'status'; before: string; after: string | null },
): Promise<void> {
  await copyEvents(client, { actor: access.actor, at: now() }, [{ accountId, id: findingId, ...event }])
}
