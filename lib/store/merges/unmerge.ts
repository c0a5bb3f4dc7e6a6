import 'server-only'
import type { PoolClient } from 'pg'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import type { UnmergeFinding } from '../../domain/findings/change'
import { type FindingId, splitFindingId, toFindingId } from '../../domain/findings/filter'
import { type MergeCandidate, mergeFindings } from '../../domain/findings/merge'
import { ownIdOf } from '../../domain/identity/identity'
import type { FindingClass } from '../../domain/imports/outcome'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { lockAccountsSql } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { workableTeams } from '../findings/selection'
import { resettleFindings } from '../sightings/resettle'
import { noteGrouping } from './merge'

interface Pair {
  merged: string
  into: string
  at: Date
}

interface Merge {
  names: string[]
  /** Sightings that stood in the merged finding. */
  sightings: string[]
  control: string
}

/**
 * Undoes a merge: the finding that was folded into this one is there again as it was, with what its sources say, and imports
 * keep the two apart from now on. What this one had taken over from it, and nobody changed since, goes back as well. Throws NotFoundError
 * outside the scope, ForbiddenError for another team's finding, `conflict` where somebody undid it before.
 */
export async function unmergeFindings(
  access: Access<'findings:triage'>,
  input: UnmergeFinding,
): Promise<{ id: FindingId }> {
  const { accountId, uuid } = splitFindingId(input.id)
  const { merged } = input
  const at = now()
  await transaction(async client => {
    await client.query(lockAccountsSql, [[accountId]])
    await requireWorkable(access, client, accountId, uuid)
    const merge = await undo(client, accountId, { merged, into: uuid, at })
    await client.query(
      `INSERT INTO finding SELECT n.* FROM finding_merge m,
         jsonb_populate_record(NULL::finding, m.finding || jsonb_build_object('sequence', nextval('finding_sequence_seq'))) AS n
       WHERE m.account_id = $1 AND m.id = $2 ORDER BY m.seq DESC LIMIT 1`,
      [accountId, merged],
    )
    await moveBack(client, accountId, { merged, into: uuid, at }, merge.sightings)
    await client.query(
      `UPDATE exception x SET finding_id = o.id FROM finding o
       WHERE o.account_id = $1 AND o.id = $2 AND x.account_id = $1 AND x.id = o.exception_id AND x.finding_id = $3`,
      [accountId, merged, uuid],
    )
    await giveBack(client, accountId, { merged, into: uuid, at })
    await noteGrouping(access, client, accountId, merged, { kind: 'unmerged', before: merge.control, after: null })
    await noteGrouping(access, client, accountId, uuid, {
      kind: 'unmerged',
      before: merge.names.join(', '),
      after: null,
    })
    await resettleFindings(
      access,
      client,
      accountId,
      [merged, uuid].map(id => id.replaceAll('-', '')),
    )
    await recordAudit(client, access, {
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
  client: PoolClient,
  accountId: string,
  id: string,
): Promise<void> {
  const allowed = accountFilter(access)
  const { rows } = await client.query<{ team: string }>(
    'SELECT team FROM finding WHERE account_id = $1 AND id = $2 AND ($3::text[] IS NULL OR account_id = ANY($3)) FOR UPDATE',
    [accountId, id, allowed],
  )
  const [row] = rows
  if (!row) throw new NotFoundError()
  const teams = workableTeams(access)
  if (teams && !teams.includes(row.team)) throw new ForbiddenError('otherTeams', { count: 1 })
}

async function undo(client: PoolClient, accountId: string, { merged, into, at }: Pair): Promise<Merge> {
  const { rows } = await client.query<Merge>(
    `UPDATE finding_merge m SET undone_at = $4 FROM finding f
     WHERE m.account_id = $1 AND m.id = $2 AND m.into_id = $3 AND m.undone_at IS NULL AND f.account_id = $1 AND f.id = $3
     RETURNING m.names, m.sightings, f.control`,
    [accountId, merged, into, at],
  )
  const [row] = rows
  if (!row) throw new AppError('conflict', { reason: 'notMerged' })
  return row
}

/** Moves the sightings back, and notes for imports that what their sources call them belongs there. */
async function moveBack(
  client: PoolClient,
  accountId: string,
  { merged, into, at }: Pair,
  sightings: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{
    id: string
    control: string
    region: string
    resourceId: string
    class: FindingClass
    packageName: string
    stood: boolean
  }>(
    `SELECT s.id, s.class, coalesce(s.package_name, f.package_name) AS "packageName", coalesce(s.own_control, s.control) AS control, coalesce(s.region, f.region) AS region, coalesce(s.resource_id, f.resource_id) AS "resourceId",
       s.id = ANY($3::uuid[]) AS stood
     FROM sighting s JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
     WHERE s.account_id = $1 AND s.finding_id = $2`,
    [accountId, into, sightings],
  )
  const idOf = (row: (typeof rows)[number]) => ownIdOf(row.class, row)
  // What came later under the same name of its source belongs with them.
  const own = new Set([merged.replaceAll('-', ''), ...rows.filter(row => row.stood).map(idOf)])
  const back = rows.filter(row => own.has(idOf(row)))
  await client.query(
    `UPDATE sighting s SET finding_id = o.id, control = coalesce(s.own_control, s.control), own_control = NULL, region = nullif(m.region, o.region), resource_id = nullif(m.resource_id, o.resource_id)
     FROM unnest($3::uuid[], $4::text[], $5::text[]) AS m(id, region, resource_id), finding o
     WHERE s.account_id = $1 AND s.id = m.id AND o.account_id = $1 AND o.id = $2`,
    [accountId, merged, back.map(row => row.id), back.map(row => row.region), back.map(row => row.resourceId)],
  )
  await client.query(
    `INSERT INTO finding_split (account_id, own_id, finding_id, at) SELECT $1, k.id, $2, $3 FROM unnest($4::uuid[]) AS k(id)
     ON CONFLICT (account_id, own_id) DO UPDATE SET finding_id = excluded.finding_id, at = excluded.at`,
    [accountId, merged, at, [...own]],
  )
}

/** What the other had before the merge, where it still has what came from this one; without a past or a sighting it goes. */
async function giveBack(client: PoolClient, accountId: string, { merged, into, at }: Pair): Promise<void> {
  const { rowCount } = await client.query(
    `DELETE FROM finding f USING finding_merge m
     WHERE f.account_id = $1 AND f.id = $3 AND m.account_id = $1 AND m.id = $2 AND m.into_id = $3 AND m.undone_at = $4 AND m.target IS NULL
       AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.account_id = $1 AND s.finding_id = $3)`,
    [accountId, merged, into, at],
  )
  if (rowCount) return
  await client.query(
    `UPDATE finding f SET
       owner_id = CASE WHEN f.owner_id IS NOT DISTINCT FROM o.owner_id THEN t.owner_id ELSE f.owner_id END,
       owner_by = CASE WHEN f.owner_id IS NOT DISTINCT FROM o.owner_id THEN t.owner_by ELSE f.owner_by END,
       team = CASE WHEN f.team = o.team THEN coalesce(active_team(t.team), t.team) ELSE f.team END,
       team_by = CASE WHEN f.team = o.team THEN t.team_by ELSE f.team_by END,
       due_at = CASE WHEN f.due_at IS NOT DISTINCT FROM o.due_at THEN t.due_at ELSE f.due_at END,
       due_by = CASE WHEN f.due_at IS NOT DISTINCT FROM o.due_at THEN t.due_by ELSE f.due_by END,
       status = CASE WHEN f.status = o.status THEN t.status ELSE f.status END,
       exception_id = CASE WHEN f.status = o.status THEN t.exception_id ELSE f.exception_id END,
       before_exception = CASE WHEN f.status = o.status THEN t.before_exception ELSE f.before_exception END,
       resolved_at = CASE WHEN f.status = o.status THEN t.resolved_at ELSE f.resolved_at END,
       resolved_reason = CASE WHEN f.status = o.status THEN t.resolved_reason ELSE f.resolved_reason END,
       updated_at = $4
     FROM finding_merge m, jsonb_populate_record(NULL::finding, m.finding) AS o,
       jsonb_populate_record(NULL::finding, coalesce(m.target, $5::jsonb)) AS t
     WHERE f.account_id = $1 AND f.id = $3 AND m.account_id = $1 AND m.id = $2 AND m.into_id = $3
       AND coalesce(m.target, $5::jsonb) IS NOT NULL AND m.undone_at = $4`,
    [accountId, merged, into, at, await ofTheOthers(client, accountId, into)],
  )
}

/** What a finding that began by a merge would have of those that are still part of it, as a row of it; null where none is. */
async function ofTheOthers(client: PoolClient, accountId: string, into: string): Promise<string | null> {
  const { rows } = await client.query<MergeCandidate>(
    `SELECT o.id::text, o.status, o.team, o.team_by AS "teamBy", o.owner_id AS "ownerId", o.owner_by AS "ownerBy", o.due_at AS "dueAt", o.due_by AS "dueBy",
       o.first_seen_at AS "firstSeenAt", o.opened_at AS "openedAt", o.resolved_at AS "resolvedAt", o.reopened_count AS "reopenedCount",
       o.exception_id AS "exceptionId", o.before_exception AS "beforeException",
       (SELECT min(e.at) FROM finding_event e WHERE e.account_id = $1 AND e.finding_id = o.id AND e.actor_kind IN ('member', 'token')) AS "decidedAt"
     FROM finding_merge m, jsonb_populate_record(NULL::finding, m.finding) AS o
     WHERE m.account_id = $1 AND m.into_id = $2 AND m.undone_at IS NULL`,
    [accountId, into],
  )
  if (rows.length === 0) return null
  const left = mergeFindings(rows)
  return JSON.stringify({
    owner_id: left.ownerId,
    owner_by: left.ownerBy,
    team: left.team,
    team_by: left.teamBy,
    due_at: left.dueAt,
    due_by: left.dueBy,
    status: left.status,
    exception_id: left.exceptionId,
    before_exception: left.beforeException,
    resolved_at: left.resolvedAt,
  })
}
