import { now } from '../clock'
import { contentHashOf, findingIdOf, ownProblemOf, postureIdOf, problemOf, sightingIdOf } from '../domain/identity'
import type { Outcome } from '../domain/outcome'
import { RejectedRecord } from '../domain/reject'
import type { RawRecord } from '../sources/document'
import { outcomesOf } from '../sources/registry'
import type { ImportTask } from '../store/import-runs'
import type { IncomingOutcome } from '../store/sightings'
import { feedKey } from './context'
import type { Fact } from './known-records'
import { keyOf } from './seen'

/** What a record says, with the identities of it. Throws RejectedRecord, also for an account that the sender may not write. */
export function parseRecord(
  record: Extract<RawRecord, { value: unknown }>,
  task: ImportTask,
  splits: ReadonlyMap<string, string>,
): { item: Omit<IncomingOutcome, 'again'>; fact: Fact }[] {
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
    const problem = apart ? ownProblemOf(outcome) : problemOf(outcome)
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
      },
      fact: { feed: feedKey(outcome), result, updatedAt, sighting, finding },
    }
  })
}

/** The finding that a person took this statement apart into; undefined where nobody did. */
function splitOf(outcome: Outcome, splits: ReadonlyMap<string, string>): string | undefined {
  if (splits.size === 0 || outcome.class !== 'posture') return undefined
  return splits.get(`${outcome.accountId}/${postureIdOf(ownProblemOf(outcome))}`)
}
