import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import type { StoredSighting } from '../../domain/findings/lifecycle'
import { severityRank } from '../../domain/findings/severity'
import type { Problem } from '../../domain/identity/equivalence'
import { unprovenHash } from '../../domain/identity/identity'
import { type RowKey, sightingKey } from '../../domain/identity/keys'
import type { Outcome, Result, SourceId } from '../../domain/imports/outcome'
import { copyRows } from '../../sql/copy'
import { clearAbsent } from './absent'
import { COLUMNS, type SightingWrite, toSightingRow, type WritingRun } from './rows'

/** An outcome on its way into the database, with its computed ids and where its record lies in the payload. */
export interface IncomingOutcome {
  outcome: Outcome
  /** What it is about, under the names that all tools share. */
  problem: Problem
  sightingId: string
  findingId: string
  contentHash: bigint
  /** See RecordStamp; null where the same bytes may say something else another time. */
  recordHash: bigint | null
  rawOffset: number
  rawLength: number
  /** Its check and Region, as its source names them. */
  place: { control: string; region: string; ownRegion: string; hash: number }
  /** Whether it was dated after its arrival. */
  clockAhead: boolean
  /** Whether the document spoke of the same sighting before. */
  again: boolean
  /** Whether it told before, under whatever name, of the problem that the finding is. */
  findingReported: boolean
}

export interface KnownSighting extends StoredSighting {
  findingId: string
  byRecord: boolean
  severity: number
}

/** What is stored of the given sightings. Ids are 32 hexadecimal digits. */
export async function knownSightings(
  _job: JobAccess,
  client: PoolClient,
  items: readonly IncomingOutcome[],
): Promise<Map<RowKey<'sighting'>, KnownSighting>> {
  if (items.length === 0) return new Map()
  const { rows } = await client.query<{
    account_id: string
    id: string
    finding_id: string
    content_hash: string
    result: Result
    present: boolean
    observed_at: Date
    record_updated_at: Date | null
    gone_at: Date | null
    by_record: boolean
    unproven: boolean
    severity: number
  }>({
    name: 'known-sightings',
    text: `SELECT s.account_id, s.id, s.finding_id, s.content_hash, s.result, s.present, s.observed_at, s.record_updated_at, s.gone_at, s.by_record, s.unproven, s.severity
           FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id)
           JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id`,
    values: [items.map(item => item.outcome.accountId), items.map(item => item.sightingId)],
  })
  return new Map(
    rows.map(row => [
      sightingKey(row.account_id, row.id.replaceAll('-', '')),
      {
        findingId: row.finding_id.replaceAll('-', ''),
        contentHash: BigInt(row.content_hash),
        result: row.result,
        present: row.present,
        observedAt: row.observed_at,
        recordUpdatedAt: row.record_updated_at,
        goneAt: row.gone_at,
        byRecord: row.by_record,
        unproven: row.unproven,
        severity: row.severity,
      },
    ]),
  )
}

/** Of the given accounts those of which nothing is stored yet. The caller holds their locks. */
export async function blankAccounts(_job: JobAccess, client: PoolClient, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'blank-accounts',
    text: `SELECT id FROM unnest($1::text[]) AS k(id)
           WHERE NOT EXISTS (SELECT FROM sighting s WHERE s.account_id = k.id)
             AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = k.id)`,
    values: [ids],
  })
  return rows.map(row => row.id)
}

/** Columns that a passed check leaves empty. */
const TOLD: ReadonlySet<string> = new Set(['description', 'remediation_text', 'remediation_url'])

/** Adds sightings that are not stored yet. The caller holds the lock of their accounts. */
export async function addSightings(
  _job: JobAccess,
  client: PoolClient,
  run: WritingRun,
  writes: readonly SightingWrite[],
): Promise<void> {
  await copyRows(client, `sighting (${COLUMNS.join(', ')})`, writes, write => toSightingRow(write, run))
}

