import 'server-only'
import type { Access } from '../../access/proof'
import { openContentKey } from '../../access/seal/seal-pieces'
import { pool, prisma, transaction } from '../../db'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { attachmentInScope } from '../../sql/attachments/where'
import { runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { removeAttachment } from './owner'
import { attachmentPiece } from './pieces'

const { sql } = Prisma

export interface Download {
  name: string
  sizeBytes: number
  sha256: string
  /** The first piece is decrypted already. */
  bytes: AsyncGenerator<Buffer>
}

interface Stored {
  name: string
  size: number
  pieces: number
  sha256: string
  key: string
  account: string | null
  owner: string | null
}

/**
 * The contents of a file, piece by piece, with an entry in the audit log. Throws NotFoundError outside the scope, `conflict` if
 * they cannot be decrypted; a piece that was changed ends the download.
 */
export async function downloadAttachment(access: Access<'findings:read'>, id: string): Promise<Download> {
  const [row] = await runIn<Stored>(
    pool(),
    sql`SELECT t.name, t.size_bytes AS size, t.pieces, t.sha256, t.sealed_key AS key, t.account_id AS account,
        t.owner_kind || ':' || t.owner_id AS owner
      FROM attachment t WHERE t.id = ${id}::uuid AND ${attachmentInScope(access)}`,
  )
  if (!row) throw new NotFoundError()
  const { name, size, pieces, sha256, account, owner } = row
  const content = openContentKey(id, row.key)
  if (!content) throw new AppError('conflict', { reason: 'attachmentBroken' })
  const first = await attachmentPiece(content, 0, pieces === 1)
  await recordAudit(prisma(), access, {
    action: 'attachment.download',
    target: `attachment:${id}`,
    ...(account && { accountId: account }),
    detail: { name, sha256, ...(owner && { owner }) },
  })
  async function* bytes(): AsyncGenerator<Buffer> {
    yield first
    if (!content) return
    for (let position = 1; position < pieces; position++)
      yield await attachmentPiece(content, position, position === pieces - 1)
  }
  return { name, sizeBytes: size, sha256, bytes: bytes() }
}

/** Deletes a file. Throws as removeAttachment does. */
export async function deleteAttachment(access: Access<'findings:read'>, id: string): Promise<void> {
  await transaction(tx => removeAttachment(tx, access, id))
}
