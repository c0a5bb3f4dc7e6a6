import type { CellState, CoverageLine, ExaminedLine } from './lines'

/** States that say for certain that there is nothing to read. */
const DEFINITE: ReadonlySet<CellState> = new Set(['ok', 'not_enabled', 'no_plan'])

/** What a collected report proves about one account: where it read everything. */
export interface ReadCells {
  /** Regions of cells that are ok and complete; null where one cell stands for all Regions. */
  readonly regions: ReadonlySet<string> | null
  /** Where single controls were examined, by control in lower case, for reports of checks; null for others. */
  readonly controls: ReadonlyMap<string, ReadonlySet<string> | null> | null
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
  return { regions, controls: null, whole: whole && answered && read.length > 0 }
}

/** Where a report of checks examined each control of an account. */
export function examinedCells(lines: readonly ExaminedLine[], { whole }: { whole: boolean }): ReadCells {
  const controls = new Map<string, ReadonlySet<string> | null>()
  for (const { controls: names, regions } of lines)
    for (const name of names) controls.set(name.toLowerCase(), regions && new Set(regions))
  return { regions: null, controls, whole: whole && lines.every(({ unexamined }) => unexamined.length === 0) }
}

/** Whether something in a Region, or in none that is known, would have been read. `control`: the source's own name. */
export function wasRead({ regions, controls }: ReadCells, region: string | null, control: string): boolean {
  const read = controls ? controls.get(control.toLowerCase()) : regions
  return read === null || (read !== undefined && region !== null && read.has(region))
}

/** Services show a change some minutes after its time. */
const OVERLAP_MS = 15 * 60_000
/** A cell that no full round has read for so long is read whole: its findings may have ended unseen. */
const LONGEST_MS = 36 * 3_600_000

/** Since when changes of a cell are missing; null where everything has to be read. */
export function windowSince(
  { okAt, completeAt }: { okAt: Date | null; completeAt: Date | null },
  at: Date,
): Date | null {
  if (okAt === null || completeAt === null || at.getTime() - completeAt.getTime() > LONGEST_MS) return null
  // Of a clock that was ahead: what changed since then is not what is missing.
  if (okAt > at || completeAt > at) return null
  return new Date(okAt.getTime() - OVERLAP_MS)
}

/** An administrator reads each hour; without it for a day the account reads its findings itself. */
const COVERED_MS = 26 * 3_600_000

/** Whether the administrator of the service reads a cell of an account. */
export function isCovered(
  { via, viaAt }: { via: string | null; viaAt: Date | null },
  account: string,
  at: Date,
): boolean {
  if (via === null || via === account || viaAt === null) return false
  const age = at.getTime() - viaAt.getTime()
  return age >= 0 && age < COVERED_MS
}
