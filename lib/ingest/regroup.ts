import type { PoolClient } from 'pg'
import type { Access } from '../access/proof'
import { transaction } from '../db'
import { type Equivalence, equivalence, type Problem } from '../domain/equivalence'
import { postureIdOf } from '../domain/identity'
import { mergeFindings } from '../domain/merge'
import { resourceNameOf } from '../domain/resource-name'
import {
  accountsWithFindings,
  copyFinding,
  foldFinding,
  type GroupedSighting,
  groupedBy,
  groupedSightings,
  mergeCandidates,
  moveSightings,
  noteGroupedBy,
  noteGrouping,
  setMerged,
} from '../store/finding-merges'
import { findingSplits } from '../store/finding-splits'
import { bringInLine } from '../store/in-line'
import { lockAccountsSql } from '../store/lock'

type Job = Access<'imports:write'>

const PAGE = 5000
const CHUNK = 100

/** Sightings that have to stand in another finding than they do. */
interface Move {
  problem: Problem
  sightings: GroupedSighting[]
}

/**
 * Groups all findings by an equivalence table, where they were last grouped by another one. Owners, dates, exceptions and
 * histories go along. Can be killed and run again: what stands right is not touched. Run it before any import that reads by the table.
 */
export async function regroup(access: Job, table: Equivalence = equivalence): Promise<{ merged: number }> {
  let merged = 0
  if ((await groupedBy(access)) === table.digest) return { merged }
  const splits = await findingSplits(access)
  for (const accountId of await accountsWithFindings(access)) {
    const moves = [...(await movesOf(access, accountId, table, splits)).entries()]
    for (let from = 0; from < moves.length; from += CHUNK) {
      merged += await transaction(async client => {
        await client.query(lockAccountsSql, [[accountId]])
        let done = 0
        for (const [id, move] of moves.slice(from, from + CHUNK))
          done += await moveTo(access, client, accountId, id, move)
        return done
      })
    }
  }
  await noteGroupedBy(access, table.digest)
  return { merged }
}

async function movesOf(
  access: Job,
  accountId: string,
  table: Equivalence,
  splits: ReadonlyMap<string, string>,
): Promise<Map<string, Move>> {
  const moves = new Map<string, Move>()
  let after = '00000000000000000000000000000000'
  for (;;) {
    const page = await transaction(client => groupedSightings(access, client, accountId, after, PAGE))
    for (const sighting of page) {
      const own: Problem = { accountId, ...sighting }
      const split = splits.get(`${accountId}/${postureIdOf(own)}`)
      const { control, region, resourceId } = split ? own : table.problemOf(own)
      const problem = { accountId, control, region, resourceId }
      const id = split ?? postureIdOf(problem)
      if (id === sighting.findingId) continue
      const move = moves.get(id)
      if (move) move.sightings.push(sighting)
      else moves.set(id, { problem, sightings: [sighting] })
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return moves
    after = last.id
  }
}

/** Moves sightings to one finding, and what people decided along with them. Returns how many findings ended in it. */
async function moveTo(
  access: Job,
  client: PoolClient,
  accountId: string,
  id: string,
  { problem, sightings }: Move,
): Promise<number> {
  const leaving = new Map<string, GroupedSighting[]>()
  for (const sighting of sightings)
    leaving.set(sighting.findingId, [...(leaving.get(sighting.findingId) ?? []), sighting])
  const known = await mergeCandidates(access, client, accountId, [id, ...leaving.keys()])
  const target = known.get(id)
  const sources = [...leaving.keys()].flatMap(from => known.get(from) ?? [])
  const [first] = sources
  if (!first) return 0
  if (!target)
    await copyFinding(access, client, first.id, { id, problem, resourceName: resourceNameOf(problem.resourceId) })
  await moveSightings(access, client, accountId, { id, ...problem }, sightings)
  await setMerged(access, client, accountId, id, mergeFindings(target ? [target, ...sources] : sources))
  let folded = 0
  for (const from of sources) {
    const parts = leaving.get(from.id) ?? []
    const names = [...new Set(parts.map(part => part.control))].sort()
    const renamed = !target && sources.length === 1
    await noteGrouping(access, client, accountId, id, {
      kind: renamed ? 'renamed' : 'merged',
      before: names.join(', '),
      after: problem.control,
    })
    if (parts.length < from.sightings) continue
    await foldFinding(
      access,
      client,
      accountId,
      { ...from, names, sightings: parts.map(part => part.id) },
      { id, row: target?.row ?? null },
    )
    folded++
  }
  const stay = sources.filter(from => (leaving.get(from.id)?.length ?? 0) < from.sightings).map(from => from.id)
  await bringInLine(access, client, accountId, [id, ...stay])
  return folded
}
