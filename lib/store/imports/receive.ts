import 'server-only'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { PoolClient } from 'pg'
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
import type { Prisma } from '../../generated/prisma/client'
import { outageError } from '../../outage'
import { recordAudit } from '../audit/audit'
import { queueNewAccounts } from '../policies/queue'
import { csvMappingOf } from './csv-mappings'
import { requireRoom } from './quota'

const deflated = promisify(deflate)
/** Room for a packed piece: what is packed comes in so large parts. */
const PACKED = 256 * 1024
/** Who sends the same bytes again so soon tries again. */
const AGAIN = '30 minutes'
const MAX_FILE_NAME = 255
/** An archive is queued in one transaction, a thousand files at most. */
const QUEUE_TIMEOUT_MS = 60_000

export const importChannel = 'hinomi_import'

export interface NewImport {
  source: SourceId | null
  /** The account that the report is about, where its records name none. */
  account?: AccountId | null
  /** The Region of records that name none, and of which the report tells all. */
  region?: string | null
  /** The name of a mapping, by which the report is read as CSV. */
  mapping?: string | null
  coverage: Coverage
  origin: ImportOrigin
  fileName: string | null
  /** Null: when the report arrived. */
  observedAt: Date | null
}

/**
 * Throws ForbiddenError for a complete report by a sender who may not close findings, and for a report of a source that the sender may
 * not send.
 */
export function requireSendable(
  access: Access<'imports:write'>,
  { coverage, source }: Pick<NewImport, 'coverage' | 'source'>,
): void {
  if (coverage === 'complete' && !holds(access, 'imports:close')) throw new ForbiddenError('importComplete')
  if (source && access.sources && !access.sources.includes(source)) throw new ForbiddenError('importSource', { source })
}

/**
 * Opens an import that is being received: nobody sees it until finishReceiving. Returns its id. Throws as requireSendable and
 * requireRoom do.
 */
export async function beginReceiving(access: Access<'imports:write'>, input: NewImport): Promise<number> {
  requireSendable(access, input)
  await requireRoom(access)
  const accounts = accountFilter(access)
  const mapping = input.mapping ? await csvMappingOf(access, input.mapping) : null
  const { rows } = await pool().query<{ id: number }>(
    `INSERT INTO import (state, source, coverage, origin, file_name, sha256, size_bytes, observed_at, observed_at_given, created_at,
       actor_kind, actor_id, actor_name, allowed, limited, account_id, mapping, region, may_close, allowed_sources, alive_at)
     VALUES ('receiving', $1, $2, $3, $4, '', 0, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, clock_timestamp()) RETURNING id`,
    [
      input.source,
      input.coverage,
      input.origin,
      input.fileName === null ? null : plainText(MAX_FILE_NAME).parse(input.fileName.slice(0, MAX_FILE_NAME)),
      input.observedAt ?? now(),
      input.observedAt !== null,
      now(),
      access.actor.kind,
      access.actor.id,
      access.actor.name,
      accounts ?? [],
      accounts !== null,
      input.account ?? null,
      mapping && JSON.stringify(mapping),
      input.region ?? null,
      holds(access, 'imports:close'),
      access.sources ?? [],
    ],
  )
  const id = rows[0]?.id
  if (id === undefined) throw new Error('the import was not created')
  return id
}

/**
 * Stores one piece of the decompressed payload, deflated on its own. Durable once finishReceiving has queued the import. Throws
 * `unavailable` where the import was removed meanwhile, as after a long outage.
 */
export async function storePiece(
  _access: Access<'imports:write'>,
  id: number,
  start: number,
  bytes: Buffer,
): Promise<void> {
  const packed = await deflated(bytes, { level: 1, chunkSize: PACKED })
  const { rowCount } = await pool().query({
    name: 'store-piece',
    // The disk is waited for when all have arrived: what was received in part is dropped anyway.
    text: `INSERT INTO import_chunk (import_id, start, length, deflated)
           SELECT $1::int, $2::bigint, $3::int, $4::bytea FROM set_config('synchronous_commit', 'off', TRUE)
           WHERE EXISTS (SELECT FROM import WHERE id = $1 AND state = 'receiving')`,
    values: [id, start, bytes.length, packed],
  })
  if (rowCount !== 1) throw outageError('database_away')
}

/** Forgets an import that was not received to its end. */
export async function dropReceiving(_access: Access<'imports:write'>, id: number): Promise<void> {
  await transaction(async client => {
    await client.query('DELETE FROM import_chunk WHERE import_id = $1', [id])
    await client.query(`DELETE FROM import WHERE id = $1 AND state = 'receiving'`, [id])
  })
}

export interface ReceivedBytes {
  id: number
  sha256: string
  sizeBytes: number
}

/**
 * Queues received imports, all of them or none. The same bytes with the same source and coverage answer the first import that the actor sent or
 * may see, unless that one failed or `force` is set; the copy is then dropped by the caller. A source that reports the same every
 * day is not silent: bytes that were made later are another report. So are those that name no time and arrive half an hour later,
 * or after another report of the same feeds: the earlier counts of these bytes no longer hold. So are those of a sender who may close
 * findings, where the first may not.
 */
