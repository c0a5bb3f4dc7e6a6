import 'server-only'
import { randomUUID } from 'node:crypto'
import type { Access, JobAccess } from '../../access/proof'
import { type ContentKey, newContentKey, sealPiece } from '../../access/seal/seal-pieces'
import { now } from '../../clock'
import { pool, transaction } from '../../db'
import {
  type AttachmentOwner,
  type AttachmentType,
  DRAFT_HOURS,
  MAX_ATTACHMENT_MB,
  MAX_ATTACHMENTS,
} from '../../domain/attachments/attachment'
import { type FindingId, splitFindingId } from '../../domain/findings/filter'
import { env } from '../../env'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { outageError } from '../../outage'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { deleteFiles, noteAttachment, type Owner, requireOwner } from './owner'

const { sql } = Prisma

const MEGABYTE = 1024 * 1024
/** After this time without a confirmation the server that received a file has died, and its sender got an error. */
const ABANDONED_AFTER = '3 minutes'
const HOUR_MS = 3_600_000

export interface NewAttachment {
  name: string
  type: AttachmentType
  finding: FindingId | null
  exception: number | null
}

/** A file that is being received. */
export interface Receiving extends Pick<NewAttachment, 'name' | 'type'> {
  content: ContentKey
}

/**
 * Starts to receive a file, which stays hidden until finishAttachment. Throws NotFoundError for an owner outside the scope,
 * ForbiddenError where the actor may not act on it, and `conflict` if it is closed or has too many files, or the store is full.
 */
export async function beginAttachment(access: Access<'findings:read'>, input: NewAttachment): Promise<Receiving> {
  const { actor } = access
  const { name, type, finding, exception } = input
  if (finding !== null && exception !== null) throw new AppError('conflict', { reason: 'attachmentOwner' })
  const id = randomUUID()
  const { content, sealed } = newContentKey(id)
  const owner = ownerOf(input)
  await transaction(async tx => {
    await requireOwner(tx, access, owner)
    await requireRoom(tx, access, owner)
    await executeIn(
      tx,
      sql`INSERT INTO attachment (id, owner_kind, owner_id, origin_id, account_id, name, type, sealed_key,
          uploaded_kind, uploaded_by, uploaded_name, uploaded_at, alive_at)
        VALUES (${id}::uuid, ${owner.kind}, ${owner.id}, ${owner.kind === 'finding' ? owner.id : null}, ${owner.accountId}, ${name}, ${type},
          ${sealed}, ${actor.kind}, ${actor.id}, ${actor.name}, ${now()}, clock_timestamp())`,
    )
  })
  return { name, type, content }
}

function ownerOf({ finding, exception }: NewAttachment): Owner {
  if (finding !== null) {
    const { accountId, uuid } = splitFindingId(finding)
    return { kind: 'finding', id: uuid, accountId }
  }
  if (exception !== null) return { kind: 'exception', id: String(exception), accountId: null }
  return { kind: 'draft', id: null, accountId: null }
}

/**
 * Throws `conflict` if all files together are too large. A file that arrives counts as the largest; for one that begins to
 * arrive, `owner` is checked too: it may have too many files.
 */
async function requireRoom(tx: Tx, { actor }: Access, owner?: Owner): Promise<void> {
  await runIn(tx, sql`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('attachments', 0))`)
  const [row] = await runIn<{ megabytes: number; own: number }>(
    tx,
    sql`SELECT ceil(coalesce(sum(CASE WHEN state = 'stored' THEN size_bytes ELSE ${MAX_ATTACHMENT_MB * MEGABYTE} END), 0)
          / ${MEGABYTE}::numeric)::int AS megabytes,
        count(*) FILTER (WHERE owner_kind = ${owner?.kind ?? null} AND owner_id IS NOT DISTINCT FROM ${owner?.id ?? null}::text
          AND (owner_kind <> 'draft' OR (uploaded_kind = ${actor.kind} AND uploaded_by = ${actor.id})))::int AS own
      FROM attachment`,
  )
  const { megabytes, own } = row ?? { megabytes: 0, own: 0 }
  const max = env().HINOMI_MAX_ATTACHMENTS_MB
  if (megabytes + (owner ? MAX_ATTACHMENT_MB : 0) > max)
    throw new AppError('conflict', { reason: 'attachmentsFull', params: { max } })
  if (owner && own >= MAX_ATTACHMENTS)
    throw new AppError('conflict', { reason: 'attachmentCount', params: { max: MAX_ATTACHMENTS } })
}

