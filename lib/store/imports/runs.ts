import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import type { AbsentReason } from '../../domain/feeds/closing'
import { CsvMapping } from '../../domain/imports/csv-mapping'
import type { Coverage } from '../../domain/imports/import'
import type { SourceId } from '../../domain/imports/outcome'
import type { Reject } from '../../domain/imports/reject'
import { maxKeptRejects } from '../../domain/imports/views'
import { payloadIdSql } from '../../sql/imports/payload'
import { holderSql, laneSql } from './hold'
import { pauseSql } from './queue'

/** So often a report is started without progress before others go first. Each start may be the victim of a killed worker. */
const STARTS_IN_TURN = 10

/** An import as its run sees it. */
export interface ImportTask {
  id: number
  state: 'queued' | 'running'
  source: SourceId | null
  /** For records that name no account. */
  account: string | null
  /** The way to read it as CSV, as it was when it was sent. */
  mapping: CsvMapping | null
  coverage: Coverage
  observedAt: Date
  /** When the report arrived. */
  arrivedAt: Date
  /** The Region of records that name none, as the sender named it. */
  region: string | null
  /** The import of which a lead confirms what it closes; null for none. */
  confirms: number | null
  /** The import that holds the bytes: another one where this one confirms or retries it. */
  payloadId: number
  /** Accounts that the sender may write; null for every account. */
  allowed: string[] | null
  /** Sources that the sender may write; null for every source. */
  allowedSources: string[] | null
  /** Whether the sender may close findings. */
  mayClose: boolean
  /** Records whose effects are committed. */
  checkpoint: number
  /** The backend that held the import when the run began; null where none did. See requireHold. */
  holder: string | null
  /** The accounts that it may write; null where they were not known when the run began, or nobody holds it. */
  lane: string[] | null
}

/**
 * Starts or resumes an import; null where it is finished. A start is counted unless a full or read-only disk interrupted the one before: where the
 * worker dies in it, as it did in many before, others go first until the pause is over.
 */
export async function startRun(
  _job: JobAccess,
  id: number,
  { counted = true }: { counted?: boolean } = {},
): Promise<ImportTask | null> {
  const { rows } = await pool().query<{
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
    checkpoint: number
    holder: string | null
    lane: string[] | null
  }>(
    `UPDATE import i SET state = 'running', started_at = coalesce(started_at, $2), attempts = attempts + $3,
       waits_for = CASE WHEN attempts + $3 > ${STARTS_IN_TURN} THEN 'error' ELSE waits_for END,
       retry_at = CASE WHEN attempts + $3 > ${STARTS_IN_TURN}
         THEN $2::timestamptz + ${pauseSql(`attempts + $3 - ${STARTS_IN_TURN + 1}`)} ELSE retry_at END
     WHERE id = $1 AND state IN ('queued', 'running')
     RETURNING id, state, source, account_id, mapping, coverage, observed_at, allowed, limited, coalesce(allowed_sources, '{}') AS allowed_sources, coalesce(may_close, true) AS may_close, checkpoint, region, confirms_id, ${payloadIdSql('i')} AS payload_id,
       (${holderSql('i.id')}) AS holder, ${laneSql('i')} AS lane,
       coalesce((SELECT c.created_at FROM import c WHERE c.id = ${payloadIdSql('i')}), i.created_at) AS arrived_at`,
    [id, now(), counted ? 1 : 0],
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
    checkpoint: row.checkpoint,
    holder: row.holder,
    lane: row.holder === null ? null : row.lane,
  }
}

