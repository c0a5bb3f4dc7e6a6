import 'server-only'
import type { JobAccess } from '../../access/proof'
import type { AbsentReason } from '../../domain/feeds/closing'
import type { FindingClass, Result } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { findingOf } from '../../sql/findings/fences'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import type { FeedKey } from '../feeds/feeds'

const { raw, sql } = Prisma

/** A present sighting that a complete report lacks, with the fields of its finding that closing depends on. */
export interface AbsentRow {
  id: string
  /** 32 hexadecimal digits. */
  findingId: string
  class: FindingClass
  result: Result
  control: string
  /** The Region of the finding; null for a passed check without one. */
  region: string | null
  ownRegion: string | null
  pair: number | null
  resourceId: string | null
  recordUpdatedAt: Date | null
  /**
   * Whether the finding is open, and whether it is not resolved. A finding with an exception is neither open nor
   * resolved.
   */
  open: boolean
  unresolved: boolean
  absentSince: Date | null
  absentReason: AbsentReason | null
}

/** Those of the given present sightings of an account that were last seen at or before `observedAt`. */
export async function absentSightings(
  _job: JobAccess,
  tx: Tx,
  accountId: string,
  ids: readonly string[],
  observedAt: Date,
): Promise<AbsentRow[]> {
  return runIn<AbsentRow>(
    tx,
    sql`SELECT s.id, replace(s.finding_id::text, '-', '') AS "findingId", s.class, s.result,
        coalesce(s.own_control, s.control) AS control, f.region, coalesce(s.region, f.region) AS "ownRegion", s.pair,
        f.resource_id AS "resourceId", s.record_updated_at AS "recordUpdatedAt",
        coalesce(f.status IN (${openStatusSql}), false) AS open, coalesce(f.status <> 'resolved', false) AS unresolved,
        s.absent_since AS "absentSince", s.absent_reason AS "absentReason"
      FROM sighting s LEFT JOIN LATERAL ${raw(findingOf('s'))} f ON TRUE
      WHERE s.account_id = ${accountId} AND s.id = ANY(${ids}::uuid[]) AND s.present AND s.observed_at <= ${observedAt}`,
    'absent-sightings',
  )
}

/**
 * The number of open findings that a feed reports, without those that are new in the given import, since its closings
 * are a share of what was open before. Vulnerabilities of one resource count once, as one update fixes them.
 */
export async function countOpenOfFeed(_job: JobAccess, tx: Tx, feed: FeedKey, importId: number): Promise<number> {
  const rows = await runIn<{ n: number }>(
    tx,
    sql`SELECT count(DISTINCT CASE WHEN f.class = 'vulnerability' THEN f.resource_id ELSE f.id::text END)::int AS n
     FROM sighting s CROSS JOIN LATERAL ${raw(findingOf('s'))} f
     WHERE s.account_id = ${feed.accountId} AND s.source = ${feed.source} AND s.product = ${feed.product}
       AND s.present AND s.result = 'failed' AND f.status IN (${openStatusSql}) AND f.first_import_id <> ${importId}`,
  )
  return rows[0]?.n ?? 0
}

/**
 * Marks sightings that a complete report lacks, with the reason why they were not closed and since when. A mark of a
 * newer report stays. The caller has locked the account.
 */
export async function markAbsent(
  _job: JobAccess,
  tx: Tx,
  accountId: string,
  run: { importId: number; observedAt: Date },
  ids: readonly string[],
  reason: AbsentReason,
): Promise<void> {
  await executeIn(
    tx,
    sql`UPDATE sighting s SET absent_reason = ${reason}, absent_import_id = ${run.importId},
        absent_since = CASE WHEN absent_reason = ${reason} THEN absent_since ELSE ${run.observedAt} END
      WHERE account_id = ${accountId} AND id = ANY(${ids}::uuid[])
        AND NOT EXISTS (SELECT FROM import i WHERE i.id = s.absent_import_id AND i.observed_at > ${run.observedAt})`,
    'mark-absent',
  )
}

/** The sightings of a feed that are marked as absent. */
export async function markedAbsent(_job: JobAccess, tx: Tx, feed: FeedKey): Promise<string[]> {
  const rows = await runIn<{ id: string }>(
    tx,
    sql`SELECT id FROM sighting
      WHERE account_id = ${feed.accountId} AND source = ${feed.source} AND product = ${feed.product} AND absent_reason IS NOT NULL`,
    'marked-absent',
  )
  return rows.map(row => row.id)
}

/**
 * Removes the absent marks of sightings that a report of `observedAt` has, unless a newer report set them. The caller
 * has locked their accounts.
 */
export async function clearAbsent(
  _job: JobAccess,
  tx: Tx,
  observedAt: Date,
  sightings: readonly { accountId: string; id: string }[],
): Promise<void> {
  if (sightings.length === 0) return
  await executeIn(
    tx,
    sql`UPDATE sighting s SET absent_reason = NULL, absent_import_id = NULL, absent_since = NULL
      FROM unnest(${sightings.map(each => each.accountId)}::text[], ${sightings.map(each => each.id)}::uuid[]) AS k(account_id, id)
      WHERE s.account_id = k.account_id AND s.id = k.id AND s.absent_reason IS NOT NULL
        AND NOT EXISTS (SELECT FROM import i WHERE i.id = s.absent_import_id AND i.observed_at > ${observedAt})`,
    'clear-absent',
  )
}

/**
 * Whether a report without a Region follows the earlier ones of its control: no sightings of theirs are left, or it
 * repeats some. Ignores sightings of senders without `imports:close`. `seen` tells whether the report has a sighting.
 */
export async function followsEarlier(
  _job: JobAccess,
  tx: Tx,
  importId: number,
  feed: FeedKey & { control: string },
  seen: (id: string) => boolean,
): Promise<boolean> {
  const rows = await runIn<{ id: string }>(
    tx,
    sql`SELECT s.id FROM sighting s LEFT JOIN LATERAL ${raw(findingOf('s'))} f ON TRUE
     WHERE s.account_id = ${feed.accountId} AND s.source = ${feed.source} AND s.product = ${feed.product}
       AND coalesce(s.own_control, s.control) = ${feed.control} AND s.present AND NOT s.unproven
       AND coalesce(s.region, f.region, 'global') = 'global' AND (s.import_id <> ${importId} OR f.first_import_id <> ${importId})`,
  )
  return rows.length === 0 || rows.some(row => seen(row.id))
}
