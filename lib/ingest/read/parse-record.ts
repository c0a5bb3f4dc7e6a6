import { answersInRegion } from '../../domain/feeds/report-pairs'
import type { ResourceRegions } from '../../domain/feeds/resource-regions'
import { instanceKey } from '../../domain/identity/fix-target'
import {
  contentHashOf,
  findingIdOf,
  ownIdOf,
  ownProblemOf,
  problemApart,
  problemOf,
  sightingIdOf,
} from '../../domain/identity/identity'
import { feedKey, type RowKey, splitKey } from '../../domain/identity/keys'
import type { Outcome } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { env } from '../../env'
import type { RawRecord } from '../../sources/reader/document'
import { leavesOutRegion, outcomesOf } from '../../sources/registry'
import type { ImportTask } from '../../store/imports/runs'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { Fact } from '../contents/fact'
import { keyOf } from '../contents/id-set'
import type { Places } from '../contents/places'

/** What parsing a record needs beside the record. */
export interface Beside {
  /** Findings that people unmerged, see findingSplits. */
  splits: ReadonlyMap<RowKey<'finding_split'>, string>
  /** See MachineImages. Parsing adds those of the document. */
  images: Map<RowKey<'machine_image'>, string>
  places: Places
  /** Regions of resources whose records name none; null until one is needed. */
  regions: ResourceRegions | null
}

/** Records that come from a Region's own API name no Region, and often no ARN. */
function lacksRegion({ source, region, resource }: Pick<Outcome, 'source' | 'region' | 'resource'>): boolean {
  return answersInRegion(source) && region === 'global' && !resource.id.startsWith('arn:')
}

/** The outcomes of a record with their ids. Throws RejectedRecord, also for an account or a source that the sender may not write. */
export function parseRecord(
  record: Extract<RawRecord<unknown>, { value: unknown }>,
  task: ImportTask,
  { splits, images, places, regions }: Beside,
): { item: IncomingOutcome; fact: Fact }[] {
  const { source, account, allowed, allowedSources, observedAt, mapping, region, arrivedAt } = task
  const outcomes = outcomesOf(record.value, {
    now: arrivedAt,
    observedAt,
    timeZone: env().HINOMI_TIME_ZONE,
    ...(source && { source }),
    ...(account && { account }),
    ...(region && { region }),
    ...(mapping && { mapping }),
  })
  const outside = outcomes.find(({ accountId }) => allowed && !allowed.includes(accountId))
  if (outside) throw new RejectedRecord('account_not_allowed', { account: outside.accountId }, outside.accountId)
  const foreign = outcomes.find(each => allowedSources && !allowedSources.includes(each.source))
  if (foreign) throw new RejectedRecord('source_not_allowed', { source: foreign.source }, foreign.accountId)
  return outcomes.map(outcome => {
    const { accountId, result, updatedAt } = outcome
    if (record.eventTime) outcome.eventAt = record.eventTime
    if (lacksRegion(outcome)) outcome.region = regions?.get(outcome) ?? outcome.region
    const apart = splitOf(outcome, splits)
    if (outcome.machineImage) learn(outcome, outcome.machineImage, images)
    const problem = apart ? problemApart(outcome) : problemOf(outcome, images)
    const ids = { sightingId: sightingIdOf(outcome), findingId: apart ?? findingIdOf(outcome, problem) }
    const place = places.of(outcome.control, problem.region, outcome.region)
    const [sighting, finding] = [keyOf(accountId, ids.sightingId), keyOf(accountId, ids.findingId)]
    return {
      item: {
        outcome,
        problem,
        ...ids,
        contentHash: contentHashOf(outcome),
        recordHash: null,
        rawOffset: record.offset,
        rawLength: record.length,
        place,
        // readTime returns `arrivedAt` itself for a time after the arrival.
        clockAhead: updatedAt === arrivedAt || outcome.firstObservedAt === arrivedAt,
        again: false,
        findingReported: false,
      },
      fact: { feed: feedKey(outcome), result, sighting, finding, place },
    }
  })
}

/** Whether a record leaves out its Region, as its source may. */
export function namesNoRegion(record: RawRecord<unknown>): boolean {
  return 'value' in record && leavesOutRegion(record.value)
}

/** The finding that a person unmerged this outcome into; undefined if nobody did. */
function splitOf(outcome: Outcome, splits: ReadonlyMap<RowKey<'finding_split'>, string>): string | undefined {
  if (splits.size === 0 || outcome.class === 'threat') return undefined
  const own = { ...ownProblemOf(outcome), packageName: outcome.packageName }
  return splits.get(splitKey(outcome.accountId, ownIdOf(outcome.class, own)))
}

function learn(outcome: Outcome, image: string, images: Map<RowKey<'machine_image'>, string>): void {
  const key = instanceKey(ownProblemOf(outcome))
  if (key) images.set(key, image)
}
