import type { JobAccess } from '../access/proof'
import { transaction } from '../db'
import { groupingOf } from '../domain/controls/grouping'
import { type ControlTable, controlTable, type Problem } from '../domain/controls/table'
import { type MachineImages, ownFixTarget, toFixTarget } from '../domain/identity/fix-target'
import { namedFindingId, namedSightingId, ownIdOf } from '../domain/identity/identity'
import { type RowKey, splitKey } from '../domain/identity/keys'
import { regionOfArn } from '../domain/identity/region'
import { lockAccounts } from '../store/accounts/lock'
import { machineImages } from '../store/merges/machine-images'
import { findingSplits } from '../store/merges/splits'
import { rateAgain } from '../store/policies/control-severity'
import { queueRegrouped } from '../store/policies/queue'
import {
  accountsWithFindings,
  groupedBy,
  groupedSightings,
  type IdentifiedSighting,
  noteGroupedBy,
  renameSightings,
} from '../store/sightings/grouped'
import { type Move, moveFinding } from './settle/move-finding'

const PAGE = 5000
const CHUNK = 100

interface Grouping {
  table: ControlTable
  images: MachineImages
  splits: ReadonlyMap<RowKey<'finding_split'>, string>
}

/**
 * Groups all findings by a table of controls and the identity rules, unless they were last grouped by the same, and queues every
 * account to be rated and routed by it. Owners, dates,
 * exceptions and histories are preserved; where a finding is split, they go with the sighting that was observed first. What stored data
 * cannot decide is left to the next report. Can be killed and repeated. Must run before any import.
 */
export async function regroup(access: JobAccess, table: ControlTable = controlTable): Promise<{ merged: number }> {
  let merged = 0
  if ((await groupedBy(access)) === groupingOf(table)) return { merged }
  const grouping = { table, images: await machineImages(access), splits: await findingSplits(access) }
  for (const accountId of await accountsWithFindings(access)) {
    const { moves, renames } = await changesOf(access, accountId, grouping)
    for (let from = 0; from < moves.length; from += CHUNK) {
      merged += await transaction(async client => {
        await lockAccounts(client, [accountId])
        let done = 0
        for (const [id, move] of moves.slice(from, from + CHUNK))
          done += await moveFinding(access, client, accountId, id, move)
        await queueRegrouped(access, client, [accountId])
        return done
      })
    }
    for (let from = 0; from < renames.length; from += CHUNK) {
      await transaction(async client => {
        await lockAccounts(client, [accountId])
        await renameSightings(access, client, accountId, renames.slice(from, from + CHUNK))
      })
    }
  }
  await transaction(client => rateAgain(access, client))
  await noteGroupedBy(access, groupingOf(table))
  return { merged }
}

interface Rename {
  id: string
  to: string
  observedAt: Date
}

/** The moves and renames of sightings in one account. Moves that split findings come first. */
async function changesOf(
  access: JobAccess,
  accountId: string,
  grouping: Grouping,
): Promise<{ moves: [string, Move][]; renames: Rename[] }> {
  const moves = new Map<string, Move & { sightings: IdentifiedSighting[] }>()
  const renames: Rename[] = []
  /** The first observed sighting of each finding, and the finding that it belongs to. */
  const first = new Map<string, { sighting: IdentifiedSighting; id: string }>()
  let after = '00000000000000000000000000000000'
  for (;;) {
    const page = await transaction(client => groupedSightings(access, client, accountId, after, PAGE))
    for (const sighting of page) {
      const to = namedSightingId({ ...sighting, region: ownRegionOf(sighting) })
      if (to !== sighting.id) renames.push({ id: sighting.id, to, observedAt: sighting.observedAt })
      const { id, problem } = belongs(accountId, sighting, grouping)
      const known = first.get(sighting.findingId)
      if (!known || isEarlier(sighting, known.sighting)) first.set(sighting.findingId, { sighting, id })
      if (id === sighting.findingId) continue
      const move = moves.get(id)
      if (move) move.sightings.push(sighting)
      else moves.set(id, { problem, sightings: [sighting] })
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    after = last.id
  }
  for (const [id, move] of moves) move.fresh = move.sightings.every(({ findingId }) => first.get(findingId)?.id !== id)
  // Sightings of other problems are split off before the remaining ones move with the finding.
  const inOrder = [...moves].toSorted(([, a], [, b]) => Number(b.fresh) - Number(a.fresh))
  return { moves: inOrder, renames }
}

function isEarlier(a: IdentifiedSighting, b: IdentifiedSighting): boolean {
  const time = ({ firstObservedAt }: IdentifiedSighting) => firstObservedAt?.getTime() ?? Number.MAX_SAFE_INTEGER
  return (
    (time(a) - time(b) ||
      a.importId - b.importId ||
      Number(a.rawOffset) - Number(b.rawOffset) ||
      (a.id < b.id ? -1 : 1)) < 0
  )
}

/** The Region of a record as readers of this version determine it: from the resource's ARN first. */
function ownRegionOf({ class: kind, resourceId, region }: IdentifiedSighting): string {
  return kind === 'posture' ? (regionOfArn(resourceId) ?? region) : region
}

/** The finding that a sighting belongs to. */
function belongs(accountId: string, sighting: IdentifiedSighting, { table, images, splits }: Grouping) {
  const { class: kind, source, control, resourceId, resourceType } = sighting
  const own: Problem = { accountId, control, region: ownRegionOf(sighting), resourceId }
  if (sighting.byRecord) return { id: sighting.findingId, problem: own }
  const split =
    kind !== 'threat' && splits.size > 0 ? splits.get(splitKey(accountId, ownIdOf(kind, sighting))) : undefined
  if (split) return { id: split, problem: kind === 'posture' ? own : ownFixTarget(own) }
  const problem = problemOf(kind)
  return { id: namedFindingId(sighting, problem), problem }

  function problemOf(of: IdentifiedSighting['class']): Problem {
    switch (of) {
      case 'posture':
        return table.problemOf({ ...own, source, resourceType })
      case 'vulnerability':
        return toFixTarget(own, null, images)
      case 'threat':
        return own
    }
  }
}
