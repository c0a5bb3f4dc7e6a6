import { now } from '../clock'
import {
  contentHashOf,
  findingIdOf,
  ownIdOf,
  ownProblemOf,
  problemApart,
  problemOf,
  sightingIdOf,
} from '../domain/identity'
import { instanceKey } from '../domain/one-fix'
import type { Outcome } from '../domain/outcome'
import { RejectedRecord } from '../domain/reject'
import type { RawRecord } from '../sources/document'
import { outcomesOf } from '../sources/registry'
import type { ImportTask } from '../store/import-runs'
import type { IncomingOutcome } from '../store/sightings'
import { feedKey } from './context'
import type { Fact } from './known-records'
import { keyOf } from './seen'

/** What is known of statements beside what they say. */
export interface Beside {
  /** What people took apart, see findingSplits. */
  splits: ReadonlyMap<string, string>
  /** See MachineImages. What the document tells is added. */
  images: Map<string, string>
}

/** What a record says, with the identities of it. Throws RejectedRecord, also for an account that the sender may not write. */
export function parseRecord(
  record: Extract<RawRecord, { value: unknown }>,
  task: ImportTask,
  { splits, images }: Beside,
): { item: IncomingOutcome; fact: Fact }[] {
  const { source, account, allowed, observedAt, mapping } = task
  const outcomes = outcomesOf(record.value, {
    now: now(),
    observedAt,
    ...(source && { source }),
    ...(account && { account }),
    ...(mapping && { mapping }),
  })
  const outside = outcomes.find(({ accountId }) => allowed && !allowed.includes(accountId))
  if (outside) throw new RejectedRecord('account_not_allowed', { account: outside.accountId }, outside.accountId)
  return outcomes.map(outcome => {
    const { accountId, result, updatedAt } = outcome
    const apart = splitOf(outcome, splits)
    if (outcome.machineImage) learn(outcome, outcome.machineImage, images)
    const problem = apart ? problemApart(outcome) : problemOf(outcome, images)
    const ids = { sightingId: sightingIdOf(outcome), findingId: apart ?? findingIdOf(outcome, problem) }
    const [sighting, finding] = [keyOf(accountId, ids.sightingId), keyOf(accountId, ids.findingId)]
    return {
      item: {
        outcome,
        problem,
        ...ids,
        contentHash: contentHashOf(outcome),
        rawOffset: record.offset,
        rawLength: record.length,
        again: false,
        findingTold: false,
      },
      fact: { feed: feedKey(outcome), result, updatedAt, sighting, finding },
    }
  })
}

/** The finding that a person took this statement apart into; undefined where nobody did. */
function splitOf(outcome: Outcome, splits: ReadonlyMap<string, string>): string | undefined {
  if (splits.size === 0 || outcome.class === 'threat') return undefined
  const own = { ...ownProblemOf(outcome), packageName: outcome.packageName }
  return splits.get(`${outcome.accountId}/${ownIdOf(outcome.class, own)}`)
}

function learn(outcome: Outcome, image: string, images: Map<string, string>): void {
  const key = instanceKey(ownProblemOf(outcome))
  if (key) images.set(key, image)
}
