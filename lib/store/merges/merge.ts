import 'server-only'
import type { PoolClient } from 'pg'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import type { Problem } from '../../domain/controls/table'
import type { MergeCandidate, MergedFinding } from '../../domain/findings/merge'
import type { FindingClass } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { isPastSql } from '../../sql/findings/deadline'
import { copyEvents } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import type { GroupedSighting } from '../sightings/grouped'

const { sql } = Prisma

/** Locks findings and returns them as candidates of a merge, with the whole row and the number of their sightings. */
export async function mergeCandidates(
  _access: JobAccess,
  tx: Tx,
  accountId: string,
  ids: readonly string[],
): Promise<Map<string, MergeCandidate & { sightings: number; row: unknown }>> {
  const rows = await runIn<MergeCandidate & { sightings: number; row: unknown }>(
    tx,
    sql`SELECT replace(f.id::text, '-', '') AS id, f.status, f.team, f.team_by AS "teamBy", f.owner_id AS "ownerId",
        f.owner_by AS "ownerBy", f.due_at AS "dueAt", f.due_by AS "dueBy",
        f.respond_by AS "respondBy", f.responded_at AS "respondedAt", f.first_seen_at AS "firstSeenAt",
        f.opened_at AS "openedAt", f.began_at AS "beganAt", f.resolved_at AS "resolvedAt", f.reopened_count AS "reopenedCount",
        f.exception_id AS "exceptionId", f.before_exception AS "beforeException",
        (SELECT min(e.at) FROM finding_event e WHERE e.account_id = f.account_id AND e.finding_id = f.id
           AND e.actor_kind IN ('member', 'token')) AS "decidedAt",
        (SELECT count(*)::int FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id) AS sightings,
        to_jsonb(f) AS row
      FROM finding f WHERE f.account_id = ${accountId} AND f.id = ANY(${ids}::uuid[]) FOR UPDATE OF f`,
    'merge-candidates',
  )
  return new Map(rows.map(row => [row.id, row]))
}

/** Moves sightings to a finding. A sighting keeps the names that its source uses if they differ from the finding's. */
export async function moveSightings(
  _access: JobAccess,
  tx: Tx,
  accountId: string,
  to: { id: string; control: string; region: string; resourceId: string },
  moving: readonly GroupedSighting[],
): Promise<void> {
  await executeIn(
    tx,
    sql`UPDATE sighting s SET finding_id = ${to.id}, class = m.class, region = nullif(m.region, ${to.region}),
        resource_id = nullif(m.resource_id, ${to.resourceId}), control = ${to.control},
        own_control = nullif(m.control, ${to.control}), package_name = m.package_name, pair = NULL
      FROM unnest(${moving.map(each => each.id)}::uuid[], ${moving.map(each => each.region)}::text[],
          ${moving.map(each => each.resourceId)}::text[], ${moving.map(each => each.control)}::text[],
          ${moving.map(each => each.packageName)}::text[], ${moving.map(each => each.class)}::text[])
        AS m(id, region, resource_id, control, package_name, class)
      WHERE s.account_id = ${accountId} AND s.id = m.id`,
    'move-sightings',
  )
}

/** Adds a finding as a copy of another, with the identity of a problem. Earlier merges of that identity are closed. */
export async function copyFinding(
  _access: JobAccess,
  tx: Tx,
  from: string,
  to: { id: string; class: FindingClass; problem: Problem; resourceName: string; part?: string | undefined },
): Promise<void> {
  const { problem } = to
  await executeIn(
    tx,
    sql`UPDATE finding_merge SET undone_at = ${now()} WHERE account_id = ${problem.accountId} AND id = ${to.id} AND undone_at IS NULL`,
  )
  await executeIn(
    tx,
    sql`INSERT INTO finding SELECT n.* FROM finding f, jsonb_populate_record(f, jsonb_build_object('id', ${to.id}::text,
        'control', ${problem.control}::text, 'region', ${problem.region}::text, 'resource_id', ${problem.resourceId}::text,
        'resource_name', ${to.resourceName}::text, 'class', ${to.class}::text,
        'package_name', coalesce(${to.part ?? null}::text, f.package_name),
        'counts_as', CASE WHEN ${to.class} = 'vulnerability' THEN f.counts_as END, 'counts_by', CASE WHEN ${to.class} = 'vulnerability' THEN f.counts_by END,
        'kev', f.kev AND ${to.class} = 'vulnerability',
        'respond_by', CASE WHEN ${to.class} = 'threat' THEN f.respond_by END, 'responded_at', CASE WHEN ${to.class} = 'threat' THEN f.responded_at END,
        'sequence', nextval('finding_sequence_seq'))) AS n
      WHERE f.account_id = ${problem.accountId} AND f.id = ${from}`,
    'copy-finding',
  )
}

