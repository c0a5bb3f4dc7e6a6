import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import type { AbsentReason } from '../../domain/feeds/closing'
import type { FindingClass, Result } from '../../domain/imports/outcome'
import { findingOf } from '../../sql/findings/fences'
import { openStatusText } from '../../sql/findings/open'
import type { FeedKey } from '../feeds/feeds'

/** A present sighting that a complete report lacks, with its finding as far as closing depends on it. */
export interface AbsentRow {
  id: string
  /** 32 hexadecimal digits. */
  findingId: string
  class: FindingClass
  result: Result
  control: string
  /** The Region of the problem; null for a passed check without a finding. */
  region: string | null
  ownRegion: string | null
  pair: number | null
  resourceId: string | null
  recordUpdatedAt: Date | null
  /** Whether the finding is work to do, and whether it is not resolved: under an exception it is neither. */
  open: boolean
  unresolved: boolean
  absentSince: Date | null
  absentReason: AbsentReason | null
}

/** Of the given present sightings of an account those last seen no later than `observedAt`. */
export async function absentSightings(
  _job: JobAccess,
  client: PoolClient,
  accountId: string,
  ids: readonly string[],
  observedAt: Date,
): Promise<AbsentRow[]> {
  const { rows } = await client.query<AbsentRow>({
    name: 'absent-sightings',
    text: `SELECT s.id, replace(s.finding_id::text, '-', '') AS "findingId", s.class, s.result, coalesce(s.own_control, s.control) AS control,
             f.region, coalesce(s.region, f.region) AS "ownRegion", s.pair, f.resource_id AS "resourceId", s.record_updated_at AS "recordUpdatedAt",
             coalesce(f.status IN (${openStatusText}), false) AS open, coalesce(f.status <> 'resolved', false) AS unresolved,
             s.absent_since AS "absentSince", s.absent_reason AS "absentReason"
           FROM sighting s LEFT JOIN LATERAL ${findingOf('s')} f ON TRUE
           WHERE s.account_id = $1 AND s.id = ANY($2::uuid[]) AND s.present AND s.observed_at <= $3`,
    values: [accountId, ids, observedAt],
  })
  return rows
}

/**
 * How many open findings a feed reports, without those that are new in the given import: its closings are a share of what was open
 * before. Vulnerabilities of one resource count once, as one update fixes them.
 */
export async function countOpenOfFeed(
  _job: JobAccess,
  client: PoolClient,
  feed: FeedKey,
  importId: number,
): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(DISTINCT CASE WHEN f.class = 'vulnerability' THEN f.resource_id ELSE f.id::text END)::int AS n
     FROM sighting s CROSS JOIN LATERAL ${findingOf('s')} f
     WHERE s.account_id = $1 AND s.source = $2 AND s.product = $3 AND s.present AND s.result = 'failed'
       AND f.status IN (${openStatusText}) AND f.first_import_id <> $4`,
    [feed.accountId, feed.source, feed.product, importId],
  )
  return rows[0]?.n ?? 0
}

/**
 * Notes of sightings that a complete report lacks them, and since when for the same reason nothing was closed. A newer report's note
 * stays. The caller holds the account.
 */
export async function markAbsent(
  _job: JobAccess,
  client: PoolClient,
  accountId: string,
  run: { importId: number; observedAt: Date },
  ids: readonly string[],
  reason: AbsentReason,
): Promise<void> {
  await client.query({
    name: 'mark-absent',
    text: `UPDATE sighting s SET absent_reason = $4, absent_import_id = $3,
             absent_since = CASE WHEN absent_reason = $4 THEN absent_since ELSE $5 END
           WHERE account_id = $1 AND id = ANY($2::uuid[])
             AND NOT EXISTS (SELECT FROM import i WHERE i.id = s.absent_import_id AND i.observed_at > $5)`,
    values: [accountId, ids, run.importId, reason, run.observedAt],
  })
}

/** The sightings of a feed that an earlier complete report lacked. */
export async function markedAbsent(_job: JobAccess, client: PoolClient, feed: FeedKey): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'marked-absent',
    text: `SELECT id FROM sighting WHERE account_id = $1 AND source = $2 AND product = $3 AND absent_reason IS NOT NULL`,
    values: [feed.accountId, feed.source, feed.product],
  })
  return rows.map(row => row.id)
}

/**
 * Forgets that sightings were absent, as a report of `observedAt` holds them: an older one than that which lacked them changes
 * nothing. The caller holds their accounts.
 */
export async function clearAbsent(
  _job: JobAccess,
  client: PoolClient,
  observedAt: Date,
  sightings: readonly { accountId: string; id: string }[],
): Promise<void> {
  if (sightings.length === 0) return
  await client.query({
    name: 'clear-absent',
    text: `UPDATE sighting s SET absent_reason = NULL, absent_import_id = NULL, absent_since = NULL
           FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id)
           WHERE s.account_id = k.account_id AND s.id = k.id AND s.absent_reason IS NOT NULL
             AND NOT EXISTS (SELECT FROM import i WHERE i.id = s.absent_import_id AND i.observed_at > $3)`,
    values: [sightings.map(each => each.accountId), sightings.map(each => each.id), observedAt],
  })
}

/**
 * Whether a report without a Region follows the earlier ones of its control: nothing of theirs is left, or it repeats some of it. What
 * senders without `imports:close` said is none of them. `seen` tells which sightings the report holds.
 */
export async function followsEarlier(
  _job: JobAccess,
  client: PoolClient,
  importId: number,
  feed: FeedKey & { control: string },
  seen: (id: string) => boolean,
): Promise<boolean> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT s.id FROM sighting s LEFT JOIN LATERAL ${findingOf('s')} f ON TRUE
     WHERE s.account_id = $1 AND s.source = $2 AND s.product = $3 AND coalesce(s.own_control, s.control) = $4 AND s.present
       AND NOT s.unproven AND coalesce(s.region, f.region, 'global') = 'global' AND (s.import_id <> $5 OR f.first_import_id <> $5)`,
    [feed.accountId, feed.source, feed.product, feed.control, importId],
  )
  return rows.length === 0 || rows.some(row => seen(row.id))
}
