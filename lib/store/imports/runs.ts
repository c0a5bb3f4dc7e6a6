import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import type { AbsentReason } from '../../domain/feeds/closing'
import { CsvMapping } from '../../domain/imports/csv-mapping'
import type { Coverage } from '../../domain/imports/import'
import type { SourceId } from '../../domain/imports/outcome'
import type { Reject } from '../../domain/imports/reject'
import { maxKeptRejects } from '../../domain/imports/views'
import { Prisma } from '../../generated/prisma/client'
import { payloadIdSql } from '../../sql/imports/payload'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { holderSql, laneSql } from './hold'
import { pauseSql } from './queue'

const { raw, sql } = Prisma

/** After so many starts without progress other reports go first. Each start may have been killed together with its worker. */
const STARTS_IN_TURN = 10

/** An import as its run sees it. */
export interface ImportTask {
  id: number
  state: 'queued' | 'running'
  source: SourceId | null
  /** The account of records that name none. */
  account: string | null
  /** The CSV mapping as it was when the report was sent. */
  mapping: CsvMapping | null
  coverage: Coverage
  observedAt: Date
  /** When the report arrived. */
  arrivedAt: Date
  /** The Region of records that name none, as given by the sender. */
  region: string | null
  /** The import that this one confirms; null for none. */
  confirms: number | null
  /** The import that stores the bytes: another one if this one confirms or retries it. */
  payloadId: number
  /** Accounts that the sender may write; null for every account. */
  allowed: string[] | null
  /** Sources that the sender may write; null for every source. */
  allowedSources: string[] | null
  /** Whether the sender may close findings. */
  mayClose: boolean
  /** Whether Hinomi itself collected it. */
  isCollected: boolean
  /** Whether it contains events that somebody sent. */
  isPushed: boolean
  /** Records whose effects are committed. */
  checkpoint: number
  /** The backend that held the import when the run began; null if none did. See requireHold. */
  holder: string | null
  /** The accounts that it may write; null if they were unknown when the run began, or nobody holds the import. */
  lane: string[] | null
}

/**
 * Starts or resumes an import; null if it has ended. Counts the start unless a full or read-only disk interrupted the
 * last one. After many starts without progress other imports go first until a pause is over.
 */
export async function startRun(
  _job: JobAccess,
  id: number,
  { counted = true }: { counted?: boolean } = {},
): Promise<ImportTask | null> {
  const attempts = sql`attempts + ${counted ? 1 : 0}::int`
  const at = now()
  const rows = await runIn<{
    id: number
    state: 'queued' | 'running'
    source: SourceId | null
    account_id: string | null
    mapping: unknown
    coverage: Coverage
    observed_at: Date
    arrived_at: Date
    region: string | null
    confirms_id: number | null
    payload_id: number
    allowed: string[]
    limited: boolean
    allowed_sources: string[]
    may_close: boolean
    is_collected: boolean
    is_pushed: boolean
    checkpoint: number
    holder: string | null
    lane: string[] | null
  }>(
    pool(),
    sql`UPDATE import i SET state = 'running', started_at = coalesce(started_at, ${at}), attempts = ${attempts},
        waits_for = CASE WHEN ${attempts} > ${STARTS_IN_TURN} THEN 'error' ELSE waits_for END,
        retry_at = CASE WHEN ${attempts} > ${STARTS_IN_TURN}
          THEN ${at}::timestamptz + ${pauseSql(sql`${attempts} - ${STARTS_IN_TURN + 1}`)} ELSE retry_at END
      WHERE id = ${id} AND state IN ('queued', 'running')
      RETURNING id, state, source, account_id, mapping, coverage, observed_at, allowed, limited,
        coalesce(allowed_sources, '{}') AS allowed_sources, coalesce(may_close, true) AS may_close,
        origin = 'collector' AS is_collected, origin = 'events' AS is_pushed, checkpoint, region, confirms_id,
        ${raw(payloadIdSql('i'))} AS payload_id, (${raw(holderSql('i.id'))}) AS holder, ${raw(laneSql('i'))} AS lane,
        coalesce((SELECT c.created_at FROM import c WHERE c.id = ${raw(payloadIdSql('i'))}), i.created_at) AS arrived_at`,
  )
  const row = rows[0]
  if (!row) return null
  return {
    id: row.id,
    state: row.state,
    source: row.source,
    account: row.account_id,
    mapping: row.mapping === null ? null : CsvMapping.parse(row.mapping),
    coverage: row.coverage,
    observedAt: row.observed_at,
    arrivedAt: row.arrived_at,
    region: row.region,
    confirms: row.confirms_id,
    payloadId: row.payload_id,
    allowed: row.limited ? row.allowed : null,
    allowedSources: row.allowed_sources.length > 0 ? row.allowed_sources : null,
    mayClose: row.may_close,
    isCollected: row.is_collected,
    isPushed: row.is_pushed,
    checkpoint: row.checkpoint,
    holder: row.holder,
    lane: row.holder === null ? null : row.lane,
  }
}

export interface Progress {
  /** The checkpoint before this batch. */
  behind: number
  checkpoint: number
  bytesRead: number
  read: number
  accepted: number
  rejected: number
  created: number
  updated: number
  reopened: number
  resolved: number
  resolvedSeen: number
  passed: number
  notAvailable: number
  older: number
  repeated: number
  clockAhead: number
  withheld: number
}

