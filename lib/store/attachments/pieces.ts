import 'server-only'
import { type ContentKey, openPiece } from '../../access/seal/seal-pieces'
import { pool } from '../../db'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

/**
 * The bytes of one piece of a file that the caller may read. Throws `conflict` if it is missing or was changed: a download must
 * not contain other bytes than the upload.
 */
export async function attachmentPiece(content: ContentKey, position: number, isLast: boolean): Promise<Buffer> {
  const [row] = await runIn<{ sealed: Buffer }>(
    pool(),
    sql`SELECT sealed FROM attachment_chunk WHERE attachment_id = ${content.id}::uuid AND position = ${position}::int`,
    'attachment-piece',
  )
  const bytes = row ? openPiece(content, position, isLast, row.sealed) : null
  if (!bytes) throw new AppError('conflict', { reason: 'attachmentBroken' })
  return bytes
}
