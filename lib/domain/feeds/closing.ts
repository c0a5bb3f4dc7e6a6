import { z } from 'zod'
import type { FindingClass, SourceId } from '../imports/outcome'
import { type Completeness, completenessKey, completenessOf } from './report-pairs'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** GuardDuty and other services drop findings after 90 days: what is that old is gone from reports without being over. */
const EXPIRES_AFTER = 80 * DAY
/** Two complete reports so far apart that lack the same prove it, of a feed that tells only what is wrong. */
const SECOND_REPORT_AFTER = 12 * HOUR

/** Why a complete report that lacks a finding did not close it. */
export const absentReasons = ['not_looked_at', 'waiting', 'expired', 'no_region'] as const
export type AbsentReason = (typeof absentReasons)[number]

/** What a complete report of one feed in one account contains. */
export interface Report {
  source: SourceId
  product: string
  observedAt: Date
  /** Whether the document holds any record at all. */
  records: boolean
  /** Whether it holds one of the account by the source. */
  ownRecords: boolean
  /** Hashes of its pairs, and of those with a failed record; see report-pairs. */
  pairs: ReadonlySet<number>
  failedPairs: ReadonlySet<number>
  services: ReadonlySet<string>
  /** Regions that its records name, and the one that the sender names. */
  regions: ReadonlySet<string>
  /** Controls that it is an answer about, see completenessKey. */
  parts: ReadonlySet<string> | null
  /** Of those the ones of which reports without a Region hold different resources. */
  mixed: ReadonlySet<string>
  /** Whether it covers nine tenths of the feed's reference, or a lead said that it looked everywhere. */
  wide: boolean
  passed: boolean
  /** Whether the feed sent passes, now or before. */
  sendsPasses: boolean
}

/** A statement that is stored as present and that the report lacks. */
export interface Absent {
  class: FindingClass
  /** As its source names it. */
  control: string
  service: string
  /** The Region that its record named; null where that is not stored. */
  ownRegion: string | null
  pair: number | null
  recordUpdatedAt: Date | null
}

/** How far a report reaches: a tool that never sent a pass tells only what is wrong. */
export function reachOf(report: Pick<Report, 'source' | 'product' | 'sendsPasses'>): Completeness {
  const completeness = completenessOf(report)
  return completeness === 'pairs' && !report.sendsPasses ? 'region' : completeness
}

/** Whether the absence of a statement proves that it is over. Null: it does. */
export function whyAbsent(report: Report, absent: Absent): AbsentReason | null {
  const looked = looksAt(report, absent)
  if (looked !== null) return looked
  const { recordUpdatedAt: at } = absent
  const old = at !== null && report.observedAt.getTime() - at.getTime() > EXPIRES_AFTER
  return absent.class === 'threat' && old ? 'expired' : null
}

function looksAt(report: Report, absent: Absent): AbsentReason | null {
  const { control, ownRegion, pair, service } = absent
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
      // A document without a record proves nothing by itself; what it would close waits for a lead.
      if (!report.records) return null
      if (pair === null) return 'not_looked_at'
      if (!report.passed) return yes(report.failedPairs.has(pair))
      return yes(report.pairs.has(pair) || (report.wide && report.services.has(service)))
  }
}

/** How many closings at once wait for a lead: more than this number, and more than this share (percent) of what is open. */
export const ClosingLimit = z.strictObject({
  number: z.number().int().min(0).max(1_000_000),
  share: z.number().int().min(1).max(100),
})
export type ClosingLimit = z.infer<typeof ClosingLimit>

export const defaultClosingLimit: ClosingLimit = { number: 20, share: 30 }

/** Whether closings have to wait. `before` were closed by the feed within the last day; `open` is what is open of it now. */
export function exceedsLimit(
  limit: ClosingLimit,
  { planned, before, open }: Record<'planned' | 'before' | 'open', number>,
) {
  const all = planned + before
  return planned > 0 && all > limit.number && all * 100 > limit.share * (open + before)
}

/** Whether a statement that waits is lacking long enough for the second report to prove it. */
export function provedBySecond(
  report: Report,
  { absentSince, absentReason }: { absentSince: Date | null; absentReason: string | null },
): boolean {
  if (reachOf(report) !== 'region' || absentReason !== 'waiting' || !absentSince) return false
  return report.observedAt.getTime() - absentSince.getTime() >= SECOND_REPORT_AFTER
}
