import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import type { Problem } from '../../domain/identity/equivalence'
import { feedKey, findingKey, type RowKey } from '../../domain/identity/keys'
import type { Outcome } from '../../domain/imports/outcome'
import { findingOf, sightingsOf } from '../../sql/findings/fences'
import { openStatusText } from '../../sql/findings/open'
import type { IncomingOutcome } from './sightings'

/** A finding that a record may go on with, and the sightings of the record's feed that it has. Ids are 32 hexadecimal digits. */
export interface Candidate {
  item: IncomingOutcome
  findingId: string
  sightings: string[]
}

type Place = Pick<Problem, 'region' | 'resourceId'>
type Statement = Pick<Outcome, 'accountId' | 'source' | 'product' | 'control' | 'title'>

/** A present sighting of a posture finding, as far as it says what it is about. Ids are 32 hexadecimal digits. */
interface Said extends Statement, Place {
  findingId: string
  /** The sightings of its feed that the finding has. */
  sightings: string[]
  observedAt: Date
  updatedAt: Date | null
}

/** Equal for records that say the same of one thing, whatever ids their tool gives them. */
function statementOf({ accountId, source, product, control, title }: Statement, place: Place): string {
  return [accountId, source, product, control, place.region, place.resourceId, title].join('\u0000')
}

/**
 * Sightings that say the same as one of the items, by statementOf, those of the oldest finding first. `condition` is SQL about the
 * finding `f` and the sighting `s`.
 */
async function sayingTheSame(
  client: PoolClient,
  items: readonly IncomingOutcome[],
  condition: string,
): Promise<Map<string, Said[]>> {
  if (items.length === 0) return new Map()
  // Unnamed, so that PostgreSQL knows the lists, and looks in them by hash.
  const { rows } = await client.query<Said>(
    `SELECT f.account_id AS "accountId", replace(f.id::text, '-', '') AS "findingId", f.region, f.resource_id AS "resourceId", s.source, s.product,
       coalesce(s.own_control, s.control) AS control, s.title, s.observed_at AS "observedAt", s.record_updated_at AS "updatedAt",
       ARRAY(SELECT replace(o.id::text, '-', '') FROM ${sightingsOf('f.account_id', 'f.id')} o
             WHERE o.present AND o.source = s.source AND o.product = s.product) AS sightings
     FROM finding f CROSS JOIN LATERAL ${sightingsOf('f.account_id', 'f.id')} s
     WHERE s.present AND s.title = ANY($3::text[]) AND f.account_id = ANY($1::text[]) AND f.resource_id = ANY($2::text[]) AND f.class = 'posture' AND ${condition}
     ORDER BY f.first_seen_at, f.id, s.observed_at, s.id`,
    [
      [...new Set(items.map(({ outcome }) => outcome.accountId))],
      [...new Set(items.map(({ problem }) => problem.resourceId))],
      [...new Set(items.map(({ outcome }) => outcome.title))],
    ],
  )
  const said = new Map<string, Said[]>()
  for (const row of rows) {
    const key = statementOf(row, row)
    const known = said.get(key)
    if (known) known.push(row)
    else said.set(key, [row])
  }
  return said
}

/** Open findings of the same feed, generator, resource and title as records whose id is new, the oldest first. */
export async function continuable(
  _job: JobAccess,
  client: PoolClient,
  items: readonly IncomingOutcome[],
): Promise<Candidate[]> {
  const said = await sayingTheSame(client, items, `f.status IN (${openStatusText})`)
  return items.flatMap(item => {
    const found = said.get(statementOf(item.outcome, item.problem)) ?? []
    return found.map(({ findingId, sightings }) => ({ item, findingId, sightings }))
  })
}

/**
 * Which sighting stays where it is of those that an earlier version took for one problem: the one that was observed first, by
 * finding.
 */
export async function firstSightings(
  _job: JobAccess,
  client: PoolClient,
  findings: readonly { accountId: string; id: string }[],
): Promise<Map<RowKey<'finding'>, string>> {
  if (findings.length === 0) return new Map()
  const { rows } = await client.query<{ accountId: string; findingId: string; id: string }>({
    name: 'first-sightings',
    text: `SELECT DISTINCT ON (s.account_id, s.finding_id) s.account_id AS "accountId", replace(s.finding_id::text, '-', '') AS "findingId", replace(s.id::text, '-', '') AS id
           FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id) CROSS JOIN LATERAL ${sightingsOf('k.account_id', 'k.id')} s
           WHERE s.present ORDER BY s.account_id, s.finding_id, s.first_observed_at NULLS LAST, s.import_id, s.raw_offset, s.id`,
    values: [findings.map(each => each.accountId), findings.map(each => each.id)],
  })
  return new Map(rows.map(row => [findingKey(row.accountId, row.findingId), row.id]))
}

