import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import type { UnmergeFinding } from '../../domain/findings/change'
import { type FindingId, splitFindingId, toFindingId } from '../../domain/findings/filter'
import { type MergeCandidate, mergeFindings } from '../../domain/findings/merge'
import { ownIdOf } from '../../domain/identity/identity'
import type { FindingClass } from '../../domain/imports/outcome'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { workableTeams } from '../findings/selection'
import { queuePolicies } from '../policies/queue'
import { resettleFindings } from '../sightings/resettle'
import { noteGrouping } from './merge'

const { sql } = Prisma

interface Pair {
  merged: string
  into: string
  at: Date
}

interface Merge {
  names: string[]
  /** Sightings that belonged to the merged finding. */
  sightings: string[]
  control: string
}

/**
 * Undoes a merge: restores the finding that was merged into this one with its sightings, and keeps imports from merging
 * them again. Values that this finding took from it are reset unless they changed since. Throws NotFoundError outside
 * the scope, ForbiddenError for another team's finding, `conflict` if the merge was undone before.
 */
export async function unmergeFindings(
  access: Access<'findings:triage'>,
  input: UnmergeFinding,
): Promise<{ id: FindingId }> {
  const { accountId, uuid } = splitFindingId(input.id)
  const { merged } = input
  const at = now()
  await transaction(async tx => {
    await lockAccounts(tx, [accountId])
    await requireWorkable(access, tx, accountId, uuid)
    const merge = await closeMerge(tx, accountId, { merged, into: uuid, at })
    await executeIn(
      tx,
      sql`INSERT INTO finding SELECT n.* FROM finding_merge m,
         jsonb_populate_record(NULL::finding, m.finding || jsonb_build_object('sequence', nextval('finding_sequence_seq'))) AS n
       WHERE m.account_id = ${accountId} AND m.id = ${merged} ORDER BY m.seq DESC LIMIT 1`,
    )
    await moveSightingsBack(tx, accountId, { merged, into: uuid, at }, merge.sightings)
    await executeIn(
      tx,
      sql`UPDATE exception x SET finding_id = o.id FROM finding o
       WHERE o.account_id = ${accountId} AND o.id = ${merged} AND x.account_id = ${accountId} AND x.id = o.exception_id AND x.finding_id = ${uuid}`,
    )
    await executeIn(
      tx,
      sql`UPDATE attachment SET owner_id = origin_id
       WHERE owner_kind = 'finding' AND owner_id = ${uuid} AND origin_id = ${merged} AND account_id = ${accountId}`,
    )
    await resetTarget(tx, accountId, { merged, into: uuid, at })
    await noteGrouping(access, tx, accountId, merged, { kind: 'unmerged', before: merge.control, after: null })
    await noteGrouping(access, tx, accountId, uuid, {
      kind: 'unmerged',
      before: merge.names.join(', '),
      after: null,
    })
    await resettleFindings(
      access,
      tx,
      accountId,
      [merged, uuid].map(id => id.replaceAll('-', '')),
    )
    // The policy may have changed since the merge.
    await queuePolicies(tx, access, ['due-policy'], [accountId])
    await recordAudit(tx, access, {
      action: 'finding.unmerge',
      target: `finding:${input.id}`,
      accountId,
      detail: { names: merge.names },
    })
  })
  return { id: toFindingId(accountId, merged) }
}

async function requireWorkable(
  access: Access<'findings:triage'>,
  tx: Tx,
  accountId: string,
  id: string,
): Promise<void> {
  const allowed = accountFilter(access)
  const [row] = await runIn<{ team: string }>(
    tx,
    sql`SELECT team FROM finding
      WHERE account_id = ${accountId} AND id = ${id} AND (${allowed}::text[] IS NULL OR account_id = ANY(${allowed}::text[])) FOR UPDATE`,
  )
  if (!row) throw new NotFoundError()
  const teams = workableTeams(access)
  if (teams && !teams.includes(row.team)) throw new ForbiddenError('otherTeams', { count: 1 })
}

async function closeMerge(tx: Tx, accountId: string, { merged, into, at }: Pair): Promise<Merge> {
  const [row] = await runIn<Merge>(
    tx,
    sql`UPDATE finding_merge m SET undone_at = ${at} FROM finding f
      WHERE m.account_id = ${accountId} AND m.id = ${merged} AND m.into_id = ${into} AND m.undone_at IS NULL
        AND f.account_id = ${accountId} AND f.id = ${into}
      RETURNING m.names, m.sightings, f.control`,
  )
  if (!row) throw new AppError('conflict', { reason: 'notMerged' })
  return row
}

/** Moves the sightings back, and tells imports to keep the identities that their sources give them in that finding. */
async function moveSightingsBack(
  tx: Tx,
  accountId: string,
  { merged, into, at }: Pair,
  sightings: readonly string[],
): Promise<void> {
  const rows = await runIn<{
    id: string
    control: string
    region: string
    resourceId: string
    class: FindingClass
    packageName: string
    merged: boolean
  }>(
    tx,
    sql`SELECT s.id, s.class, coalesce(s.package_name, f.package_name) AS "packageName", coalesce(s.own_control, s.control) AS control,
        coalesce(s.region, f.region) AS region, coalesce(s.resource_id, f.resource_id) AS "resourceId",
        s.id = ANY(${sightings}::uuid[]) AS merged
      FROM sighting s JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
      WHERE s.account_id = ${accountId} AND s.finding_id = ${into}`,
  )
  const idOf = (row: (typeof rows)[number]) => ownIdOf(row.class, row)
  // Later sightings with the same identity belong to the finding too.
  const own = new Set([merged.replaceAll('-', ''), ...rows.filter(row => row.merged).map(idOf)])
  const moving = rows.filter(row => own.has(idOf(row)))
  await executeIn(
    tx,
    sql`UPDATE sighting s SET finding_id = o.id, control = coalesce(s.own_control, s.control), own_control = NULL,
        region = nullif(m.region, o.region), resource_id = nullif(m.resource_id, o.resource_id)
      FROM unnest(${moving.map(row => row.id)}::uuid[], ${moving.map(row => row.region)}::text[],
        ${moving.map(row => row.resourceId)}::text[]) AS m(id, region, resource_id), finding o
      WHERE s.account_id = ${accountId} AND s.id = m.id AND o.account_id = ${accountId} AND o.id = ${merged}`,
  )
  await executeIn(
    tx,
    sql`INSERT INTO finding_split (account_id, own_id, finding_id, at)
      SELECT ${accountId}, k.id, ${merged}::uuid, ${at}::timestamptz FROM unnest(${[...own]}::uuid[]) AS k(id)
      ON CONFLICT (account_id, own_id) DO UPDATE SET finding_id = excluded.finding_id, at = excluded.at`,
  )
}