/** Stores one encrypted piece. Throws `unavailable` if the file was removed meanwhile, as after a long outage. */
export async function storeAttachmentPiece(
  _access: Access<'findings:read'>,
  { content }: Receiving,
  position: number,
  isLast: boolean,
  bytes: Uint8Array,
): Promise<void> {
  const stored = await executeIn(
    pool(),
    // The lock keeps the job from deleting the file meanwhile: the piece would stay.
    sql`INSERT INTO attachment_chunk (attachment_id, position, sealed)
      SELECT id, ${position}::int, ${sealPiece(content, position, isLast, bytes)}::bytea FROM attachment
      WHERE id = ${content.id}::uuid AND state = 'receiving' FOR KEY SHARE`,
    'store-attachment-piece',
  )
  if (stored !== 1) throw outageError('database_away')
}

/** Confirms that a file is still being received. */
export async function noteAttachmentAlive(_access: Access<'findings:read'>, { content }: Receiving): Promise<void> {
  await executeIn(
    pool(),
    sql`UPDATE attachment SET alive_at = clock_timestamp() WHERE id = ${content.id}::uuid AND state = 'receiving'`,
  )
}

export interface ReceivedFile {
  sizeBytes: number
  pieces: number
  sha256: string
}

/** Keeps a received file, with its hash in the audit log and in the history of its finding. Throws as beginAttachment does. */
export async function finishAttachment(
  access: Access<'findings:read'>,
  { content, name, type }: Receiving,
  { sizeBytes, pieces, sha256 }: ReceivedFile,
): Promise<{ id: string }> {
  const { id } = content
  await transaction(async tx => {
    const [row] = await runIn<{ kind: AttachmentOwner; owner: string | null; account: string | null }>(
      tx,
      sql`UPDATE attachment SET state = 'stored', size_bytes = ${sizeBytes}, pieces = ${pieces}, sha256 = ${sha256}
        WHERE id = ${id}::uuid AND state = 'receiving' RETURNING owner_kind AS kind, owner_id AS owner, account_id AS account`,
    )
    if (!row) throw outageError('database_away')
    const owner = { kind: row.kind, id: row.owner, accountId: row.account }
    await requireOwner(tx, access, owner)
    await requireRoom(tx, access)
    await recordAudit(tx, access, {
      action: 'attachment.upload',
      target: `attachment:${id}`,
      ...(owner.accountId && { accountId: owner.accountId }),
      detail: { name, type, bytes: sizeBytes, sha256, ...(owner.id && { owner: `${owner.kind}:${owner.id}` }) },
    })
    await noteAttachment(tx, access, owner, 'attached', { name, sha256 })
  })
  return { id }
}

/**
 * Deletes a file that was not received completely. One that was kept stays: the answer to its commit may have been lost, and
 * audit log and history name it.
 */
export async function dropAttachment(_access: Access<'findings:read'>, { content }: Receiving): Promise<void> {
  await transaction(async tx => {
    const rows = await runIn<{ id: string }>(
      tx,
      sql`SELECT id::text AS id FROM attachment WHERE id = ${content.id}::uuid AND state = 'receiving' FOR UPDATE`,
    )
    await deleteFiles(
      tx,
      rows.map(row => row.id),
    )
  })
}

/** Deletes files that no server receives any more, and drafts that no request refers to. Returns their number. */
export async function dropLooseAttachments(access: JobAccess): Promise<number> {
  const before = new Date(now().getTime() - DRAFT_HOURS * HOUR_MS)
  return transaction(async tx => {
    const rows = await runIn<{ id: string; state: string; name: string; sha256: string }>(
      tx,
      sql`SELECT id::text AS id, state, name, sha256 FROM attachment
        WHERE (state = 'receiving' AND alive_at < clock_timestamp() - ${ABANDONED_AFTER}::interval)
          OR (state = 'stored' AND owner_kind = 'draft' AND uploaded_at < ${before}::timestamptz) FOR UPDATE SKIP LOCKED`,
    )
    await deleteFiles(
      tx,
      rows.map(row => row.id),
    )
    for (const { id, state, name, sha256 } of rows) {
      const record = { action: 'attachment.delete', target: `attachment:${id}`, detail: { name, sha256 } }
      if (state === 'stored') await recordAudit(tx, access, record)
    }
    return rows.length
  })
}
