import 'server-only'
import type { PoolClient } from 'pg'
import { type Access, accountFilter } from '../access/proof'
import { now } from '../clock'
import { transaction } from '../db'
import type { TakeApart } from '../domain/finding-change'
import { type FindingId, splitFindingId, toFindingId } from '../domain/finding-filter'
import { postureIdOf } from '../domain/identity'
import { AppError, ForbiddenError, NotFoundError } from '../errors'
import { recordAuditWith } from './audit'
import { noteGrouping } from './finding-merges'
import { workableTeams } from './finding-selection'
import { bringInLine } from './in-line'
import { lockAccountsSql } from './lock'

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
export async function takeApart(access: Access<'findings:triage'>, input: TakeApart): Promise<{ id: FindingId }> {
  const { accountId, uuid } = splitFindingId(input.id)
  const { merged } = input
  const at = now()
  await transaction(async client => {
    await client.query(lockAccountsSql, [[accountId]])
    await requireWorkable(access, client, accountId, uuid)
    const merge = await undo(client, accountId, { merged, into: uuid, at })
    await client.query(
      `INSERT INTO finding SELECT (jsonb_populate_record(NULL::finding, m.finding)).* FROM finding_merge m
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
    // What an earlier run learnt says where its records belonged then.
    await client.query('DELETE FROM feed_writer WHERE account_id = $1', [accountId])
    await bringInLine(
      access,
      client,
      accountId,
      [merged, uuid].map(id => id.replaceAll('-', '')),
    )
    await recordAuditWith(client, access, {
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
  if (!workableTeams(access).includes(row.team)) throw new ForbiddenError('otherTeams', { count: 1 })
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
    stood: boolean
  }>(
    `SELECT s.id, coalesce(s.own_control, s.control) AS control, coalesce(s.region, f.region) AS region, coalesce(s.resource_id, f.resource_id) AS "resourceId",
       s.id = ANY($3::uuid[]) AS stood
     FROM sighting s JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
     WHERE s.account_id = $1 AND s.finding_id = $2`,
    [accountId, into, sightings],
  )
  // What came later under the same name of its source belongs with them.
  const own = new Set([merged.replaceAll('-', ''), ...rows.filter(row => row.stood).map(postureIdOf)])
  const back = rows.filter(row => own.has(postureIdOf(row)))
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
       team = CASE WHEN f.team = o.team THEN t.team ELSE f.team END,
       team_by = CASE WHEN f.team = o.team THEN t.team_by ELSE f.team_by END,
       due_at = CASE WHEN f.due_at IS NOT DISTINCT FROM o.due_at THEN t.due_at ELSE f.due_at END,
       due_by = CASE WHEN f.due_at IS NOT DISTINCT FROM o.due_at THEN t.due_by ELSE f.due_by END,
       status = CASE WHEN f.status = o.status THEN t.status ELSE f.status END,
       exception_id = CASE WHEN f.status = o.status THEN t.exception_id ELSE f.exception_id END,
       before_exception = CASE WHEN f.status = o.status THEN t.before_exception ELSE f.before_exception END,
       resolved_at = CASE WHEN f.status = o.status THEN t.resolved_at ELSE f.resolved_at END,
       updated_at = $4
     FROM finding_merge m, jsonb_populate_record(NULL::finding, m.finding) AS o, jsonb_populate_record(NULL::finding, m.target) AS t
     WHERE f.account_id = $1 AND f.id = $3 AND m.account_id = $1 AND m.id = $2 AND m.into_id = $3 AND m.target IS NOT NULL
       AND m.undone_at = $4`,
    [accountId, merged, into, at],
  )
}
