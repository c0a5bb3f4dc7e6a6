import type { PoolClient } from 'pg'
import { contentHashOf } from '../../domain/identity/identity'
import { type RowKey, sightingKey } from '../../domain/identity/keys'
import { resourceNameOf } from '../../domain/identity/resource-name'
import { failingCounts } from '../../store/feeds/failing-controls'
import type { IncomingOutcome, KnownSighting } from '../../store/sightings/sightings'
import type { RunContext } from '../run/context'

/**
 * A failing summary of a control adds nothing while resources of the control are known to fail: it counts as ended then, so that sending
 * it again creates no second finding. Resources whose check is unknown count under the recommendation of the summary.
 */
export async function endSummaries(
  run: RunContext,
  client: PoolClient,
  batch: readonly IncomingOutcome[],
  known: ReadonlyMap<RowKey<'sighting'>, KnownSighting>,
): Promise<readonly IncomingOutcome[]> {
  const stated = batch.filter(({ outcome }) => outcome.summary === 'stated' && outcome.result === 'failed')
  if (stated.length === 0) return batch
  const asked = stated.flatMap(({ outcome, problem }) => {
    const { accountId, source, product } = outcome
    const named = [problem.control, resourceNameOf(outcome.nativeId)]
    return named.map(control => ({ accountId, source, product, control }))
  })
  const counts = await failingCounts(run.access, client, asked)
  const ended = new Set<IncomingOutcome>()
  for (const [at, item] of stated.entries()) {
    const stored = known.get(sightingKey(item.outcome.accountId, item.sightingId))
    const counted = stored?.present && stored.result === 'failed' ? 1 : 0
    if ((counts[at * 2] ?? 0) + (counts[at * 2 + 1] ?? 0) > counted) ended.add(item)
  }
  return batch.map(item => (ended.has(item) ? endedOf(item) : item))
}

function endedOf(item: IncomingOutcome): IncomingOutcome {
  const outcome = { ...item.outcome, result: 'passed' as const, summary: 'ended' as const }
  return { ...item, outcome, contentHash: contentHashOf(outcome) }
}
