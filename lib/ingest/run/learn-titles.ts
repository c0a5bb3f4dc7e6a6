import { noteTitles } from '../../store/feeds/control-titles'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { RunContext } from './context'

/** Every threat has its own title, so the cache is bounded. Storing a title twice is harmless. */
const MAX_CACHED = 20_000

/**
 * Stores titles that are new to this run. Before the batch that stores their findings and not in its transaction: imports of other
 * accounts store the same titles, and would wait for each other's transactions.
 */
export async function learnTitles(run: RunContext, items: readonly IncomingOutcome[]): Promise<void> {
  const fresh = new Map<string, { control: string; title: string }>()
  for (const { outcome, problem } of items) {
    const { title, result } = outcome
    const { control } = problem
    const key = `${control}\u0000${title}`
    if (result !== 'passed' && !run.titles.has(key)) fresh.set(key, { control, title })
  }
  await noteTitles(run.access, [...fresh.values()])
  if (run.titles.size > MAX_CACHED) run.titles.clear()
  for (const key of fresh.keys()) run.titles.add(key)
}
