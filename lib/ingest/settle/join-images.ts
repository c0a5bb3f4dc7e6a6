import type { PoolClient } from 'pg'
import { instanceKey, isMachineImage, ownFixTarget } from '../../domain/identity/fix-target'
import { ownIdOf, ownProblemOf, problemIdOf } from '../../domain/identity/identity'
import { findingKey, type RowKey, splitKey } from '../../domain/identity/keys'
import { noteMachineImages, type OfInstance, sightingsOfInstances } from '../../store/merges/machine-images'
import { queueRegrouped } from '../../store/policies/queue'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { RunContext } from '../run/context'
import { type Move, moveFinding } from './move-finding'

/**
 * Moves vulnerabilities of an instance, reported before its machine image was known, to the finding of the image, with the decisions of
 * people. The caller has locked the accounts.
 */
export async function joinImages(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  splits: ReadonlyMap<RowKey<'finding_split'>, string>,
): Promise<void> {
  const images = new Map<RowKey<'machine_image'>, string>()
  const instances = new Map<string, OfInstance & { image: string }>()
  for (const { outcome, problem } of items) {
    if (outcome.class !== 'vulnerability' || !isMachineImage(problem.resourceId)) continue
    const own = ownFixTarget(ownProblemOf(outcome))
    const instance = instanceKey(own)
    if (instance === null) continue
    if (run.images.get(instance) !== problem.resourceId) images.set(instance, problem.resourceId)
    instances.set(vulnerabilityOf(own.accountId, own.resourceId, own.control), { ...own, image: problem.resourceId })
  }
  if (instances.size === 0) return
  await noteMachineImages(run.access, client, images)
  for (const [instance, image] of images) run.images.set(instance, image)
  const moves = new Map<RowKey<'finding'>, Move & { accountId: string; id: string }>()
  for (const sighting of await sightingsOfInstances(run.access, client, [...instances.values()])) {
    const { accountId, control, region } = sighting
    if (splits.has(splitKey(accountId, ownIdOf(sighting.class, sighting)))) continue
    const image = instances.get(vulnerabilityOf(accountId, sighting.standsAt, control))?.image
    if (!image) continue
    const problem = { accountId, control, region, resourceId: image }
    const id = problemIdOf('vulnerability', { ...problem, packageName: sighting.packageName })
    const key = findingKey(accountId, id)
    const move = moves.get(key)
    if (move) move.sightings.push(sighting)
    else moves.set(key, { accountId, id, problem, sightings: [sighting] })
  }
  for (const { accountId, id, ...move } of moves.values()) await moveFinding(run.access, client, accountId, id, move)
  const accounts = [...new Set([...moves.values()].map(move => move.accountId))]
  if (accounts.length > 0) await queueRegrouped(run.access, client, accounts)
}

function vulnerabilityOf(accountId: string, resourceId: string, control: string): string {
  return [accountId, resourceId, control].join('\u0000')
}
