import 'server-only'
import { z } from 'zod'
import type { FindingFilter, ReportSort } from '../../domain/findings/filter'
import { deadlineOf } from '../../domain/policies/deadline'
import { Prisma } from '../../generated/prisma/client'
import { deadlineSql } from '../../sql/findings/deadline'
import { decodeCursor, encodeCursor, PlaceId, PlaceTime } from '../cursor'
import type { StoredRow } from './rows'

type Sql = Prisma.Sql
const { sql } = Prisma
/** The orders of lists that an index has. */
export type Sort = Exclude<FindingFilter['sort'], ReportSort>

/**
 * The orders of findings. Each ends with their sequence number, so that no two rows are equal. A missing date sorts as infinity.
 */
export const orders: Record<Sort, Sql> = {
  severity: sql`coalesce(f.counts_as, f.severity) DESC, f.first_seen_at DESC, f.sequence DESC`,
  due: sql`coalesce(${deadlineSql('f')}, 'infinity'), f.sequence`,
  newest: sql`f.first_observed_at DESC, f.sequence DESC`,
  oldest: sql`f.first_observed_at, f.sequence`,
}

/**
 * The parts of a list by severity, each in the order of an index: findings with their own severity, and the few that
 * count as more severe.
 */
export const severityParts = (['severity', 'counts_as'] as const).map(column => ({
  column,
  condition: column === 'severity' ? sql`f.counts_as IS NULL` : sql`f.counts_as IS NOT NULL`,
  order: sql`f.${Prisma.raw(column)} DESC, f.first_seen_at DESC, f.sequence DESC`,
}))

const Row = { sequence: PlaceId }
const Seen = z.object({ ...Row, seen: PlaceTime })
const Severe = Seen.extend({ sort: z.literal('severity'), severity: z.int().min(1).max(5) })
const Due = z.object({ ...Row, sort: z.literal('due'), due: z.union([PlaceTime, z.literal('infinity')]) })
const Newest = Seen.extend({ sort: z.literal('newest') })
const Oldest = Seen.extend({ sort: z.literal('oldest') })
const Reported = z.object({
  ...Row,
  sort: z.enum(['recent', 'stale']),
  reported: z.union([PlaceTime, z.literal('none')]),
})
const places = { severity: Severe, due: Due, newest: Newest, oldest: Oldest }

/** An order by the last report, over `last_observed_at` of `alias`. Findings that no source reports now are the last ones. */
export function reportOrder(sort: ReportSort, alias: 'f' | 'p'): Sql {
  const row = Prisma.raw(alias)
  return sort === 'recent'
    ? sql`${row}.last_observed_at DESC NULLS LAST, ${row}.sequence DESC`
    : sql`${row}.last_observed_at NULLS LAST, ${row}.sequence`
}

/** The cursor that continues after a row of a list by the last report. */
export function cursorAfterReport(sort: ReportSort, row: StoredRow & { last_observed_at: Date | null }): string {
  return encodeCursor({ sort, sequence: row.sequence, reported: row.last_observed_at?.toISOString() ?? 'none' })
}

/** Whether a row comes after a cursor of a list by the last report. Throws `conflict` for a cursor of another order. */
export function isAfterReport(sort: ReportSort, cursor: string): Sql {
  const at = decodeCursor(cursor, Reported.extend({ sort: z.literal(sort) }))
  const later = sort === 'recent' ? sql`<` : sql`>`
  const next = sql`f.sequence ${later} ${at.sequence}::bigint`
  if (at.reported === 'none') return sql`(f.last_observed_at IS NULL AND ${next})`
  return sql`(f.last_observed_at IS NULL OR f.last_observed_at ${later} ${at.reported}::timestamptz
    OR (f.last_observed_at = ${at.reported}::timestamptz AND ${next}))`
}

/** The cursor that continues after `row`. */
export function cursorAfter(sort: Sort, row: StoredRow): string {
  const common = { sort, sequence: row.sequence }
  if (sort === 'due') {
    const deadline = deadlineOf({ dueAt: row.due_at, respondBy: row.respond_by, respondedAt: row.responded_at })
    return encodeCursor({ ...common, due: deadline?.toISOString() ?? 'infinity' })
  }
  if (sort === 'severity')
    return encodeCursor({ ...common, severity: row.counts_as ?? row.severity, seen: row.first_seen_at.toISOString() })
  return encodeCursor({ ...common, seen: row.first_observed_at.toISOString() })
}

/** Whether a row comes after a cursor; `rank` is the column by which it is severe. Throws `invalid` for a cursor of another order. */
export function isAfter(sort: Sort, cursor: string, rank: 'severity' | 'counts_as' = 'severity'): Sql {
  switch (sort) {
    case 'severity': {
      const at = decodeCursor(cursor, places.severity)
      return sql`(f.${Prisma.raw(rank)}, f.first_seen_at, f.sequence)
        < (${at.severity}::smallint, ${at.seen}::timestamptz, ${at.sequence}::bigint)`
    }
    case 'due': {
      const at = decodeCursor(cursor, places.due)
      return sql`(coalesce(${deadlineSql('f')}, 'infinity'), f.sequence) > (${at.due}::timestamptz, ${at.sequence}::bigint)`
    }
    case 'newest': {
      const at = decodeCursor(cursor, places.newest)
      return sql`(f.first_observed_at, f.sequence) < (${at.seen}::timestamptz, ${at.sequence}::bigint)`
    }
    case 'oldest': {
      const at = decodeCursor(cursor, places.oldest)
      return sql`(f.first_observed_at, f.sequence) > (${at.seen}::timestamptz, ${at.sequence}::bigint)`
    }
  }
}
