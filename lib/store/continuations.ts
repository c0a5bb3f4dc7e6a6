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

/** Open findings of the same feed, generator, resource and title as records whose id is new, the oldest first. */
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
           FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
             AS k(item, account_id, source, product, control, region, resource_id, title)
           JOIN finding f ON f.account_id = k.account_id AND f.region = k.region AND f.resource_id = k.resource_id AND f.class = 'posture'
             AND f.status IN ('new', 'acknowledged', 'in_progress')
           WHERE EXISTS (
             SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.source = k.source AND s.product = k.product
               AND s.present AND coalesce(s.own_control, s.control) = k.control AND s.title = k.title)
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

/**
 * Which failed records that are not stored yet a newer pass under another record id proves wrong: of the same feed, check and problem,
 * or of the same title and resource where the tool names no check. With since when, and the finding that the pass is of.
 */
export async function passedSince(
  _access: Access<'imports:write'>,
  client: PoolClient,
  observedAt: Date,
  failures: readonly IncomingOutcome[],
): Promise<{ item: number; findingId: string; passedAt: Date }[]> {
  if (failures.length === 0) return []
  const { rows } = await client.query<{ item: number; findingId: string; passedAt: Date }>({
    name: 'passed-since',
    text: `WITH k AS MATERIALIZED (
             SELECT k.* FROM unnest($1::int[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
                 $9::boolean[], $10::text[], $11::text[], $12::text[])
               AS k(item, account_id, finding_id, source, product, control, package_name, updated_at, by_record, title, region, resource_id)
             JOIN feed d ON d.account_id = k.account_id AND d.source = k.source AND d.product = k.product AND d.last_at > $13),
           pass AS (
             SELECT k.item, s.* FROM k JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.finding_id
               LEFT JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
             WHERE NOT k.by_record AND coalesce(s.package_name, f.package_name, k.package_name) = k.package_name
             UNION ALL
             SELECT k.item, s.* FROM k JOIN finding f ON f.account_id = k.account_id AND f.region = k.region AND f.resource_id = k.resource_id
               JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id
             WHERE k.by_record AND s.by_record AND s.title = k.title)
           SELECT DISTINCT ON (k.item) k.item::int AS item, replace(s.finding_id::text, '-', '') AS "findingId", s.observed_at AS "passedAt"
           FROM k JOIN pass s ON s.item = k.item AND s.source = k.source AND s.product = k.product AND coalesce(s.own_control, s.control) = k.control
           WHERE s.present AND s.result = 'passed' AND s.observed_at > $13 AND coalesce(s.record_updated_at >= k.updated_at, true)
           ORDER BY k.item, s.observed_at, s.id`,
    values: [
      failures.map((_, at) => at),
      failures.map(({ outcome }) => outcome.accountId),
      failures.map(({ findingId }) => findingId),
      failures.map(({ outcome }) => outcome.source),
      failures.map(({ outcome }) => outcome.product),
      failures.map(({ outcome }) => outcome.control),
      failures.map(({ outcome }) => outcome.packageName),
      failures.map(({ outcome }) => outcome.updatedAt),
      failures.map(({ outcome }) => outcome.byRecord ?? false),
      failures.map(({ outcome }) => outcome.title),
      failures.map(({ problem }) => problem.region),
      failures.map(({ problem }) => problem.resourceId),
      observedAt,
    ],
  })
  return rows
}
