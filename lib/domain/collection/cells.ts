import type { CellState, CoverageLine } from './lines'

/** States that say for certain that there is nothing to read. */
const DEFINITE: ReadonlySet<CellState> = new Set(['ok', 'not_enabled', 'no_plan'])

/** What a collected report proves about one account: where it read everything. */
export interface ReadCells {
  /** Regions of cells that are ok and complete; null where one cell stands for all Regions. */
  readonly regions: ReadonlySet<string> | null
  /** Whether nothing remained unread: every cell answered, and everything was read. */
  readonly whole: boolean
}

/** Where a collected report read everything of an account. `regional`: see CollectorDefinition; `whole`: see CollectionHeader. */
export function readCells(
  cells: readonly Pick<CoverageLine, 'region' | 'state' | 'complete'>[],
  { regional, whole }: { regional: boolean; whole: boolean },
): ReadCells {
  const read = cells.filter(({ state, complete }) => state === 'ok' && complete).map(({ region }) => region)
  const answered = cells.every(({ state, complete }) => DEFINITE.has(state) && (complete || state !== 'ok'))
  const regions = regional || read.length === 0 ? new Set(read) : null
  return { regions, whole: whole && answered && read.length > 0 }
}

/** Whether something in a Region, or in none that is known, would have been read. */
export function wasRead({ regions }: ReadCells, region: string | null): boolean {
  return regions === null || (region !== null && regions.has(region))
}