/** Replaces stored sightings by what the source says now. */
export async function replaceSightings(
  access: JobAccess,
  client: PoolClient,
  run: WritingRun,
  writes: readonly SightingWrite[],
): Promise<void> {
  if (writes.length === 0) return
  await client.query('CREATE TEMP TABLE IF NOT EXISTS sighting_in (LIKE sighting) ON COMMIT DELETE ROWS')
  await copyRows(client, `sighting_in (${COLUMNS.join(', ')})`, writes, write => toSightingRow(write, run))
  const assignments = COLUMNS.slice(2).map(column => {
    // What a check said of the problem stays readable after it passes: a resolved finding is looked at too.
    if (TOLD.has(column)) return `${column} = CASE WHEN i.result = 'passed' THEN s.${column} ELSE i.${column} END`
    // Security Hub reports a passed control as informational, whatever its severity: the last one that was reported stays.
    if (column === 'severity')
      return `severity = CASE WHEN i.result = 'passed' AND i.severity = 1 THEN s.severity ELSE i.severity END`
    // Rules look at tags: those that a sender who may close told of stay.
    if (column === 'tags') return 'tags = CASE WHEN i.unproven THEN s.tags ELSE i.tags END'
    return `${column} = i.${column}`
  })
  await client.query(
    `UPDATE sighting s SET ${assignments.join(', ')}, gone_at = NULL FROM sighting_in i WHERE s.account_id = i.account_id AND s.id = i.id`,
  )
  await client.query('DELETE FROM sighting_in')
  const sightings = writes.map(({ item }) => ({ accountId: item.outcome.accountId, id: item.sightingId }))
  await clearAbsent(access, client, run.observedAt, sightings)
}

/** Notes of stored sightings that their source said the same of them again, later. */
export async function confirmSightings(
  access: JobAccess,
  client: PoolClient,
  run: { observedAt: Date },
  items: readonly IncomingOutcome[],
): Promise<void> {
  if (items.length === 0) return
  await client.query({
    name: 'confirm-sightings',
    text: `UPDATE sighting s SET observed_at = greatest(s.observed_at, $4), record_updated_at = coalesce(k.updated_at, s.record_updated_at)
           FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS k(account_id, id, updated_at)
           WHERE s.account_id = k.account_id AND s.id = k.id`,
    values: [
      items.map(item => item.outcome.accountId),
      items.map(item => item.sightingId),
      items.map(item => item.outcome.updatedAt),
      run.observedAt,
    ],
  })
  const sightings = items.map(item => ({ accountId: item.outcome.accountId, id: item.sightingId }))
  await clearAbsent(access, client, run.observedAt, sightings)
}

/**
 * Raises the severity of stored sightings, and changes nothing else of them. Their content hash becomes that of no statement of a sender
 * who may close findings, so that the next one of such a sender is written.
 */
export async function raiseSightings(
  _job: JobAccess,
  client: PoolClient,
  items: readonly IncomingOutcome[],
): Promise<void> {
  if (items.length === 0) return
  await client.query({
    name: 'raise-sightings',
    text: `UPDATE sighting s SET severity = greatest(s.severity, k.severity), content_hash = k.content_hash, record_hash = NULL
           FROM unnest($1::text[], $2::uuid[], $3::smallint[], $4::bigint[]) AS k(account_id, id, severity, content_hash)
           WHERE s.account_id = k.account_id AND s.id = k.id`,
    values: [
      items.map(item => item.outcome.accountId),
      items.map(item => item.sightingId),
      items.map(item => severityRank(item.outcome.severity)),
      items.map(item => unprovenHash(item.contentHash)),
    ],
  })
}

/** One page of the ids of the present sightings of a feed in an account, in order: what a complete report is compared with. */
export async function presentSightings(
  _job: JobAccess,
  client: PoolClient,
  scope: { accountId: string; source: SourceId; product: string },
  after: string,
  limit: number,
): Promise<string[]> {
  // Ids alone, so that the index answers: nearly all of them are in the report.
  const { rows } = await client.query<{ id: string }>({
    name: 'present-sightings',
    text: `SELECT id FROM sighting WHERE account_id = $1 AND source = $2 AND product = $3 AND present AND id > $4
           ORDER BY id LIMIT $5`,
    values: [scope.accountId, scope.source, scope.product, after, limit],
  })
  return rows.map(row => row.id)
}

/** Marks sightings as gone since a time, and returns the findings that they belong to (32 hexadecimal digits each). */
export async function markGone(
  _job: JobAccess,
  client: PoolClient,
  accountId: string,
  ids: readonly string[],
  at: Date,
): Promise<string[]> {
  const { rows } = await client.query<{ finding_id: string }>({
    name: 'mark-gone',
    text: `UPDATE sighting SET present = false, gone_at = $3, absent_reason = NULL, absent_import_id = NULL, absent_since = NULL
           WHERE account_id = $1 AND id = ANY($2::uuid[]) AND present RETURNING finding_id`,
    values: [accountId, ids, at],
  })
  return [...new Set(rows.map(row => row.finding_id.replaceAll('-', '')))]
}

/** Notes of sightings that they were still so at a time. */
export async function markSeen(
  _job: JobAccess,
  client: PoolClient,
  accountId: string,
  ids: readonly string[],
  observedAt: Date,
): Promise<void> {
  await client.query({
    name: 'mark-seen',
    text: 'UPDATE sighting SET observed_at = $3 WHERE account_id = $1 AND id = ANY($2::uuid[]) AND observed_at < $3',
    values: [accountId, ids, observedAt],
  })
}
