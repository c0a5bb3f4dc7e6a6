import 'server-only'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Access, JobAccess } from '../../access/proof'
import { accountFilter, holds } from '../../access/proof'
import { now } from '../../clock'
import { pool, prisma, transaction } from '../../db'
import type { AccountId } from '../../domain/accounts/account-id'
import type { Tags } from '../../domain/identity/tags'
import type { Coverage, ImportOrigin } from '../../domain/imports/import'
import type { SourceId } from '../../domain/imports/outcome'
import { plainText } from '../../domain/text/plain-text'
import { ForbiddenError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { outageError } from '../../outage'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { queueNewAccounts } from '../policies/queue'
import { csvMappingOf } from './csv-mappings'
import { requireRoom } from './quota'

const { sql } = Prisma

const deflated = promisify(deflate)
/** The size of the buffers into which a piece is compressed. */
const PACKED = 256 * 1024
/** The same bytes that arrive within this time are a retry of the sender. */
const AGAIN = '30 minutes'
const MAX_FILE_NAME = 255
/** An archive of up to a thousand files is queued in one transaction. */
const QUEUE_TIMEOUT_MS = 60_000

export const importChannel = 'hinomi_import'

export interface NewImport {
  source: SourceId | null
  /** The account of records that name none. */
  account?: AccountId | null
  /** The Region of records that name none; the report is complete for it. */
  region?: string | null
  /** The name of a CSV mapping. */
  mapping?: string | null
  coverage: Coverage
  origin: ImportOrigin
  fileName: string | null
  /** The time of the report; null: its arrival. */
  observedAt: Date | null
}

/**
 * Throws ForbiddenError for a complete report if the sender may not close findings, and for a source that the sender
 * may not send.
 */
export function requireSendable(
  access: Access<'imports:write'>,
  { coverage, source }: Pick<NewImport, 'coverage' | 'source'>,
): void {
  if (coverage === 'complete' && !holds(access, 'imports:close')) throw new ForbiddenError('importComplete')
  if (source && access.sources && !access.sources.includes(source)) throw new ForbiddenError('importSource', { source })
}

/**
 * Starts to receive an import, which stays hidden until finishReceiving. Returns its id. Throws as requireSendable and
 * requireRoom do.
 */
export async function beginReceiving(access: Access<'imports:write'>, input: NewImport): Promise<number> {
  requireSendable(access, input)
  await requireRoom(access)
  const { actor } = access
  const accounts = accountFilter(access)
  const mapping = input.mapping ? await csvMappingOf(access, input.mapping) : null
  const fileName =
    input.fileName === null ? null : plainText(MAX_FILE_NAME).parse(input.fileName.slice(0, MAX_FILE_NAME))
  const at = now()
  const [created] = await runIn<{ id: number }>(
    pool(),
    sql`INSERT INTO import (state, source, coverage, origin, file_name, sha256, size_bytes, observed_at, observed_at_given, created_at,
        actor_kind, actor_id, actor_name, allowed, limited, account_id, mapping, region, may_close, allowed_sources, alive_at)
      VALUES ('receiving', ${input.source}, ${input.coverage}, ${input.origin}, ${fileName}, '', 0,
        ${input.observedAt ?? at}, ${input.observedAt !== null}, ${at}, ${actor.kind}, ${actor.id}, ${actor.name},
        ${accounts ?? []}, ${accounts !== null}, ${input.account ?? null}, ${mapping && JSON.stringify(mapping)},
        ${input.region ?? null}, ${holds(access, 'imports:close')}, ${access.sources ?? []}, clock_timestamp())
      RETURNING id`,
  )
  const id = created?.id
  if (id === undefined) throw new Error('the import was not created')
  return id
}

/**
 * Stores one piece of the decompressed payload, compressed by itself. It is durable once finishReceiving has queued the
 * import. Throws `unavailable` if the import was removed meanwhile, as after a long outage.
 */
export async function storePiece(
  _access: Access<'imports:write'>,
  id: number,
  start: number,
  bytes: Buffer,
): Promise<void> {
  const packed = await deflated(bytes, { level: 1, chunkSize: PACKED })
  const stored = await executeIn(
    pool(),
    sql`INSERT INTO import_chunk (import_id, start, length, deflated)
      SELECT ${id}::int, ${start}::bigint, ${bytes.length}::int, ${packed}::bytea FROM set_config('synchronous_commit', 'off', TRUE)
      WHERE EXISTS (SELECT FROM import WHERE id = ${id} AND state = 'receiving')`,
    'store-piece',
  )
  if (stored !== 1) throw outageError('database_away')
}

/** Deletes an import that was not received completely. */
export async function dropReceiving(_access: Access<'imports:write'>, id: number): Promise<void> {
  await transaction(async tx => {
    await executeIn(tx, sql`DELETE FROM import_chunk WHERE import_id = ${id}`)
    await executeIn(tx, sql`DELETE FROM import WHERE id = ${id} AND state = 'receiving'`)
  })
}

export interface ReceivedBytes {
  id: number
  sha256: string
  sizeBytes: number
}

/**
 * Queues received imports, all or none. Bytes that were imported before with the same settings return that import, unless
 * it failed or `force` is set; the caller then drops the copy. They are a new report if its time is newer, if it has none
 * and arrives half an hour or another report later, or if only the new sender may close findings.
 */
export async function finishReceiving(
  access: Access<'imports:write'>,
  received: readonly ReceivedBytes[],
  force: boolean,
): Promise<{ id: number; duplicate: boolean }[]> {
  return prisma().$transaction(
    async tx => {
      // Locked in order, so that two uploads of the same files do not deadlock.
      for (const sha256 of [...new Set(received.map(each => each.sha256))].sort())
        await runIn(tx, sql`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${`payload:${sha256}`}, 0))`)
      const queued: { id: number; duplicate: boolean }[] = []
      for (const each of received) queued.push(await queue(tx, access, each, force))
      return queued
    },
    { timeout: QUEUE_TIMEOUT_MS },
  )
}

async function queue(
  tx: ModelTx,
  access: Access<'imports:write'>,
  { id, sha256, sizeBytes }: ReceivedBytes,
  force: boolean,
): Promise<{ id: number; duplicate: boolean }> {
  await requireWhole(tx, id, sizeBytes)
  if (!force) {
    const [same] = await runIn<{ id: number }>(
      tx,
      sql`SELECT e.id FROM import e JOIN import n ON n.id = ${id}
      WHERE e.sha256 = ${sha256} AND e.state IN ('queued', 'running', 'done') AND e.confirms_id IS NULL AND e.coverage = n.coverage
        AND e.region IS NOT DISTINCT FROM n.region AND e.source IS NOT DISTINCT FROM n.source
        AND e.account_id IS NOT DISTINCT FROM n.account_id AND e.mapping IS NOT DISTINCT FROM n.mapping
        AND e.limited = n.limited AND e.allowed = n.allowed
        AND (${holds(access, 'imports:read')} OR (e.actor_kind = n.actor_kind AND e.actor_id = n.actor_id))
        AND coalesce(e.allowed_sources, '{}') = n.allowed_sources AND (coalesce(e.may_close, true) OR NOT n.may_close)
        AND CASE WHEN n.observed_at_given THEN n.observed_at <= e.observed_at ELSE n.created_at < e.created_at + ${AGAIN}::interval
          AND NOT EXISTS (SELECT 1 FROM import o WHERE o.id > e.id AND o.id <> n.id AND o.sha256 <> e.sha256 AND o.state IN ('queued', 'running'))
          AND NOT EXISTS (SELECT 1 FROM import w WHERE w.id > e.id AND w.state IN ('done', 'failed') AND w.accounts && e.accounts AND w.sources && e.sources)
          END
      ORDER BY e.id LIMIT 1`,
    )
    if (same) return { id: same.id, duplicate: true }
  }
  const { count } = await tx.import.updateMany({
    where: { id, state: 'receiving' },
    data: { state: 'queued', sha256, sizeBytes },
  })
  if (count !== 1) throw outageError('database_away')
  await recordAudit(tx, access, { action: 'import.receive', target: `import:${id}`, detail: { bytes: sizeBytes } })
  await runIn(tx, sql`SELECT 1 FROM pg_notify(${importChannel}, ${String(id)})`)
  return { id, duplicate: false }
}

/**
 * Throws `unavailable` if pieces are missing. They were stored without waiting for the disk, so a server that crashed
 * or was replaced meanwhile may have lost some. The sender then sends the report again.
 */
async function requireWhole(tx: Tx, id: number, sizeBytes: number): Promise<void> {
  const [stored] = await runIn<{ whole: boolean }>(
    tx,
    sql`SELECT coalesce(sum(c.length), 0) = ${sizeBytes} AND coalesce(max(c.start + c.length), 0) = ${sizeBytes} AS whole
    FROM import i LEFT JOIN import_chunk c ON c.import_id = i.id WHERE i.id = ${id} AND i.state = 'receiving'`,
  )
  if (!stored?.whole) throw outageError('database_away')
}

/** How often the server that receives a report confirms that it still does. */
export const ALIVE_EVERY_MS = 20_000
/** After this time without a confirmation the server has died or lost the database, and its sender got an error. */
const ABANDONED_AFTER = '3 minutes'

/** Confirms that a report is still being received. */
export async function noteReceiving(_access: Access<'imports:write'>, id: number): Promise<void> {
  await executeIn(pool(), sql`UPDATE import SET alive_at = clock_timestamp() WHERE id = ${id} AND state = 'receiving'`)
}

/** Deletes reports that no server receives any more. Returns their number. */
export async function dropAbandoned(_job: JobAccess): Promise<number> {
  return transaction(async tx => {
    const rows = await runIn<{ id: number }>(
      tx,
      sql`SELECT id FROM import
        WHERE state = 'receiving' AND coalesce(alive_at, created_at) < clock_timestamp() - ${ABANDONED_AFTER}::interval
        FOR UPDATE SKIP LOCKED`,
    )
    const ids = rows.map(row => row.id)
    await executeIn(tx, sql`DELETE FROM import_chunk WHERE import_id = ANY(${ids}::int[])`)
    await executeIn(tx, sql`DELETE FROM import WHERE id = ANY(${ids}::int[])`)
    return ids.length
  })
}

/**
 * Adds accounts that a report names and Hinomi does not know, and returns what an import needs to know of all of them.
 */
export async function discoverAccounts(access: JobAccess, tx: Tx, ids: readonly string[]): Promise<AccountRow[]> {
  const at = now()
  const rows = await runIn<{ id: string }>(
    tx,
    sql`INSERT INTO account (id, created_at, updated_at)
      SELECT id, ${at}::timestamptz, ${at}::timestamptz FROM unnest(${ids}::text[]) AS named(id) ORDER BY id
      ON CONFLICT DO NOTHING RETURNING id`,
  )
  const added = rows.map(row => row.id)
  if (added.length > 0) await queueNewAccounts(access, tx, added)
  return knownAccounts(access, tx, ids)
}

interface AccountRow {
  id: string
  ownerTeam: string
  environment: string | null
  tags: Tags
}

/** The present attributes of accounts. */
export async function knownAccounts(_job: JobAccess, tx: Tx, ids: readonly string[]): Promise<AccountRow[]> {
  return runIn<AccountRow>(
    tx,
    sql`SELECT id, owner_team AS "ownerTeam", environment, tags FROM account WHERE id = ANY(${ids}::text[])`,
    'known-accounts',
  )
}
