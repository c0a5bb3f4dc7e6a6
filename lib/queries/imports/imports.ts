import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter, holds } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import type { Coverage, ImportState, WaitReason } from '../../domain/imports/import'
import type { SourceId } from '../../domain/imports/outcome'
import type { Reject, RejectCode } from '../../domain/imports/reject'
import type { HeldBackView, ImportCounts, ImportDetail, ImportRow } from '../../domain/imports/views'
import type { Page } from '../../domain/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { outages } from '../../outage'
import { confirmableSql } from '../../sql/imports/confirmable'
import { keptSql } from '../../sql/imports/payload'
import { read } from '../../sql/read'
import { decodeCursor, encodeCursor } from '../cursor'

const { sql } = Prisma
const pageSize = 50
const countedUpTo = 10_000
const shownRejects = 1_000

const Place = z.object({ import: z.int().positive() })

interface StoredImport extends ImportCounts {
  id: number
  state: ImportState
  source: SourceId | null
  sources: SourceId[] | null
  coverage: Coverage
  origin: ImportRow['origin']
  file_name: string | null
  size_bytes: string
  bytes_read: string
  accounts: AccountId[] | null
  actor_name: string
  observed_at: Date
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  error: Reject | null
  held_back: (Partial<HeldBackView> & Pick<HeldBackView, 'accountId' | 'source' | 'reason'>)[]
  confirms_id: number | null
  retries_id: number | null
  waiting: number
  waits_for: WaitReason | null
  retry_at: Date | null
}

/** The outage that a worker shows where it cannot be written to the import. */
const workersOutage = sql`(SELECT split_part(a.application_name, ':', 2) FROM pg_stat_activity a
  WHERE a.datname = current_database() AND a.application_name IN (${Prisma.join(outages.map(outage => `hinomi-worker:${outage}`))}) LIMIT 1)`

const columns = sql`i.id, i.state, i.source, i.sources, i.coverage, i.origin, i.file_name, i.size_bytes::text, i.bytes_read::text,
  i.accounts, i.actor_name, i.observed_at, i.created_at, i.started_at, i.finished_at, i.error, i.held_back, i.read, i.accepted,
  i.rejected, i.created, i.updated, i.unchanged, i.reopened, i.resolved, i.passed, coalesce(i.not_available, 0) AS "notAvailable",
  coalesce(i.older, 0) AS older, coalesce(i.repeated, 0) AS repeated, coalesce(i.clock_ahead, 0) AS "clockAhead", coalesce(i.withheld, 0) AS withheld, i.confirms_id, i.retries_id,
  i.retry_at, CASE WHEN i.state IN ('queued', 'running') THEN coalesce(i.waits_for, ${workersOutage}) END AS waits_for,
  (SELECT count(DISTINCT (f.account_id, f.id))::int FROM sighting s JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
   WHERE s.absent_import_id = i.id AND s.absent_reason = 'waiting' AND f.status <> 'resolved') AS waiting`

/** Imports, newest first, 50 a page. */
export async function listImports(access: Access<'imports:read'>, cursor: string | null): Promise<Page<ImportRow>> {
  const before = cursor === null ? 2 ** 31 - 1 : decodeCursor(cursor, Place).import
  const [found, counted] = await Promise.all([
    read<StoredImport>(sql`
      SELECT ${columns} FROM import i WHERE ${visible(access)} AND i.id < ${before}::bigint ORDER BY i.id DESC LIMIT ${pageSize + 1}`),
    read<{ n: number }>(sql`
      SELECT count(*)::int AS n FROM (SELECT 1 FROM import i WHERE ${visible(access)} LIMIT ${countedUpTo + 1}) AS visible`),
  ])
  const rows = found.slice(0, pageSize)
  const last = rows.at(-1)
  const n = counted[0]?.n ?? 0
  return {
    rows: rows.map(toImportRow),
    next: found.length > pageSize && last ? encodeCursor({ import: last.id }) : null,
    total: Math.min(n, countedUpTo),
    exact: n <= countedUpTo,
  }
}

/** So many of the newest imports are looked through for those of a source. */
const LOOKED_THROUGH = 5000

/** The newest imports with records of a source, among the last thousands. */
export async function importsOfSource(
  access: Access<'imports:read'>,
  source: SourceId,
  limit: number,
): Promise<ImportRow[]> {
  const rows = await read<StoredImport>(sql`
    SELECT ${columns} FROM import i WHERE ${visible(access)} AND i.id > (SELECT max(id) FROM import) - ${LOOKED_THROUGH}::int
      AND (i.source = ${source} OR ${source} = ANY(i.sources))
    ORDER BY i.id DESC LIMIT ${limit}`)
  return rows.map(toImportRow)
}

/**
 * One import, for a sender without imports:read only their own. With its first 1,000 rejects for its sender and readers who see every
 * account; `counts.rejected` is their total. Throws NotFoundError.
 */