/**
 * Present sightings that a newer pass proves wrong: of the same feed, check, resource and problem under another record id, and no later
 * than the pass.
 */
export async function disprovedBy(
  _job: JobAccess,
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
           CROSS JOIN LATERAL ${findingOf('k')} f CROSS JOIN LATERAL ${sightingsOf('k.account_id', 'k.finding_id')} s
           WHERE s.present AND s.source = k.source AND s.product = k.product AND coalesce(s.own_control, s.control) = k.control AND s.id <> k.id
             AND s.result = 'failed' AND s.observed_at <= $9
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

/** Since when a newer report calls a problem passed, and the finding that its record is of. */
export interface Passed {
  findingId: string
  passedAt: Date
}

/**
 * Which failed records that are not stored yet a newer pass under another record id proves wrong: of the same feed, check and problem,
 * or of the same title and resource where the tool names no check.
 */
export async function passedSince(
  _job: JobAccess,
  client: PoolClient,
  observedAt: Date,
  failures: readonly IncomingOutcome[],
): Promise<Map<IncomingOutcome, Passed>> {
  const late = await ofLaterFeeds(client, observedAt, failures)
  const passed = await passedChecks(
    client,
    observedAt,
    late.filter(({ outcome }) => !outcome.byRecord),
  )
  const anew = late.filter(({ outcome }) => outcome.byRecord)
  const said = await sayingTheSame(client, anew, `s.by_record AND s.result = 'passed' AND NOT s.unproven`)
  for (const item of anew) {
    const { updatedAt } = item.outcome
    const [first] = (said.get(statementOf(item.outcome, item.problem)) ?? [])
      .filter(pass => pass.observedAt > observedAt && !(updatedAt && pass.updatedAt && pass.updatedAt < updatedAt))
      .sort((a, b) => a.observedAt.getTime() - b.observedAt.getTime())
    if (first) passed.set(item, { findingId: first.findingId, passedAt: first.observedAt })
  }
  return passed
}

/** Records of feeds of which a report that was made later was read. */
async function ofLaterFeeds(
  client: PoolClient,
  observedAt: Date,
  items: readonly IncomingOutcome[],
): Promise<IncomingOutcome[]> {
  const feeds = [...new Map(items.map(({ outcome }) => [feedKey(outcome), outcome])).values()]
  if (feeds.length === 0) return []
  const { rows } = await client.query<Pick<Outcome, 'accountId' | 'source' | 'product'>>({
    name: 'later-feeds',
    text: `SELECT d.account_id AS "accountId", d.source, d.product FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, source, product)
           JOIN feed d ON d.account_id = k.account_id AND d.source = k.source AND d.product = k.product WHERE d.last_at > $4`,
    values: [
      feeds.map(feed => feed.accountId),
      feeds.map(feed => feed.source),
      feeds.map(feed => feed.product),
      observedAt,
    ],
  })
  const later = new Set(rows.map(feedKey))
  return items.filter(({ outcome }) => later.has(feedKey(outcome)))
}

/** The same for tools that name their checks. */
async function passedChecks(
  client: PoolClient,
  observedAt: Date,
  failures: readonly IncomingOutcome[],
): Promise<Map<IncomingOutcome, Passed>> {
  if (failures.length === 0) return new Map()
  const { rows } = await client.query<Passed & { item: number }>({
    name: 'passed-checks',
    text: `SELECT DISTINCT ON (k.item) k.item::int AS item, replace(s.finding_id::text, '-', '') AS "findingId", s.observed_at AS "passedAt"
           FROM unnest($1::int[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
             AS k(item, account_id, finding_id, source, product, control, package_name, updated_at)
           CROSS JOIN LATERAL ${sightingsOf('k.account_id', 'k.finding_id')} s LEFT JOIN LATERAL ${findingOf('s')} f ON true
           WHERE s.present AND s.source = k.source AND s.product = k.product AND coalesce(s.own_control, s.control) = k.control AND s.result = 'passed' AND NOT s.unproven AND s.observed_at > $9 AND coalesce(s.record_updated_at >= k.updated_at, true)
             AND coalesce(s.package_name, f.package_name, k.package_name) = k.package_name
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
      observedAt,
    ],
  })
  const passed = new Map<IncomingOutcome, Passed>()
  for (const { item: at, ...pass } of rows) {
    const item = failures[at]
    if (item) passed.set(item, pass)
  }
  return passed
}
