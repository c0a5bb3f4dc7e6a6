import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { plainText } from '../text/plain-text'
import { collectors } from './collectors'
import { type CellState, cellStates } from './lines'

const collectorIds = collectors.map(({ id }) => id)
const places: ReadonlyMap<string, number> = new Map(collectors.map(({ id }, place) => [id, place]))

/** Which accounts the coverage page shows: all, or those that have a cell in one of these states. */
export const CoverageFilter = z.object({
  text: plainText(200).default(''),
  state: z.array(z.enum(cellStates)).default([]),
})
export type CoverageFilter = z.infer<typeof CoverageFilter>

/** Which cells a list contains. */
export const CellFilter = z.object({
  account: z.array(AccountId).default([]),
  collector: z.array(z.enum(collectorIds)).default([]),
  state: z.array(z.enum(cellStates)).default([]),
})
export type CellFilter = z.infer<typeof CellFilter>

/** States in which data may be missing, the most urgent first. */
export const problemStates = ['denied', 'failed', 'throttled'] as const satisfies readonly CellState[]

/** The order in which cells are shown: problems first. */
const ORDER: readonly CellState[] = [...problemStates, 'ok', 'no_plan', 'not_enabled']

/**
 * Whether data may be missing because of this state. A service that is not enabled, or without a plan, is no problem.
 */
export function isProblem(state: CellState): boolean {
  return (problemStates as readonly CellState[]).includes(state)
}

/** The state that stands for several cells: a problem, else ok where one of them is. Null for no cell. */
export function stateOfCells(states: Partial<Record<CellState, number>>): CellState | null {
  return ORDER.find(state => (states[state] ?? 0) > 0) ?? null
}

/** Problems first, then in the order of the collectors and by Region. */
export function compareCells(a: CellName & { state: CellState }, b: CellName & { state: CellState }): number {
  const byProblem = Number(isProblem(b.state)) - Number(isProblem(a.state))
  const byCollector = placeOf(a.collector) - placeOf(b.collector) || a.collector.localeCompare(b.collector)
  return byProblem || byCollector || a.region.localeCompare(b.region)
}

/**
 * Cells of one collector that say the same, in the given order: pages show those of many Regions as one. Problems, and
 * cells for which `isAlone` holds, stay alone.
 */
export function groupCells<C extends CellName & { state: CellState; complete: boolean }>(
  cells: readonly C[],
  isAlone: (cell: C) => boolean,
): [C, ...C[]][] {
  const groups = new Map<string, [C, ...C[]]>()
  for (const cell of cells) {
    const { collector, region, state, complete } = cell
    const alone = isProblem(state) || isAlone(cell)
    const key = JSON.stringify([collector, state, complete, alone && region])
    const group = groups.get(key)
    if (group) group.push(cell)
    else groups.set(key, [cell])
  }
  return [...groups.values()]
}

interface CellName {
  collector: string
  region: string
}

/** The place of a collector on pages; one of another version comes last. */
export function placeOf(collector: string): number {
  return places.get(collector) ?? collectors.length
}

/** The cell to read again. */
export const RetryCell = z.strictObject({
  account: AccountId,
  collector: z.enum(collectorIds),
  region: z.string().regex(/^[a-z0-9-]{1,40}$/),
})
export type RetryCell = z.infer<typeof RetryCell>