export interface Progress {
  /** The checkpoint that this batch starts behind. */
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

/** A commit is progress: the run waits for nothing, and what interrupted it before no longer counts. */
const PROGRESSED = 'attempts = 1, failures = NULL, waits_for = NULL, retry_at = NULL'

/** Thrown where a run is no longer the one that works on its import: what it was about to commit is rolled back. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver'
}

/**
 * Adds a committed batch to the counts, in the batch's own transaction: a resumed run starts exactly behind it. Throws where
 * another worker has gone on meanwhile, as can be when this one's connection broke and with it the hold of the import.
 */
export async function saveProgress(
  _job: JobAccess,
  client: PoolClient,
  id: number,
  progress: Progress,
  rejects: readonly ({ index: number } & Reject)[],
): Promise<void> {
  const { rows } = await client.query<{ rejected: number }>({
    name: 'save-progress',
    text: `UPDATE import SET checkpoint = $2, bytes_read = $3, read = read + $4, accepted = accepted + $5, rejected = rejected + $6,
             created = created + $7, updated = updated + $8, reopened = reopened + $9, resolved = resolved + $10,
             resolved_seen = resolved_seen + $11, passed = passed + $12, ${PROGRESSED}, not_available = not_available + $14, older = older + $15,
             repeated = repeated + $16, clock_ahead = clock_ahead + $17, withheld = coalesce(withheld, 0) + $18
           WHERE id = $1 AND checkpoint = $13 AND state = 'running' RETURNING rejected`,
    values: [
      id,
      progress.checkpoint,
      progress.bytesRead,
      progress.read,
      progress.accepted,
      progress.rejected,
      progress.created,
      progress.updated,
      progress.reopened,
      progress.resolved,
      progress.resolvedSeen,
      progress.passed,
      progress.behind,
      progress.notAvailable,
      progress.older,
      progress.repeated,
      progress.clockAhead,
      progress.withheld,
    ],
  })
  const [saved] = rows
  if (!saved) throw new TakenOver(`import ${id} went on without this run`)
  const before = saved.rejected - rejects.length
  const kept = rejects.slice(0, Math.max(0, maxKeptRejects - before))
  if (kept.length === 0) return
  await client.query(
    `INSERT INTO import_reject (import_id, index, code, params)
     SELECT $1, r.index, r.code, r.params FROM jsonb_to_recordset($2::jsonb) AS r(index int, code text, params jsonb)`,
    [id, JSON.stringify(kept.map(({ index, code, params }) => ({ index, code, params })))],
  )
}

/** Adds findings that were closed because they are absent, in the closing's own transaction. Throws as saveProgress does. */
export async function saveClosed(_job: JobAccess, client: PoolClient, id: number, resolved: number): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE import SET resolved = resolved + $2, ${PROGRESSED} WHERE id = $1 AND state = 'running'`,
    [id, resolved],
  )
  if (rowCount !== 1) throw new TakenOver(`import ${id} was ended without this run`)
}

/** What a complete report did not close although it lacks it, and why; or that it closed nothing of an account. */
export interface HeldBack {
  accountId: string | null
  source: SourceId | null
  product: string | null
  reason: 'rejects' | 'older' | AbsentReason
  /** Findings that stay open, and of how many checks and services. */
  findings: number
  checks: number
  services: number
  places: { service: string; region: string; findings: number }[]
}

/** Ends a run: done, or failed with what stopped it. `reported` is the number of findings that the document names. */
export async function finishRun(
  _job: JobAccess,
  client: PoolClient,
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
  const { rowCount } = await client.query(
    `UPDATE import SET state = $2, error = $3, finished_at = $4, accounts = $5, sources = $6, held_back = $7, bytes_read = $8, ${PROGRESSED},
       unchanged = greatest(0, $9 - created - updated - reopened - resolved_seen)
     WHERE id = $1 AND state = 'running'`,
    [
      id,
      end.error ? 'failed' : 'done',
      end.error ? JSON.stringify(end.error) : null,
      now(),
      end.accounts,
      end.sources,
      JSON.stringify(end.heldBack),
      end.bytesRead,
      end.reported,
    ],
  )
  if (rowCount !== 1) throw new TakenOver(`import ${id} was ended without this run`)
  await client.query(NOTE_REFUSED_SENDER, [id, new Date()])
}

/**
 * Records of sources or accounts that a token is not for are a refused use of it, noted at most once a minute as others are. Another
 * import of the same token that notes it at this moment is not waited for.
 */
const NOTE_REFUSED_SENDER = `
  UPDATE api_token t SET refused_at = $2, refused_reason = CASE r.code WHEN 'source_not_allowed' THEN 'source' ELSE 'accounts' END
  FROM (SELECT k.id FROM api_token k JOIN import i ON i.actor_kind = 'token' AND k.id::text = i.actor_id
    WHERE i.id = $1 AND (k.refused_at IS NULL OR k.refused_at < $2::timestamptz - interval '1 minute')
    FOR NO KEY UPDATE OF k SKIP LOCKED) AS sender
  CROSS JOIN (SELECT code FROM import_reject WHERE import_id = $1 AND code IN ('source_not_allowed', 'account_not_allowed')
    ORDER BY index LIMIT 1) AS r
  WHERE t.id = sender.id`
