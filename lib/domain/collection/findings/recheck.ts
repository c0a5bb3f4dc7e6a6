import { z } from 'zod'
import { checks } from '../../checks/checks'
import { FindingId } from '../../findings/filter'
import { type CollectorId, type checksDefinition, collectorDefinition, collectors, OWN_FEED } from '../collectors'
import type { CellState } from '../lines'

/** The finding to look for again. */
export const CheckAgain = z.object({ id: FindingId })
export type CheckAgain = z.infer<typeof CheckAgain>

/** A collector of a finding, and the only Region to read; null for all. */
export interface FindingCell {
  readonly collector: CollectorId
  readonly region: string | null
  /** Whether it reports the finding itself. Others read what a check of Hinomi examines. */
  readonly reports: boolean
}

export interface CheckedFinding {
  readonly sources: readonly string[]
  readonly region: string | null
  readonly control: string
}

/** Hinomi's own checks that report a finding; null if none of its sources is one. */
export function checksOfFinding({ sources, control }: CheckedFinding): readonly string[] | null {
  return sources.includes(OWN_FEED) ? definitionsOf(control).map(({ id }) => id) : null
}

function definitionsOf(control: string) {
  const wanted = control.toLowerCase()
  return checks.filter(({ controls }) => controls.some(each => each.toLowerCase() === wanted))
}

/** The cells in which the sources of a finding would report it, and those that Hinomi's own checks of it examine. */
export function cellsOfFinding(finding: CheckedFinding): FindingCell[] {
  const { sources, region, control } = finding
  const own = checksOfFinding(finding) ? definitionsOf(control) : []
  return collectors.flatMap(({ id, feed, regional }): FindingCell[] => {
    const reports = feed !== null && sources.includes(feed)
    const readers = own.filter(({ needs }) => needs.includes(id))
    if (!reports && readers.length === 0) return []
    // A check of the whole account needs every Region.
    const oneRegion = regional && readers.every(check => check.regional)
    return [{ collector: id, region: oneRegion && region !== 'global' ? region : null, reports }]
  })
}

/** Whether a cell is one of the account that reads the organization. */
export function isOfOrganization({ collector }: FindingCell): boolean {
  return collectorDefinition(collector)?.ofOrganization === true
}

/** What one source of a finding last said. */
export interface FindingCheck {
  collector: CollectorId | typeof checksDefinition.id
  /** reading: it is being read, or what was read is being imported; not_evaluated: see Unexamined. */
  state: CellState | 'waiting' | 'reading' | 'not_evaluated'
  /** Whether it reports the finding itself, so that its state says whether the finding is still there. */
  reports: boolean
  action: string | null
  message: string | null
  readAt: Date | null
}
