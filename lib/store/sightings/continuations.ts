import 'server-only'
import type { JobAccess } from '../../access/proof'
import type { Problem } from '../../domain/controls/table'
import { feedKey, findingKey, type RowKey } from '../../domain/identity/keys'
import type { Outcome } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { findingOf, sightingsOf } from '../../sql/findings/fences'
import { openStatusSql } from '../../sql/findings/open'
import { runIn, type Tx } from '../../sql/transaction'
import type { IncomingOutcome } from './sightings'

const { raw, sql } = Prisma

/** A finding that a record may continue, with its sightings of the record's feed. Ids are 32 hexadecimal digits. */
export interface Candidate {
  item: IncomingOutcome
  findingId: string
  sightings: string[]
}

type Place = Pick<Problem, 'region' | 'resourceId'>
type Statement = Pick<Outcome, 'accountId' | 'source' | 'product' | 'control' | 'title'>

/** What a present sighting of a posture finding states. Ids are 32 hexadecimal digits. */
interface StoredStatement extends Statement, Place {
  findingId: string
  /** The sightings of its feed that the finding has. */
  sightings: string[]
  observedAt: Date
  updatedAt: Date | null
}

/** Equal for records that state the same of one resource, whatever ids their tool gives them. */
function statementOf({ accountId, source, product, control, title }: Statement, place: Place): string {
  return [accountId, source, product, control, place.region, place.resourceId, title].join('\u0000')
}

/**
 * Sightings with the statement of an item, by statementOf, oldest finding first. `condition` is about `finding f` and
 * `sighting s`.
 */
async function sameStatements(
  tx: Tx,
  items: readonly IncomingOutcome[],
  condition: Prisma.Sql,
): Promise<Map<string, StoredStatement[]>> {
  if (items.length === 0) return new Map()
  const titles = [...new Set(items.map(({ outcome }) => outcome.title))]
  const accounts = [...new Set(items.map(({ outcome }) => outcome.accountId))]
  const resources = [...new Set(items.map(({ problem }) => problem.resourceId))]
  // Unnamed, so that PostgreSQL knows the lists when it plans, and searches them by hash.
  const rows = await runIn<StoredStatement>(
    tx,
    sql`SELECT f.account_id AS "accountId", replace(f.id::text, '-', '') AS "findingId", f.region, f.resource_id AS "resourceId",
        s.source, s.product, coalesce(s.own_control, s.control) AS control, s.title, s.observed_at AS "observedAt",
        s.record_updated_at AS "updatedAt",
        ARRAY(SELECT replace(o.id::text, '-', '') FROM ${raw(sightingsOf('f.account_id', 'f.id'))} o
          WHERE o.present AND o.source = s.source AND o.product = s.product) AS sightings
      FROM finding f CROSS JOIN LATERAL ${raw(sightingsOf('f.account_id', 'f.id'))} s
      WHERE s.present AND s.title = ANY(${titles}::text[]) AND f.account_id = ANY(${accounts}::text[])
        AND f.resource_id = ANY(${resources}::text[]) AND f.class = 'posture' AND ${condition}
      ORDER BY f.first_seen_at, f.id, s.observed_at, s.id`,
  )
  const statements = new Map<string, StoredStatement[]>()
  for (const row of rows) {
    const key = statementOf(row, row)
    const known = statements.get(key)
    if (known) known.push(row)
    else statements.set(key, [row])
  }
  return statements
}

/** Open findings with the feed, generator, resource and title of records whose id is new, oldest first. */
export async function continuable(_job: JobAccess, tx: Tx, items: readonly IncomingOutcome[]): Promise<Candidate[]> {
  const statements = await sameStatements(tx, items, sql`f.status IN (${openStatusSql})`)
  return items.flatMap(item => {
    const found = statements.get(statementOf(item.outcome, item.problem)) ?? []
    return found.map(({ findingId, sightings }) => ({ item, findingId, sightings }))
  })
}

/**
 * The sighting that was observed first of each finding, by `account/finding`: it stays when an earlier version merged
 * too many.
 */
export async function firstSightings(
  _job: JobAccess,
  tx: Tx,
  findings: readonly { accountId: string; id: string }[],
): Promise<Map<RowKey<'finding'>, string>> {
  if (findings.length === 0) return new Map()
  const keys = { accounts: findings.map(each => each.accountId), ids: findings.map(each => each.id) }
  const rows = await runIn<{ accountId: string; findingId: string; id: string }>(
    tx,
    sql`SELECT DISTINCT ON (s.account_id, s.finding_id) s.account_id AS "accountId", replace(s.finding_id::text, '-', '') AS "findingId",
        replace(s.id::text, '-', '') AS id
      FROM unnest(${keys.accounts}::text[], ${keys.ids}::uuid[]) AS k(account_id, id)
      CROSS JOIN LATERAL ${raw(sightingsOf('k.account_id', 'k.id'))} s
      WHERE s.present ORDER BY s.account_id, s.finding_id, s.first_observed_at NULLS LAST, s.import_id, s.raw_offset, s.id`,
    'first-sightings',
  )
  return new Map(rows.map(row => [findingKey(row.accountId, row.findingId), row.id]))
}

/**
 * Failed sightings that a newer pass disproves: with its feed, check, resource and finding, another record id, and not
 * observed after the pass.
 */