export async function getImport(
  access: Access<'imports:read'> | Access<'imports:write'>,
  id: number,
): Promise<ImportDetail> {
  if (!Number.isInteger(id) || id < 1 || id > 2 ** 31 - 1) throw new NotFoundError()
  const own = sql`i.actor_kind = ${access.actor.kind} AND i.actor_id = ${access.actor.id}`
  const [row] = await read<
    StoredImport & {
      own: boolean
      inScope: boolean
      stored: boolean
      confirmable: boolean
      confirmedBy: ImportDetail['confirmedBy']
      retriedBy: ImportDetail['retriedBy']
    }
  >(
    sql`SELECT ${columns}, (${own}) AS own, (${accountsInScope(access)}) AS "inScope",
      ${Prisma.raw(keptSql('i'))} AS stored,
      ${Prisma.raw(confirmableSql('i'))} AS confirmable,
      (SELECT jsonb_build_object('id', c.id, 'actorName', c.actor_name) FROM import c
       WHERE c.confirms_id = i.id AND c.state <> 'failed' ORDER BY c.id DESC LIMIT 1) AS "confirmedBy",
      (SELECT jsonb_build_object('id', r.id, 'actorName', r.actor_name) FROM import r
       WHERE r.retries_id = coalesce(i.retries_id, i.id) AND r.id > i.id ORDER BY r.id LIMIT 1) AS "retriedBy"
      FROM import i WHERE i.id = ${id} AND ${visible(access)}`,
  )
  if (!row) throw new NotFoundError()
  const all = row.held_back.map(toHeldBack)
  const free = row.state === 'done' && row.confirms_id === null && row.stored && row.inScope && !row.confirmedBy
  const detail = {
    ...toImportRow(row),
    confirmsId: row.confirms_id,
    confirmedBy: row.confirmedBy,
    retriesId: row.retries_id,
    retriedBy: row.retriedBy,
    may: {
      confirm: free && row.confirmable && holds(access, 'imports:confirm'),
      retry: mayRetry(access, row),
    },
  }
  // Rejected records, and the closings they prevented, may be of accounts that a limited reader does not see.
  const scope = accountFilter(access)
  if (scope !== null && !row.own) {
    const heldBack = all.filter(({ accountId }) => accountId !== null && scope.includes(accountId))
    return { ...detail, rejects: [], heldBack }
  }
  const rejects = await read<{ index: number; code: RejectCode; params: Reject['params'] }>(sql`
    SELECT index, code, params FROM import_reject WHERE import_id = ${id} ORDER BY index LIMIT ${shownRejects}`)
  return { ...detail, rejects, heldBack: all }
}

function mayRetry(
  access: Access,
  row: StoredImport & { own: boolean; inScope: boolean; stored: boolean; retriedBy: ImportDetail['retriedBy'] },
): boolean {
  const givenUp = row.state === 'failed' && row.error?.code === 'internal' && row.confirms_id === null
  const allowed = holds(access, 'imports:write') && (row.coverage === 'partial' || holds(access, 'imports:close'))
  return givenUp && row.stored && !row.retriedBy && allowed && (row.own || row.inScope)
}

/** Earlier versions stored the reason alone. */
function toHeldBack(stored: StoredImport['held_back'][number]): HeldBackView {
  return { product: null, findings: 0, checks: 0, services: 0, places: [], ...stored }
}

/** Whether all accounts of an import are in scope. */
function accountsInScope(access: Access): Prisma.Sql {
  const accounts = accountFilter(access)
  return accounts === null ? sql`true` : sql`cardinality(i.accounts) > 0 AND i.accounts <@ ${accounts}::text[]`
}

/**
 * Readers limited to some accounts see their own imports, and those whose accounts are all in their scope. Nobody sees a report that
 * is still being received.
 */
function visible(access: Access): Prisma.Sql {
  const accounts = accountFilter(access)
  const own = sql`(i.actor_kind = ${access.actor.kind} AND i.actor_id = ${access.actor.id})`
  if (!holds(access, 'imports:read')) return sql`i.state <> 'receiving' AND ${own}`
  if (accounts === null) return sql`i.state <> 'receiving'`
  return sql`i.state <> 'receiving' AND (${own} OR (${accountsInScope(access)}))`
}

function toImportRow(row: StoredImport): ImportRow {
  const { read: records, accepted, rejected, created, updated, unchanged, reopened, resolved, passed } = row
  const { notAvailable, older, repeated, clockAhead, withheld } = row
  return {
    id: row.id,
    state: row.state,
    source: row.source,
    sources: row.sources ?? [],
    coverage: row.coverage,
    origin: row.origin,
    fileName: row.file_name,
    sizeBytes: Number(row.size_bytes),
    bytesRead: Number(row.bytes_read),
    accounts: row.accounts ?? [],
    counts: {
      read: records,
      accepted,
      rejected,
      created,
      updated,
      unchanged,
      reopened,
      resolved,
      passed,
      notAvailable,
      older,
      repeated,
      clockAhead,
      withheld,
    },
    actorName: row.actor_name,
    observedAt: row.observed_at,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    error: row.error,
    waiting: row.waiting,
    waits: row.waits_for && { code: row.waits_for, retryAt: row.retry_at },
  }
}
