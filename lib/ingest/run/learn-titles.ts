import { noteTitles } from '../../store/feeds/control-titles'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { RunContext } from './context'

/** Threats carry a title each: what is remembered of them is bounded, and a title noted twice is harmless. */
const MOST_REMEMBERED = 20_000

/**
 * Notes titles that this run meets for the first time. Before the batch that stores their findings, and not in its transaction: imports
 * of other accounts meet the same titles, and would wait for each other to end.
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
  if (run.titles.size > MOST_REMEMBERED) run.titles.clear()
  for (const key of fresh.keys()) run.titles.add(key)
}