export async function finishReceiving(
  access: Access<'imports:write'>,
  received: readonly ReceivedBytes[],
  force: boolean,
): Promise<{ id: number; duplicate: boolean }[]> {
  return prisma().$transaction(
    async tx => {
      // In one order, so that two uploads of the same files do not wait for each other.
      for (const sha256 of [...new Set(received.map(each => each.sha256))].sort())
        await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${`payload:${sha256}`}, 0))`
      const queued: { id: number; duplicate: boolean }[] = []
      for (const each of received) queued.push(await queue(tx, access, each, force))
      return queued
    },
    { timeout: QUEUE_TIMEOUT_MS },
  )
}

async function queue(
  tx: Prisma.TransactionClient,
  access: Access<'imports:write'>,
  { id, sha256, sizeBytes }: ReceivedBytes,
  force: boolean,
): Promise<{ id: number; duplicate: boolean }> {
  await requireWhole(tx, id, sizeBytes)
  if (!force) {
    const [same] = await tx.$queryRaw<{ id: number }[]>`
      SELECT e.id FROM import e JOIN import n ON n.id = ${id}
      WHERE e.sha256 = ${sha256} AND e.state IN ('queued', 'running', 'done') AND e.confirms_id IS NULL AND e.coverage = n.coverage
        AND e.region IS NOT DISTINCT FROM n.region
        AND e.source IS NOT DISTINCT FROM n.source AND e.account_id IS NOT DISTINCT FROM n.account_id AND e.mapping IS NOT DISTINCT FROM n.mapping AND e.limited = n.limited AND e.allowed = n.allowed
        AND (${holds(access, 'imports:read')} OR (e.actor_kind = n.actor_kind AND e.actor_id = n.actor_id))
        AND coalesce(e.allowed_sources, '{}') = n.allowed_sources AND (coalesce(e.may_close, true) OR NOT n.may_close)
        AND CASE WHEN n.observed_at_given THEN n.observed_at <= e.observed_at ELSE n.created_at < e.created_at + ${AGAIN}::interval
          AND NOT EXISTS (SELECT 1 FROM import o WHERE o.id > e.id AND o.id <> n.id AND o.sha256 <> e.sha256 AND o.state IN ('queued', 'running'))
          AND NOT EXISTS (SELECT 1 FROM import w WHERE w.id > e.id AND w.state IN ('done', 'failed') AND w.accounts && e.accounts AND w.sources && e.sources)
          END
      ORDER BY e.id LIMIT 1`
    if (same) return { id: same.id, duplicate: true }
  }
  const { count } = await tx.import.updateMany({
    where: { id, state: 'receiving' },
    data: { state: 'queued', sha256, sizeBytes },
  })
  if (count !== 1) throw outageError('database_away')
  await recordAudit(tx, access, { action: 'import.receive', target: `import:${id}`, detail: { bytes: sizeBytes } })
  await tx.$queryRaw`SELECT 1 FROM pg_notify(${importChannel}, ${String(id)})`
  return { id, duplicate: false }
}

/**
 * The pieces were not waited for: a server that crashed while they arrived, or the one that took its place, may lack some. Then the
 * sender is told to send the report again.
 */
async function requireWhole(tx: Prisma.TransactionClient, id: number, sizeBytes: number): Promise<void> {
  const [stored] = await tx.$queryRaw<{ whole: boolean }[]>`
    SELECT coalesce(sum(c.length), 0) = ${sizeBytes} AND coalesce(max(c.start + c.length), 0) = ${sizeBytes} AS whole
    FROM import i LEFT JOIN import_chunk c ON c.import_id = i.id WHERE i.id = ${id} AND i.state = 'receiving'`
  if (!stored?.whole) throw outageError('database_away')
}

/** How often the server that receives a report says that it is still at it. */
export const ALIVE_EVERY_MS = 20_000
/** After so long without a word the server has died, or lost the database, and the sender has been told. */
const ABANDONED_AFTER = '3 minutes'

/** Notes that a report is still being received. */
export async function noteReceiving(_access: Access<'imports:write'>, id: number): Promise<void> {
  await pool().query(`UPDATE import SET alive_at = clock_timestamp() WHERE id = $1 AND state = 'receiving'`, [id])
}

/** Forgets reports that no server receives any more. Returns how many. */
export async function dropAbandoned(_job: JobAccess): Promise<number> {
  return transaction(async client => {
    const { rows } = await client.query<{ id: number }>(
      `SELECT id FROM import WHERE state = 'receiving' AND coalesce(alive_at, created_at) < clock_timestamp() - interval '${ABANDONED_AFTER}'
       FOR UPDATE SKIP LOCKED`,
    )
    const ids = rows.map(row => row.id)
    await client.query('DELETE FROM import_chunk WHERE import_id = ANY($1)', [ids])
    await client.query('DELETE FROM import WHERE id = ANY($1)', [ids])
    return ids.length
  })
}

/** Adds accounts that a report names and nobody registered, and reads what an import needs to know of them. */
export async function discoverAccounts(
  access: JobAccess,
  client: PoolClient,
  ids: readonly string[],
): Promise<AccountRow[]> {
  const { rows } = await client.query<{ id: string }>(
    'INSERT INTO account (id, created_at, updated_at) SELECT id, $2, $2 FROM unnest($1::text[]) AS named(id) ORDER BY id ON CONFLICT DO NOTHING RETURNING id',
    [ids, now()],
  )
  if (rows.length > 0)
    await queueNewAccounts(
      access,
      client,
      rows.map(row => row.id),
    )
  return knownAccounts(access, client, ids)
}

interface AccountRow {
  id: string
  ownerTeam: string
  environment: string | null
  tags: Tags
}

/** What is known of accounts now. */
export async function knownAccounts(
  _job: JobAccess,
  client: PoolClient,
  ids: readonly string[],
): Promise<AccountRow[]> {
  const { rows } = await client.query<AccountRow>({
    name: 'known-accounts',
    text: 'SELECT id, owner_team AS "ownerTeam", environment, tags FROM account WHERE id = ANY($1)',
    values: [ids],
  })
  return rows
}