/** A commit is progress: the run no longer waits, and earlier interruptions no longer count. */
const PROGRESSED = sql`attempts = 1, failures = NULL, waits_for = NULL, retry_at = NULL`

/** Thrown if another run has taken over the import. The transaction is rolled back. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver'
}

/**
 * Adds a batch to the counts, in the transaction of the batch, so that a resumed run starts exactly after it. Throws
 * TakenOver if another worker has continued the import, which happens when this run's connection broke.
 */
export async function saveProgress(
  _job: JobAccess,
  tx: Tx,
  id: number,
  progress: Progress,
  rejects: readonly ({ index: number } & Reject)[],
): Promise<void> {
  const { accepted, created, updated } = progress
  const [saved] = await runIn<{ rejected: number }>(
    tx,
    sql`UPDATE import SET checkpoint = ${progress.checkpoint}, bytes_read = ${progress.bytesRead}, read = read + ${progress.read},
        accepted = accepted + ${accepted}, rejected = rejected + ${progress.rejected}, created = created + ${created},
        updated = updated + ${updated}, reopened = reopened + ${progress.reopened}, resolved = resolved + ${progress.resolved},
        resolved_seen = resolved_seen + ${progress.resolvedSeen}, passed = passed + ${progress.passed}, ${PROGRESSED},
        not_available = not_available + ${progress.notAvailable}, older = older + ${progress.older},
        repeated = repeated + ${progress.repeated}, clock_ahead = clock_ahead + ${progress.clockAhead},
        withheld = coalesce(withheld, 0) + ${progress.withheld}
      WHERE id = ${id} AND checkpoint = ${progress.behind} AND state = 'running' RETURNING rejected`,
    'save-progress',
  )
  if (!saved) throw new TakenOver(`import ${id} went on without this run`)
  const before = saved.rejected - rejects.length
  const kept = rejects.slice(0, Math.max(0, maxKeptRejects - before))
  if (kept.length === 0) return
  const lines = JSON.stringify(kept.map(({ index, code, params }) => ({ index, code, params })))
  await executeIn(
    tx,
    sql`INSERT INTO import_reject (import_id, index, code, params)
      SELECT ${id}::int, r.index, r.code, r.params
      FROM jsonb_to_recordset(${lines}::jsonb) AS r(index int, code text, params jsonb)`,
  )
}

/** Adds findings that were closed as absent, in the transaction that closes them. Throws as saveProgress does. */
export async function saveClosed(_job: JobAccess, tx: Tx, id: number, resolved: number): Promise<void> {
  const saved = await executeIn(
    tx,
    sql`UPDATE import SET resolved = resolved + ${resolved}, ${PROGRESSED} WHERE id = ${id} AND state = 'running'`,
  )
  if (saved !== 1) throw new TakenOver(`import ${id} was ended without this run`)
}

/** Findings that a complete report lacks but did not close, and why; or that it closed nothing of an account. */
export interface HeldBack {
  accountId: string | null
  source: SourceId | null
  product: string | null
  reason: 'rejects' | 'older' | AbsentReason
  /** The number of findings that stay open, and of their checks and services. */
  findings: number
  checks: number
  services: number
  places: { service: string; region: string; findings: number }[]
}

/** Ends a run: done, or failed with an error. `reported` is the number of findings that the document names. */
export async function finishRun(
  _job: JobAccess,
  tx: Tx,
  id: number,
  end: {
    error: Reject | null
    reported: number
    accounts: string[]
    sources: string[]
    heldBack: HeldBack[]
    bytesRead: number
  },
): Promise<void> {
  const saved = await executeIn(
    tx,
    sql`UPDATE import SET state = ${end.error ? 'failed' : 'done'}, error = ${end.error && JSON.stringify(end.error)},
        finished_at = ${now()}, accounts = ${end.accounts}, sources = ${end.sources}, held_back = ${JSON.stringify(end.heldBack)},
        bytes_read = ${end.bytesRead}, ${PROGRESSED},
        unchanged = greatest(0, ${end.reported} - created - updated - reopened - resolved_seen)
      WHERE id = ${id} AND state = 'running'`,
  )
  if (saved !== 1) throw new TakenOver(`import ${id} was ended without this run`)
  await noteRefusedSender(tx, id)
}

/**
 * Records of a source or an account that a token may not send count as a refused use of the token, recorded at most
 * once a minute. Skips a token that another import is updating.
 */
async function noteRefusedSender(tx: Tx, id: number): Promise<void> {
  const at = new Date()
  await executeIn(
    tx,
    sql`UPDATE api_token t SET refused_at = ${at}, refused_reason = CASE r.code WHEN 'source_not_allowed' THEN 'source' ELSE 'accounts' END
      FROM (SELECT k.id FROM api_token k JOIN import i ON i.actor_kind = 'token' AND k.id::text = i.actor_id
        WHERE i.id = ${id} AND (k.refused_at IS NULL OR k.refused_at < ${at}::timestamptz - interval '1 minute')
        FOR NO KEY UPDATE OF k SKIP LOCKED) AS sender
      CROSS JOIN (SELECT code FROM import_reject
        WHERE import_id = ${id} AND code IN ('source_not_allowed', 'account_not_allowed') ORDER BY index LIMIT 1) AS r
      WHERE t.id = sender.id`,
  )
}
