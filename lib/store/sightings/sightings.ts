import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import type { Problem } from '../../domain/controls/table'
import type { StoredSighting } from '../../domain/findings/judge'
import { severityRank } from '../../domain/findings/severity'
import { unprovenHash } from '../../domain/identity/identity'
import { type RowKey, sightingKey } from '../../domain/identity/keys'
import type { Outcome, Result, SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { copyRows } from '../../sql/copy'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { clearAbsent } from './absent'
import { COLUMNS, type SightingWrite, toSightingRow, type WritingRun } from './rows'

const { raw, sql } = Prisma

/** An outcome to be written, with its computed ids and the position of its record in the payload. */
export interface IncomingOutcome {
  outcome: Outcome
  /** Its identity in the names that all tools share. */
  problem: Problem
  sightingId: string
  findingId: string
  contentHash: bigint
  /** See RecordStamp; null if the same bytes may state something else another time. */
  recordHash: bigint | null
  rawOffset: number
  rawLength: number
  /** Its check and Region, as its source names them. */
  place: { control: string; region: string; ownRegion: string; hash: number }
  /** Whether its time is after its arrival. */
  clockAhead: boolean
  /** Whether the document had the same sighting before. */
  again: boolean
  /** Whether the document had the finding before, under any name. */
  findingReported: boolean
}

export interface KnownSighting extends StoredSighting {
  findingId: string
  byRecord: boolean
  severity: number
}

/** The stored state of the given sightings, by `account/sighting`. Ids are 32 hexadecimal digits. */
export async function knownSightings(
  _job: JobAccess,
  tx: Tx,
  items: readonly IncomingOutcome[],
): Promise<Map<RowKey<'sighting'>, KnownSighting>> {
  if (items.length === 0) return new Map()
  const rows = await runIn<{
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
  }>(
    tx,
    sql`SELECT s.account_id, s.id, s.finding_id, s.content_hash::text AS content_hash, s.result, s.present, s.observed_at,
        s.record_updated_at, s.gone_at, s.by_record, s.unproven, s.severity
      FROM unnest(${items.map(item => item.outcome.accountId)}::text[], ${items.map(item => item.sightingId)}::uuid[]) AS k(account_id, id)
      JOIN sighting s ON s.account_id = k.account_id AND s.id = k.id`,
    'known-sightings',
  )
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

/** Those of the given accounts that have no sightings and findings yet. The caller has locked them. */
export async function blankAccounts(_job: JobAccess, tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await runIn<{ id: string }>(
    tx,
    sql`SELECT id FROM unnest(${ids}::text[]) AS k(id)
      WHERE NOT EXISTS (SELECT FROM sighting s WHERE s.account_id = k.id)
        AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = k.id)`,
    'blank-accounts',
  )
  return rows.map(row => row.id)
}

/** Columns that a passed check leaves empty. */
const TEXTS: ReadonlySet<string> = new Set(['description', 'remediation_text', 'remediation_url', 'facts'])

/** The severity of passed checks of which nothing tells one: the commonest of controls. */
const UNRATED = 'medium'

/** Adds new sightings. The caller has locked their accounts. */
export async function addSightings(
  _job: JobAccess,
  client: PoolClient,
  run: WritingRun,
  writes: readonly SightingWrite[],
): Promise<void> {
  await copyRows(client, `sighting (${COLUMNS.join(', ')})`, writes, write => toSightingRow(write, run, UNRATED))
}

/** Replaces stored sightings by what their source reports now. */
export async function replaceSightings(
  access: JobAccess,
  client: PoolClient,
  run: WritingRun,
  writes: readonly SightingWrite[],
): Promise<void> {
  if (writes.length === 0) return
  await executeIn(client, sql`CREATE TEMP TABLE IF NOT EXISTS sighting_in (LIKE sighting) ON COMMIT DELETE ROWS`)
  await copyRows(client, `sighting_in (${COLUMNS.join(', ')})`, writes, write =>
    toSightingRow(write, run, 'informational'),
  )
  const assignments = COLUMNS.slice(2).map(column => {
    // The texts of a failed check are kept after it passes, since people read resolved findings too.
    if (TEXTS.has(column)) return `${column} = CASE WHEN i.result = 'passed' THEN s.${column} ELSE i.${column} END`
    // Security Hub reports a passed control as informational, whatever its severity: the last reported severity is
    // kept.
    if (column === 'severity')
      return `severity = CASE WHEN i.result = 'passed' AND i.severity = 1 THEN s.severity ELSE i.severity END`
    // Rules match tags, so only a sender who may close findings changes them.
    if (column === 'tags') return 'tags = CASE WHEN i.unproven THEN s.tags ELSE i.tags END'
    return `${column} = i.${column}`
  })
  await executeIn(
    client,
    sql`UPDATE sighting s SET ${raw(assignments.join(', '))}, gone_at = NULL FROM sighting_in i
      WHERE s.account_id = i.account_id AND s.id = i.id`,
  )
  await executeIn(client, sql`DELETE FROM sighting_in`)
  const sightings = writes.map(({ item }) => ({ accountId: item.outcome.accountId, id: item.sightingId }))
  await clearAbsent(access, client, run.observedAt, sightings)
}

/** Records that the source of stored sightings reported them again, unchanged. */
export async function confirmSightings(
  access: JobAccess,
  tx: Tx,
  run: { observedAt: Date },
  items: readonly IncomingOutcome[],
): Promise<void> {
  if (items.length === 0) return
  await executeIn(
    tx,
    sql`UPDATE sighting s SET observed_at = greatest(s.observed_at, ${run.observedAt}),
        record_updated_at = coalesce(k.updated_at, s.record_updated_at)
      FROM unnest(${items.map(item => item.outcome.accountId)}::text[], ${items.map(item => item.sightingId)}::uuid[],
        ${items.map(item => item.outcome.updatedAt)}::timestamptz[]) AS k(account_id, id, updated_at)
      WHERE s.account_id = k.account_id AND s.id = k.id`,
    'confirm-sightings',
  )
  const sightings = items.map(item => ({ accountId: item.outcome.accountId, id: item.sightingId }))
  await clearAbsent(access, tx, run.observedAt, sightings)
}

/**
 * Raises the severity of stored sightings and changes nothing else. Their content hash then matches no statement of a
 * sender who may close findings, so that the next one of such a sender is written.
 */
export async function raiseSightings(_job: JobAccess, tx: Tx, items: readonly IncomingOutcome[]): Promise<void> {
  if (items.length === 0) return
  const outcomes = items.map(item => item.outcome)
  await executeIn(
    tx,
    sql`UPDATE sighting s SET severity = greatest(s.severity, k.severity), content_hash = k.content_hash, record_hash = NULL
      FROM unnest(${outcomes.map(outcome => outcome.accountId)}::text[], ${items.map(item => item.sightingId)}::uuid[],
          ${outcomes.map(outcome => severityRank(outcome.severity))}::smallint[],
          ${items.map(item => unprovenHash(item.contentHash))}::bigint[])
        AS k(account_id, id, severity, content_hash)
      WHERE s.account_id = k.account_id AND s.id = k.id`,
    'raise-sightings',
  )
}

/**
 * One page of the ids of the present sightings of a feed in an account, in order, to compare with a complete report.
 */
export async function presentSightings(
  _job: JobAccess,
  tx: Tx,
  scope: { accountId: string; source: SourceId; product: string },
  after: string,
  limit: number,
): Promise<string[]> {
  // Only ids, so that the index answers: nearly all of them are in the report.
  const rows = await runIn<{ id: string }>(
    tx,
    sql`SELECT id FROM sighting
      WHERE account_id = ${scope.accountId} AND source = ${scope.source} AND product = ${scope.product} AND present AND id > ${after}
      ORDER BY id LIMIT ${limit}`,
    'present-sightings',
  )
  return rows.map(row => row.id)
}

/** Marks sightings as gone at a time. Returns the ids of their findings, 32 hexadecimal digits each. */
export async function markGone(
  _job: JobAccess,
  tx: Tx,
  accountId: string,
  ids: readonly string[],
  at: Date,
): Promise<string[]> {
  const rows = await runIn<{ finding_id: string }>(
    tx,
    sql`UPDATE sighting SET present = false, gone_at = ${at}, absent_reason = NULL, absent_import_id = NULL, absent_since = NULL
      WHERE account_id = ${accountId} AND id = ANY(${ids}::uuid[]) AND present RETURNING finding_id`,
    'mark-gone',
  )
  return [...new Set(rows.map(row => row.finding_id.replaceAll('-', '')))]
}

/** Records that sightings were still present at a time. */
export async function markSeen(
  _job: JobAccess,
  tx: Tx,
  accountId: string,
  ids: readonly string[],
  observedAt: Date,
): Promise<void> {
  await executeIn(
    tx,
    sql`UPDATE sighting SET observed_at = ${observedAt}
      WHERE account_id = ${accountId} AND id = ANY(${ids}::uuid[]) AND observed_at < ${observedAt}`,
    'mark-seen',
  )
}
