import 'server-only'
import type { PoolClient } from 'pg'
import type { Access } from '../access/proof'
import type { IncomingOutcome } from './sightings'

/** A finding that a record may go on with, and the sightings of the record's feed that it has. Ids are 32 hexadecimal digits. */
export interface Candidate {
  /** The number of the asking item. */
  item: number
  findingId: string
  sightings: string[]
}

/**
 * Open findings of the same feed, generator, resource and title as records whose id is new, the oldest first. Of Macie and Inspector
 * also those that one and the same record was under another name of its check, as earlier versions had it.
 */
export async function continuable(
  _access: Access<'imports:write'>,
  client: PoolClient,
  items: readonly IncomingOutcome[],
): Promise<Candidate[]> {
  if (items.length === 0) return []
  const { rows } = await client.query<Candidate>({
    name: 'continuable',
    text: `SELECT k.item::int AS item, replace(f.id::text, '-', '') AS "findingId",
             (SELECT array_agg(replace(o.id::text, '-', '')) FROM sighting o
              WHERE o.account_id = f.account_id AND o.finding_id = f.id AND o.source = k.source AND o.product = k.product AND o.present) AS sightings
           FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[])
             AS k(item, account_id, source, product, control, region, resource_id, title, native_id, by_record)
           JOIN finding f ON f.account_id = k.account_id AND f.region = k.region AND f.resource_id = k.resource_id AND f.class = 'posture'
             AND f.status IN ('new', 'acknowledged', 'in_progress')
           WHERE EXISTS (
             SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.source = k.source AND s.product = k.product
               AND s.present AND CASE WHEN k.by_record THEN coalesce(s.own_control, s.control) = k.control AND s.title = k.title
                                      ELSE coalesce(s.own_control, s.control) <> k.control AND s.native_id = k.native_id END)
           ORDER BY k.item, f.first_seen_at, f.id`,
    values: [
      items.map((_, at) => at),
      items.map(({ outcome }) => outcome.accountId),
      items.map(({ outcome }) => outcome.source),
      items.map(({ outcome }) => outcome.product),
      items.map(({ outcome }) => outcome.control),
      items.map(({ problem }) => problem.region),
      items.map(({ problem }) => problem.resourceId),
      items.map(({ outcome }) => outcome.title),
      items.map(({ outcome }) => outcome.nativeId),
      items.map(({ outcome }) => outcome.byRecord ?? false),
    ],
  })
  return rows
}

/**
 * Which sighting stays where it is of those that an earlier version took for one problem: the one that was observed first. By
 * `account/finding`.
 */
export async function firstSightings(
  _access: Access<'imports:write'>,
  client: PoolClient,
  findings: readonly { accountId: string; id: string }[],
): Promise<Map<string, string>> {
  if (findings.length === 0) return new Map()
  const { rows } = await client.query<{ key: string; id: string }>({
    name: 'first-sightings',
    text: `SELECT DISTINCT ON (s.account_id, s.finding_id) s.account_id || '/' || replace(s.finding_id::text, '-', '') AS key, replace(s.id::text, '-', '') AS id
           FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id) JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.id
           WHERE s.present ORDER BY s.account_id, s.finding_id, s.first_observed_at NULLS LAST, s.import_id, s.raw_offset, s.id`,
    values: [findings.map(each => each.accountId), findings.map(each => each.id)],
  })
  return new Map(rows.map(row => [row.key, row.id]))
}

/**
 * Present sightings that a newer pass proves wrong: of the same feed, check, resource and problem under another record id, and no later
 * than the pass.
 */
export async function disprovedBy(
  _access: Access<'imports:write'>,
  client: PoolClient,
  observedAt: Date,
  passes: readonly IncomingOutcome[],
): Promise<{ accountId: string; findingId: string; id: string }[]> {
  if (passes.length === 0) return []
  const { rows } = await client.query<{ accountId: string; findingId: string; id: string }>({
    name: 'disproved-by',
    text: `SELECT DISTINCT s.account_id AS "accountId", replace(s.finding_id::text, '-', '') AS "findingId", replace(s.id::text, '-', '') AS id
           FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
             AS k(account_id, finding_id, id, source, product, control, package_name, updated_at)
           JOIN finding f ON f.account_id = k.account_id AND f.id = k.finding_id
           JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.finding_id AND s.source = k.source AND s.product = k.product
             AND coalesce(s.own_control, s.control) = k.control AND s.id <> k.id
           WHERE s.present AND s.result = 'failed' AND s.observed_at <= $9
             AND coalesce(s.record_updated_at <= k.updated_at, true) AND coalesce(s.package_name, f.package_name) = k.package_name`,
    values: [
      passes.map(({ outcome }) => outcome.accountId),
      passes.map(({ findingId }) => findingId),
      passes.map(({ sightingId }) => sightingId),
      passes.map(({ outcome }) => outcome.source),
      passes.map(({ outcome }) => outcome.product),
      passes.map(({ outcome }) => outcome.control),
      passes.map(({ outcome }) => outcome.packageName),
      passes.map(({ outcome }) => outcome.updatedAt),
      observedAt,
    ],
  })
  return rows
}
