import { z } from 'zod'
import { type ReadCells, wasRead } from '../collection/cells'
import type { FindingClass, SourceId } from '../imports/outcome'
import { type Completeness, completenessKey, completenessOf } from './report-pairs'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/**
 * GuardDuty and other services delete findings after 90 days: older ones are missing from reports without being
 * resolved.
 */
const EXPIRES_AFTER = 80 * DAY
/**
 * For a feed that reports only problems, two complete reports this far apart that lack the same finding prove that it
 * is gone.
 */
const SECOND_REPORT_AFTER = 12 * HOUR

/** Why a complete report that lacks a finding did not close it. */
export const absentReasons = ['not_looked_at', 'waiting', 'expired', 'no_region'] as const
export type AbsentReason = (typeof absentReasons)[number]

/** The contents of a complete report for one feed in one account. */
export interface Report {
  source: SourceId
  product: string
  observedAt: Date
  /** Whether the document has any record. */
  records: boolean
  /** Whether it has a record of this account and source. */
  ownRecords: boolean
  /** Hashes of its pairs, and of those with a failed record; see report-pairs. */
  pairs: ReadonlySet<number>
  failedPairs: ReadonlySet<number>
  services: ReadonlySet<string>
  /** Regions of its records, and the Region that the sender named. */
  regions: ReadonlySet<string>
  /** Controls that it is complete for, see completenessKey. */
  parts: ReadonlySet<string> | null
  /** Those of them whose reports without a Region contain different resources. */
  mixed: ReadonlySet<string>
  /** Whether it covers nine tenths of the feed's reference, or a lead confirmed that it looked everywhere. */
  wide: boolean
  passed: boolean
  /** Whether the feed sends passed checks, in this report or an earlier one. */
  sendsPasses: boolean
  /** Where a collected report read everything; null for other reports, which have to prove it by their records. */
  cells: ReadCells | null
}

/** A sighting that is stored as present and missing from the report. */
export interface Absent {
  class: FindingClass
  /** The source's own name. */
  control: string
  service: string
  /** The Region of its record; null if it is not stored. */
  ownRegion: string | null
  pair: number | null
  recordUpdatedAt: Date | null
}

/** What a report is complete for: a tool that never sent a pass reports only problems. */
export function reachOf(report: Pick<Report, 'source' | 'product' | 'sendsPasses'>): Completeness {
  const completeness = completenessOf(report)
  return completeness === 'pairs' && !report.sendsPasses ? 'region' : completeness
}

/** Why a missing sighting does not count as gone; null if it does. */
export function whyAbsent(report: Report, absent: Absent): AbsentReason | null {
  const looked = looksAt(report, absent)
  if (looked !== null) return looked
  const { recordUpdatedAt: at } = absent
  const old = at !== null && report.observedAt.getTime() - at.getTime() > EXPIRES_AFTER
  return absent.class === 'threat' && old ? 'expired' : null
}

function looksAt(report: Report, absent: Absent): AbsentReason | null {
  const { control, ownRegion, pair, service } = absent
  if (report.cells) return wasRead(report.cells, ownRegion, control) ? null : 'not_looked_at'
  const yes = (looked: boolean) => (looked ? null : 'not_looked_at')
  switch (reachOf(report)) {
    case 'whole':
      return null
    case 'control': {
      const part = completenessKey(report, { control, ownRegion: ownRegion ?? 'global' }) ?? ''
      return report.mixed.has(part) ? 'no_region' : yes(report.parts?.has(part) ?? false)
    }
    case 'region':
      return yes(ownRegion !== null && report.regions.has(ownRegion))
    case 'pairs':
      // A document without records proves nothing by itself; its closings wait for a lead.
      if (!report.records) return null
      if (pair === null) return 'not_looked_at'
      if (!report.passed) return yes(report.failedPairs.has(pair))
      return yes(report.pairs.has(pair) || (report.wide && report.services.has(service)))
  }
}

/** Closings wait for a lead if they are more than this number and more than this percentage of the open findings. */
export const ClosingLimit = z.strictObject({
  number: z.number().int().min(0).max(1_000_000),
  share: z.number().int().min(1).max(100),
})
export type ClosingLimit = z.infer<typeof ClosingLimit>

export const defaultClosingLimit: ClosingLimit = { number: 20, share: 30 }

/** Whether closings have to wait. The feed closed `before` within the last day and has `open` findings now. */
export function exceedsLimit(
  limit: ClosingLimit,
  { planned, before, open }: Record<'planned' | 'before' | 'open', number>,
) {
  const all = planned + before
  return planned > 0 && all > limit.number && all * 100 > limit.share * (open + before)
}

/** Whether a waiting sighting has been missing long enough for a second report to prove that it is gone. */
export function provedBySecond(
  report: Report,
  { absentSince, absentReason }: { absentSince: Date | null; absentReason: string | null },
): boolean {
  if (reachOf(report) !== 'region' || absentReason !== 'waiting' || !absentSince) return false
  return report.observedAt.getTime() - absentSince.getTime() >= SECOND_REPORT_AFTER
}
