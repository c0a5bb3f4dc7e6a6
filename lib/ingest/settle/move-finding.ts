import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import type { Problem } from '../../domain/controls/table'
import { mergeFindings } from '../../domain/findings/merge'
import { resourceNameOf } from '../../domain/identity/resource-name'
import {
  copyFinding,
  foldFinding,
  mergeCandidates,
  moveSightings,
  noteGrouping,
  resetHumanSide,
  setMerged,
} from '../../store/merges/merge'
import type { GroupedSighting } from '../../store/sightings/grouped'
import { resettleFindings } from '../../store/sightings/resettle'

/** Sightings to move to another finding. */
export interface Move {
  problem: Problem
  sightings: GroupedSighting[]
  /** Whether the decisions of people stay with the former finding, because the sightings are another problem. */
  fresh?: boolean
  /** The part of the resource that the problem is about, see partOf; undefined for that of the former finding. */
  part?: string | undefined
}

/**
 * Moves sightings to one finding, together with the decisions of people. Returns how many findings were merged into it. The caller has
 * locked the account.
 */
export async function moveFinding(
  access: JobAccess,
  client: PoolClient,
  accountId: string,
  id: string,
  { problem, sightings, fresh = false, part }: Move,
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
    await copyFinding(access, client, first.id, {
      id,
      class: sightings[0]?.class ?? 'posture',
      problem,
      resourceName: resourceNameOf(problem.resourceId),
      part,
    })
  await moveSightings(access, client, accountId, { id, ...problem }, sightings)
  if (fresh)
    return splitOff(access, client, accountId, id, { isNew: !target, from: sources.map(source => source.id), problem })
  await setMerged(access, client, accountId, id, mergeFindings(target ? [target, ...sources] : sources))
  const isVulnerability = sightings.some(each => each.class === 'vulnerability')
  let folded = 0
  for (const from of sources) {
    const parts = leaving.get(from.id) ?? []
    const names = [...new Set(parts.map(part => nameOf(part, problem)))].sort()
    const renamed = !target && sources.length === 1
    await noteGrouping(access, client, accountId, id, {
      kind: renamed ? 'renamed' : 'merged',
      before: names.join(', '),
      after: isVulnerability ? resourceNameOf(problem.resourceId) : problem.control,
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
  await resettleFindings(access, client, accountId, [id, ...stay])
  return folded
}

/** Completes the move of sightings that are another problem. Merges no finding. */
async function splitOff(
  access: JobAccess,
  client: PoolClient,
  accountId: string,
  id: string,
  { isNew, from, problem }: { isNew: boolean; from: string[]; problem: Problem },
): Promise<number> {
  if (isNew) await resetHumanSide(access, client, accountId, id)
  await noteGrouping(access, client, accountId, id, { kind: 'unmerged', before: problem.control, after: null })
  await resettleFindings(access, client, accountId, [id, ...from])
  return 0
}

/** The former name of a sighting: the control of a check, the resource and the package of a vulnerability. */
function nameOf({ class: kind, control, resourceId, packageName }: GroupedSighting, problem: Problem): string {
  if (kind === 'posture') return control
  const place = resourceId === problem.resourceId ? '' : resourceNameOf(resourceId)
  return [place, packageName].filter(Boolean).join(' ') || control
}
