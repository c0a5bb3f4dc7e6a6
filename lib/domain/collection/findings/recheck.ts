import { z } from 'zod'
import { FindingId } from '../../findings/filter'
import { type CollectorId, collectors } from '../collectors'
import type { CellState } from '../lines'

/** The finding to look for again. */
export const CheckAgain = z.object({ id: FindingId })
export type CheckAgain = z.infer<typeof CheckAgain>

/** A collector of a finding, and the only Region to read; null for all. */
export interface FindingCell {
  readonly collector: CollectorId
  readonly region: string | null
}

/** The cells in which the sources of a finding would report it. */
export function cellsOfFinding({
  sources,
  region,
}: {
  sources: readonly string[]
  region: string | null
}): FindingCell[] {
  return collectors
    .filter(({ feed }) => feed !== null && sources.includes(feed))
    .map(({ id, regional }) => ({ collector: id, region: regional ? region : null }))
}

/** What one source of a finding last said. */
export interface FindingCheck {
  collector: CollectorId
  /** reading: it is being read, or what was read is being imported. */
  state: CellState | 'waiting' | 'reading'
  action: string | null
  message: string | null
  readAt: Date | null
  /** The latest of whole readings. */
  completeAt: Date | null
}
