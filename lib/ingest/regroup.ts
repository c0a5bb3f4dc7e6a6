import type { Access } from '../access/proof'
import { transaction } from '../db'
import { type Equivalence, equivalence, type Problem } from '../domain/equivalence'
import { ownIdOf, problemIdOf } from '../domain/identity'
import { type MachineImages, ownFix, toFix } from '../domain/one-fix'
import {
  accountsWithFindings,
  type GroupedSighting,
  groupedBy,
  groupedSightings,
  noteGroupedBy,
} from '../store/finding-merges'
import { findingSplits } from '../store/finding-splits'
import { lockAccountsSql } from '../store/lock'
import { machineImages } from '../store/machine-images'
import { queueRegrouped } from '../store/policy-work'
import { type Move, moveTo } from './move-to'

type Job = Access<'imports:write'>

const PAGE = 5000
const CHUNK = 100

/** Names the rules by which vulnerabilities are grouped, as the table's digest names those of posture. */
const FIXES = 'one-fix-1'

interface Grouping {
  table: Equivalence
  images: MachineImages
  splits: ReadonlyMap<string, string>
}

/** What findings of this version are grouped by. */
export function groupingOf(table: Equivalence = equivalence): string {
  return `${table.digest}/${FIXES}`
}

/**
 * Groups all findings by an equivalence table and by what one fix closes, where they were last grouped otherwise. Owners, dates, exceptions and
 * histories go along. Can be killed and run again: what stands right is not touched. Run it before any import that reads by the table.
 */
export async function regroup(access: Job, table: Equivalence = equivalence): Promise<{ merged: number }> {
  let merged = 0
  if ((await groupedBy(access)) === groupingOf(table)) return { merged }
  const grouping = { table, images: await machineImages(access), splits: await findingSplits(access) }
  for (const accountId of await accountsWithFindings(access)) {
    const moves = [...(await movesOf(access, accountId, grouping)).entries()]
    for (let from = 0; from < moves.length; from += CHUNK) {
      merged += await transaction(async client => {
        await client.query(lockAccountsSql, [[accountId]])
        let done = 0
        for (const [id, move] of moves.slice(from, from + CHUNK))
          done += await moveTo(access, client, accountId, id, move)
        await queueRegrouped(access, client, [accountId])
        return done
      })
    }
  }
  await noteGroupedBy(access, groupingOf(table))
  return { merged }
}

async function movesOf(access: Job, accountId: string, grouping: Grouping): Promise<Map<string, Move>> {
  const moves = new Map<string, Move>()
  let after = '00000000000000000000000000000000'
  for (;;) {
    const page = await transaction(client => groupedSightings(access, client, accountId, after, PAGE))
    for (const sighting of page) {
      const { id, problem } = belongs(accountId, sighting, grouping)
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

/** The finding that a sighting belongs to. */
function belongs(accountId: string, sighting: GroupedSighting, { table, images, splits }: Grouping) {
  const { class: kind, source, control, region, resourceId, packageName } = sighting
  const own: Problem = { accountId, control, region, resourceId }
  const split = splits.size > 0 ? splits.get(`${accountId}/${ownIdOf(kind, sighting)}`) : undefined
  if (split) return { id: split, problem: kind === 'posture' ? own : ownFix(own) }
  const problem = kind === 'posture' ? table.problemOf({ ...own, source }) : toFix(own, null, images)
  return { id: problemIdOf(kind, { ...problem, packageName }), problem }
}
