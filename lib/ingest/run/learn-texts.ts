import type { Searchable, SearchText } from '../../domain/findings/search/search-texts'
import { searchKey, searchTextsOf } from '../../domain/findings/search/search-texts'
import type { Outcome } from '../../domain/imports/outcome'
import { noteTexts } from '../../store/feeds/search-texts'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { RunContext } from './context'

/** Names of resources and addresses make some texts differ in every record, so the cache is bounded. */
const MAX_CACHED = 50_000

/** What a record says, as far as it is stored and searched. */
export function searchable({ mayClose }: Pick<RunContext, 'mayClose'>, outcome: Outcome): Searchable {
  return {
    class: outcome.class,
    description: outcome.description,
    tags: mayClose ? (outcome.tags ?? null) : null,
    resourceId: outcome.resource.id,
    packageName: outcome.packageName,
  }
}

/** Stores the texts that are new to this run. Before the batch that stores their findings, see learnTitles. */
export async function learnTexts(run: RunContext, items: readonly IncomingOutcome[]): Promise<void> {
  const fresh = new Map<string, SearchText>()
  for (const { outcome, problem } of items) {
    if (outcome.result === 'passed') continue
    const texts = searchTextsOf(searchable(run, outcome)).filter(({ kind }) => kind === 'line' || kind === 'tag')
    if (outcome.class === 'posture') texts.push({ kind: 'control', text: problem.control })
    for (const text of texts) {
      const key = searchKey(text)
      if (!run.texts.has(key)) fresh.set(key, text)
    }
  }
  await noteTexts(run.access, fresh)
  if (run.texts.size > MAX_CACHED) run.texts.clear()
  for (const key of fresh.keys()) run.texts.add(key)
}
