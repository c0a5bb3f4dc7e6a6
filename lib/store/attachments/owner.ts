import 'server-only'
import { type Access, holds, prove, requireResponsible } from '../../access/proof'
import { now } from '../../clock'
import type { AttachmentOwner } from '../../domain/attachments/attachment'
import { toFindingId } from '../../domain/findings/filter'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { attachmentInScope, isReadable } from '../../sql/attachments/where'
import { askedBy, exceptionInScope } from '../../sql/exceptions/where'
import { insertEvents } from '../../sql/findings/events'
import { inScope } from '../../sql/findings/where'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { countSelected } from '../findings/selection'

const { sql } = Prisma

/** What a file belongs to. */
export interface Owner {
  kind: AttachmentOwner
  id: string | null
  accountId: string | null
}

/**
 * Throws NotFoundError for an owner outside the scope, ForbiddenError if the actor may not act on it, and `conflict` for an
 * exception that was refused or has ended.
 */
export async function requireOwner(tx: Tx, access: Access<'findings:read'>, owner: Owner): Promise<void> {
  if (owner.kind === 'finding') return requireFinding(tx, access, owner)
  requireResponsible(prove(access, ['exceptions:request']))
  if (owner.kind === 'draft') return
  const [row] = await runIn<{ state: string; own: boolean; reached: boolean }>(
    tx,
    sql`SELECT x.state, ${askedBy(access)} AS own, ${exceptionInScope(access)} AS reached FROM exception x
      WHERE x.id = ${owner.id}::int AND ${isReadable(access)} FOR SHARE OF x`,
  )
  if (!row) throw new NotFoundError()
  if (!row.own && !(row.reached && holds(access, 'exceptions:approve'))) throw new ForbiddenError()
  if (!['requested', 'approved'].includes(row.state)) throw new AppError('conflict', { reason: 'exceptionOver' })
}

async function requireFinding(tx: Tx, access: Access<'findings:read'>, { accountId, id }: Owner): Promise<void> {
  if (accountId === null || id === null) throw new NotFoundError()
  const where = sql`f.account_id = ${accountId} AND f.id = ${id}::uuid AND ${inScope(access)}`
  // Not found before not permitted: a finding outside the scope has no team for the actor.
  const acting = prove(access, ['findings:triage'])
  await countSelected(tx, acting, { ids: [toFindingId(accountId, id)] }, { where, accounts: [accountId] })
}

/** Adds a line about a file to the history of its finding; nothing for other owners. */
export async function noteAttachment(
  tx: Tx,
  { actor }: Access,
  owner: Owner,
  kind: 'attached' | 'detached',
  { name, sha256 }: { name: string; sha256: string },
): Promise<void> {
  if (owner.kind !== 'finding' || owner.accountId === null || owner.id === null) return
  const value = sql`to_jsonb(${name}::text)`
  const event = {
    accountId: sql`${owner.accountId}`,
    findingId: sql`${owner.id}::uuid`,
    kind,
    ...(kind === 'attached' ? { after: value } : { before: value }),
    text: sql`${sha256}`,
  }
  await executeIn(tx, insertEvents({ actor, at: now() }, event, sql`(SELECT) AS once`))
}

/** Deletes files with their contents. */
export async function deleteFiles(tx: Tx, ids: readonly string[]): Promise<void> {
  await executeIn(tx, sql`DELETE FROM attachment_chunk WHERE attachment_id = ANY(${[...ids]}::uuid[])`)
  await executeIn(tx, sql`DELETE FROM attachment WHERE id = ANY(${[...ids]}::uuid[])`)
}

/** A file as the audit entry of a request names it. */
export type Claimed = { id: string; name: string; sha256: string }