/**
 * Resets the decisions of a copied finding, since they were made about the original, which keeps them. The policies job
 * then sets team and due date.
 */
export async function resetHumanSide(_access: JobAccess, tx: Tx, accountId: string, id: string): Promise<void> {
  await executeIn(
    tx,
    sql`UPDATE finding SET status = CASE WHEN status IN ('resolved', 'suppressed') THEN status ELSE 'new' END, owner_id = NULL, owner_by = NULL, team_by = 'routing',
       due_by = 'policy', exception_id = NULL, before_exception = NULL, reopened_count = 0, responded_at = NULL, verdict = NULL,
       resolved_reason = CASE WHEN resolved_reason = 'verdict' THEN 'absent' ELSE resolved_reason END, updated_at = ${now()}
     WHERE account_id = ${accountId} AND id = ${id}`,
  )
}

/** Writes the decisions and dates of a merged finding. */
export async function setMerged(
  _access: JobAccess,
  tx: Tx,
  accountId: string,
  id: string,
  merged: MergedFinding,
): Promise<void> {
  const { status, team } = merged
  const at = now()
  await executeIn(
    tx,
    sql`UPDATE finding SET status = ${status}, resolved_at = ${merged.resolvedAt},
        resolved_reason = CASE WHEN ${status} = 'resolved' THEN resolved_reason END, verdict = CASE WHEN ${status} = 'resolved' THEN verdict END,
        team = coalesce(active_team(${team}), ${team}), team_by = ${merged.teamBy}, owner_id = ${merged.ownerId},
        due_at = ${merged.dueAt}, due_by = ${merged.dueBy}, first_seen_at = ${merged.firstSeenAt}, first_observed_at = least(first_observed_at, ${merged.firstSeenAt}), opened_at = ${merged.openedAt}, began_at = ${merged.beganAt},
        reopened_count = ${merged.reopenedCount}, updated_at = ${at}, exception_id = ${merged.exceptionId},
        before_exception = ${merged.beforeException}, owner_by = ${merged.ownerBy},
        respond_by = CASE WHEN class = 'threat' THEN ${merged.respondBy}::timestamptz END,
        responded_at = CASE WHEN class = 'threat' THEN ${merged.respondedAt}::timestamptz END,
        overdue = ${status} IN (${openStatusSql}) AND ${isPastSql(at, {
          dueAt: sql`${merged.dueAt}::timestamptz`,
          respondBy: sql`CASE WHEN class = 'threat' THEN ${merged.respondBy}::timestamptz END`,
          respondedAt: sql`${merged.respondedAt}::timestamptz`,
        })}
      WHERE account_id = ${accountId} AND id = ${id}`,
    'set-merged',
  )
}

/** Deletes a finding whose sightings were all moved, and keeps a copy so that the merge can be undone. */
export async function foldFinding(
  _access: JobAccess,
  tx: Tx,
  accountId: string,
  from: { id: string; row: unknown; names: readonly string[]; sightings: readonly string[] },
  into: { id: string; row: unknown },
): Promise<void> {
  await executeIn(
    tx,
    sql`INSERT INTO finding_merge (account_id, id, into_id, at, finding, target, names, sightings)
      VALUES (${accountId}, ${from.id}, ${into.id}, ${now()}, ${JSON.stringify(from.row)},
        ${into.row === null ? null : JSON.stringify(into.row)}, ${[...from.names]}, ${[...from.sightings]})`,
  )
  // Exceptions and files of the deleted finding become those of the finding that it was merged into.
  await executeIn(
    tx,
    sql`UPDATE exception SET finding_id = ${into.id} WHERE account_id = ${accountId} AND finding_id = ${from.id}`,
  )
  await executeIn(
    tx,
    sql`UPDATE attachment SET owner_id = ${into.id}::uuid::text
      WHERE owner_kind = 'finding' AND owner_id = ${from.id}::uuid::text AND account_id = ${accountId}`,
  )
  await executeIn(tx, sql`DELETE FROM finding WHERE account_id = ${accountId} AND id = ${from.id}`)
}

/** Adds a history line to a finding that was merged or unmerged, or that changed because of that. */
export async function noteGrouping(
  access: Access,
  client: PoolClient,
  accountId: string,
  findingId: string,
  event: {
    kind: 'merged' | 'renamed' | 'unmerged' | 'resolved' | 'suppressed' | 'unsuppressed' | 'status' | 'severity'
    before: string
    after: string | null
  },
): Promise<void> {
  await copyEvents(client, { actor: access.actor, at: now() }, [{ accountId, id: findingId, ...event }])
}