export async function disprovedBy(
  _job: JobAccess,
  tx: Tx,
  observedAt: Date,
  passes: readonly IncomingOutcome[],
): Promise<{ accountId: string; findingId: string; id: string }[]> {
  if (passes.length === 0) return []
  const outcomes = passes.map(({ outcome }) => outcome)
  return runIn<{ accountId: string; findingId: string; id: string }>(
    tx,
    sql`SELECT DISTINCT s.account_id AS "accountId", replace(s.finding_id::text, '-', '') AS "findingId", replace(s.id::text, '-', '') AS id
      FROM unnest(${outcomes.map(each => each.accountId)}::text[], ${passes.map(({ findingId }) => findingId)}::uuid[],
          ${passes.map(({ sightingId }) => sightingId)}::uuid[], ${outcomes.map(each => each.source)}::text[],
          ${outcomes.map(each => each.product)}::text[], ${outcomes.map(each => each.control)}::text[],
          ${outcomes.map(each => each.packageName)}::text[], ${outcomes.map(each => each.updatedAt)}::timestamptz[])
        AS k(account_id, finding_id, id, source, product, control, package_name, updated_at)
      CROSS JOIN LATERAL ${raw(findingOf('k'))} f CROSS JOIN LATERAL ${raw(sightingsOf('k.account_id', 'k.finding_id'))} s
      WHERE s.present AND s.source = k.source AND s.product = k.product AND coalesce(s.own_control, s.control) = k.control AND s.id <> k.id
        AND s.result = 'failed' AND s.observed_at <= ${observedAt}
        AND coalesce(s.record_updated_at <= k.updated_at, true) AND coalesce(s.package_name, f.package_name) = k.package_name`,
    'disproved-by',
  )
}

/** A newer pass of a failed record: its time, and the finding of its sighting. */
export interface Passed {
  findingId: string
  passedAt: Date
}

/**
 * Failed records that are not stored yet and that a newer pass under another record id disproves: with the same feed,
 * check and finding, or the same title and resource if the tool names no check.
 */
export async function passedSince(
  _job: JobAccess,
  tx: Tx,
  observedAt: Date,
  failures: readonly IncomingOutcome[],
): Promise<Map<IncomingOutcome, Passed>> {
  const older = await ofLaterFeeds(tx, observedAt, failures)
  const passed = await passedChecks(
    tx,
    observedAt,
    older.filter(({ outcome }) => !outcome.byRecord),
  )
  const withoutCheck = older.filter(({ outcome }) => outcome.byRecord)
  const passes = await sameStatements(tx, withoutCheck, sql`s.by_record AND s.result = 'passed' AND NOT s.unproven`)
  for (const item of withoutCheck) {
    const { updatedAt } = item.outcome
    const [first] = (passes.get(statementOf(item.outcome, item.problem)) ?? [])
      .filter(pass => pass.observedAt > observedAt && !(updatedAt && pass.updatedAt && pass.updatedAt < updatedAt))
      .sort((a, b) => a.observedAt.getTime() - b.observedAt.getTime())
    if (first) passed.set(item, { findingId: first.findingId, passedAt: first.observedAt })
  }
  return passed
}

/** The records of feeds that already have a newer report. */
async function ofLaterFeeds(tx: Tx, observedAt: Date, items: readonly IncomingOutcome[]): Promise<IncomingOutcome[]> {
  const feeds = [...new Map(items.map(({ outcome }) => [feedKey(outcome), outcome])).values()]
  if (feeds.length === 0) return []
  const rows = await runIn<Pick<Outcome, 'accountId' | 'source' | 'product'>>(
    tx,
    sql`SELECT d.account_id AS "accountId", d.source, d.product
      FROM unnest(${feeds.map(feed => feed.accountId)}::text[], ${feeds.map(feed => feed.source)}::text[],
        ${feeds.map(feed => feed.product)}::text[]) AS k(account_id, source, product)
      JOIN feed d ON d.account_id = k.account_id AND d.source = k.source AND d.product = k.product WHERE d.last_at > ${observedAt}`,
    'later-feeds',
  )
  const later = new Set(rows.map(feedKey))
  return items.filter(({ outcome }) => later.has(feedKey(outcome)))
}

/** Newer passes of records whose tool names its checks. */
async function passedChecks(
  tx: Tx,
  observedAt: Date,
  failures: readonly IncomingOutcome[],
): Promise<Map<IncomingOutcome, Passed>> {
  if (failures.length === 0) return new Map()
  const outcomes = failures.map(({ outcome }) => outcome)
  const rows = await runIn<Passed & { item: number }>(
    tx,
    sql`SELECT DISTINCT ON (k.item) k.item::int AS item, replace(s.finding_id::text, '-', '') AS "findingId", s.observed_at AS "passedAt"
      FROM unnest(${failures.map((_, at) => at)}::int[], ${outcomes.map(each => each.accountId)}::text[],
          ${failures.map(({ findingId }) => findingId)}::uuid[], ${outcomes.map(each => each.source)}::text[],
          ${outcomes.map(each => each.product)}::text[], ${outcomes.map(each => each.control)}::text[],
          ${outcomes.map(each => each.packageName)}::text[], ${outcomes.map(each => each.updatedAt)}::timestamptz[])
        AS k(item, account_id, finding_id, source, product, control, package_name, updated_at)
      CROSS JOIN LATERAL ${raw(sightingsOf('k.account_id', 'k.finding_id'))} s LEFT JOIN LATERAL ${raw(findingOf('s'))} f ON true
      WHERE s.present AND s.source = k.source AND s.product = k.product AND coalesce(s.own_control, s.control) = k.control
        AND s.result = 'passed' AND NOT s.unproven AND s.observed_at > ${observedAt}
        AND coalesce(s.record_updated_at >= k.updated_at, true)
        AND coalesce(s.package_name, f.package_name, k.package_name) = k.package_name
      ORDER BY k.item, s.observed_at, s.id`,
    'passed-checks',
  )
  const passed = new Map<IncomingOutcome, Passed>()
  for (const { item: at, ...pass } of rows) {
    const item = failures[at]
    if (item) passed.set(item, pass)
  }
  return passed
}