/** Attaches drafts of the actor to the exception that it requests. Throws `conflict` if one is not there any more. */
export async function claimDrafts(
  tx: Tx,
  { actor }: Access<'exceptions:request'>,
  ids: readonly string[],
  exception: number,
): Promise<Claimed[]> {
  if (ids.length === 0) return []
  const rows = await runIn<Claimed>(
    tx,
    sql`UPDATE attachment SET owner_kind = 'exception', owner_id = ${String(exception)}
      WHERE id = ANY(${[...ids]}::uuid[]) AND state = 'stored' AND owner_kind = 'draft'
        AND uploaded_kind = ${actor.kind} AND uploaded_by = ${actor.id}
      RETURNING id::text AS id, name, sha256`,
  )
  if (rows.length < new Set(ids).size) throw new AppError('conflict', { reason: 'attachmentGone', field: 'evidence' })
  return rows
}

interface Removable {
  kind: Owner['kind']
  owner: string | null
  account: string | null
  name: string
  sha256: string
  own: boolean
  decided: boolean
}

/**
 * Deletes a file that the actor uploaded, before anything was decided with it. Throws NotFoundError outside the scope,
 * ForbiddenError for a file of another person, and `conflict` once its exception is decided or its finding is closed.
 */
export async function removeAttachment(tx: Tx, access: Access<'findings:read'>, id: string): Promise<void> {
  const { actor } = access
  // A decision about the finding or the exception waits until the file is gone, or comes first.
  const [at] = await runIn<{ account: string | null }>(
    tx,
    sql`SELECT t.account_id AS account FROM attachment t WHERE t.id = ${id}::uuid AND ${attachmentInScope(access)}`,
  )
  if (at?.account) await lockAccounts(tx, [at.account])
  await runIn(
    tx,
    sql`SELECT x.id FROM attachment t JOIN exception x ON t.owner_kind = 'exception' AND x.id::text = t.owner_id
      WHERE t.id = ${id}::uuid FOR SHARE OF x`,
  )
  const [row] = await runIn<Removable>(
    tx,
    sql`SELECT t.owner_kind AS kind, t.owner_id AS owner, t.account_id AS account, t.name, t.sha256,
        t.uploaded_kind = ${actor.kind} AND t.uploaded_by = ${actor.id} AS own, ${isDecided} AS decided
      FROM attachment t WHERE t.id = ${id}::uuid AND ${attachmentInScope(access)} FOR UPDATE OF t`,
  )
  if (!row) throw new NotFoundError()
  if (!row.own) throw new ForbiddenError('attachmentUploader')
  if (row.decided) throw new AppError('conflict', { reason: 'attachmentKept' })
  const owner = { kind: row.kind, id: row.owner, accountId: row.account }
  const { name, sha256 } = row
  await deleteFiles(tx, [id])
  await recordAudit(tx, access, {
    action: 'attachment.delete',
    target: `attachment:${id}`,
    ...(owner.accountId && { accountId: owner.accountId }),
    detail: { name, sha256, ...(owner.id && { owner: `${owner.kind}:${owner.id}` }) },
  })
  await noteAttachment(tx, access, owner, 'detached', { name, sha256 })
}

/** Whether a decision stands on `attachment AS t`: of its exception, or one that closed its finding, also if that was reopened since. */
const isDecided = sql`CASE t.owner_kind
  WHEN 'exception' THEN NOT EXISTS (SELECT FROM exception x WHERE x.id = t.owner_id::int AND x.state = 'requested')
  WHEN 'finding' THEN NOT EXISTS (SELECT FROM finding f WHERE f.account_id = t.account_id AND f.id = t.owner_id::uuid
    AND f.status IN ('new', 'acknowledged', 'in_progress', 'suppressed') AND f.verdict IS NULL
    AND NOT EXISTS (SELECT FROM finding_event e WHERE e.account_id = f.account_id AND e.finding_id = f.id AND e.at >= t.uploaded_at
      AND (e.kind = 'excepted' OR (e.kind = 'status' AND e.after #>> '{}' = 'resolved') OR (e.kind = 'verdict' AND e.after IS NOT NULL))))
  ELSE FALSE END`