/**
 * Resets the values that the remaining finding took from the merged one and still has. Deletes it if it began with the
 * merge and has no sighting left.
 */
async function resetTarget(tx: Tx, accountId: string, { merged, into, at }: Pair): Promise<void> {
  const deleted = await executeIn(
    tx,
    sql`DELETE FROM finding f USING finding_merge m
      WHERE f.account_id = ${accountId} AND f.id = ${into} AND m.account_id = ${accountId} AND m.id = ${merged} AND m.into_id = ${into}
        AND m.undone_at = ${at} AND m.target IS NULL
        AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.account_id = ${accountId} AND s.finding_id = ${into})`,
  )
  if (deleted > 0) return
  const former = sql`coalesce(m.target, ${await mergeOfOthers(tx, accountId, into)}::jsonb)`
  await executeIn(
    tx,
    sql`UPDATE finding f SET
       owner_id = CASE WHEN f.owner_id IS NOT DISTINCT FROM o.owner_id THEN t.owner_id ELSE f.owner_id END,
       owner_by = CASE WHEN f.owner_id IS NOT DISTINCT FROM o.owner_id THEN t.owner_by ELSE f.owner_by END,
       team = CASE WHEN f.team = o.team THEN coalesce(active_team(t.team), t.team) ELSE f.team END,
       team_by = CASE WHEN f.team = o.team THEN t.team_by ELSE f.team_by END,
       due_at = CASE WHEN f.due_at IS NOT DISTINCT FROM o.due_at THEN t.due_at ELSE f.due_at END,
       due_by = CASE WHEN f.due_at IS NOT DISTINCT FROM o.due_at THEN t.due_by ELSE f.due_by END,
       responded_at = CASE WHEN f.responded_at IS NOT DISTINCT FROM o.responded_at THEN t.responded_at ELSE f.responded_at END,
       status = CASE WHEN f.status = o.status THEN t.status ELSE f.status END,
       exception_id = CASE WHEN f.status = o.status THEN t.exception_id ELSE f.exception_id END,
       before_exception = CASE WHEN f.status = o.status THEN t.before_exception ELSE f.before_exception END,
       resolved_at = CASE WHEN f.status = o.status THEN t.resolved_at ELSE f.resolved_at END,
       resolved_reason = CASE WHEN f.status = o.status THEN t.resolved_reason ELSE f.resolved_reason END,
       verdict = CASE WHEN f.status = o.status THEN t.verdict ELSE f.verdict END,
       updated_at = ${at}
     FROM finding_merge m, jsonb_populate_record(NULL::finding, m.finding) AS o,
       jsonb_populate_record(NULL::finding, ${former}) AS t
     WHERE f.account_id = ${accountId} AND f.id = ${into} AND m.account_id = ${accountId} AND m.id = ${merged} AND m.into_id = ${into}
       AND ${former} IS NOT NULL AND m.undone_at = ${at}`,
  )
}

/**
 * The values that the other merged findings give to a finding that began with a merge, as JSON of its row; null if
 * there are none.
 */
async function mergeOfOthers(tx: Tx, accountId: string, into: string): Promise<string | null> {
  const rows = await runIn<MergeCandidate>(
    tx,
    sql`SELECT o.id::text, o.status, o.team, o.team_by AS "teamBy", o.owner_id AS "ownerId", o.owner_by AS "ownerBy",
       o.due_at AS "dueAt", o.due_by AS "dueBy", o.respond_by AS "respondBy", o.responded_at AS "respondedAt",
       o.first_seen_at AS "firstSeenAt", o.opened_at AS "openedAt", o.began_at AS "beganAt", o.resolved_at AS "resolvedAt", o.reopened_count AS "reopenedCount",
       o.exception_id AS "exceptionId", o.before_exception AS "beforeException",
       (SELECT min(e.at) FROM finding_event e
         WHERE e.account_id = ${accountId} AND e.finding_id = o.id AND e.actor_kind IN ('member', 'token')) AS "decidedAt"
     FROM finding_merge m, jsonb_populate_record(NULL::finding, m.finding) AS o
     WHERE m.account_id = ${accountId} AND m.into_id = ${into} AND m.undone_at IS NULL`,
  )
  if (rows.length === 0) return null
  const values = mergeFindings(rows)
  return JSON.stringify({
    owner_id: values.ownerId,
    owner_by: values.ownerBy,
    team: values.team,
    team_by: values.teamBy,
    due_at: values.dueAt,
    due_by: values.dueBy,
    responded_at: values.respondedAt,
    status: values.status,
    exception_id: values.exceptionId,
    before_exception: values.beforeException,
    resolved_at: values.resolvedAt,
  })
}
