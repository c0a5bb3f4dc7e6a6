import type { Searchable, SearchText } from '../../domain/findings/search/search-texts'
import { searchKey, searchKeysOf, searchTextsOf } from '../../domain/findings/search/search-texts'
import type { Outcome } from '../../domain/imports/outcome'
import { noteTexts } from '../../store/feeds/search-texts'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { RunContext } from './context'

/** Names of resources and addresses make some texts differ in every record, so the cache is bounded. */
const MAX_CACHED = 50_000

/** Keys of outcomes whose texts were learned, which their findings need once more. */
const learned = new WeakMap<Outcome, string[]>()

/** The keys of the texts of a record. */
export function textKeysOf(run: Pick<RunContext, 'mayClose'>, outcome: Outcome): string[] {
  return learned.get(outcome) ?? searchKeysOf(searchable(run, outcome))
}

/** What a record says, as far as it is stored and searched. */
function searchable({ mayClose }: Pick<RunContext, 'mayClose'>, outcome: Outcome): Searchable {
  return {
    class: outcome.class,
    description: outcome.description,
    tags: mayClose ? (outcome.tags ?? null) : null,
    resourceId: outcome.resource.id,
    packageName: outcome.packageName,
  }
}

/** Keys of tags without a value, and packages, are looked up only as a whole. */
function isStored({ kind }: SearchText): boolean {
  return kind === 'line' || kind === 'tag'
}

/** Stores the texts that are new to this run. Before the batch that stores their findings, see learnTitles. */
export async function learnTexts(run: RunContext, items: readonly IncomingOutcome[]): Promise<void> {
  const fresh = new Map<string, SearchText>()
  for (const { outcome, problem } of items) {
    if (outcome.result === 'passed') continue
    const texts = searchTextsOf(searchable(run, outcome))
    const keys = texts.map(searchKey)
    learned.set(outcome, keys)
    for (const [n, key] of keys.entries()) {
      const text = texts[n]
      if (text && isStored(text) && !run.texts.has(key)) fresh.set(key, text)
    }
    if (outcome.class !== 'posture') continue
    const control: SearchText = { kind: 'control', text: problem.control }
    if (!run.texts.has(searchKey(control))) fresh.set(searchKey(control), control)
  }
  await noteTexts(run.access, fresh)
  if (run.texts.size > MAX_CACHED) run.texts.clear()
  for (const key of fresh.keys()) run.texts.add(key)
}
