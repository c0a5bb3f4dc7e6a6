import { createHash } from 'node:crypto'
import type { Access } from '../../access/proof'
import { MAX_ATTACHMENT_MB } from '../../domain/attachments/attachment'
import { ContentCheck } from '../../domain/attachments/content'
import { AppError } from '../../errors'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { attachmentPiece } from '../../store/attachments/pieces'
import {
  beginAttachment,
  dropAttachment,
  finishAttachment,
  type NewAttachment,
  noteAttachmentAlive,
  type ReceivedFile,
  type Receiving,
  storeAttachmentPiece,
} from '../../store/attachments/receive'
import { requireWorkbook } from './workbook'

const MAX_BYTES = MAX_ATTACHMENT_MB * 1024 * 1024
const PIECE_BYTES = 256 * 1024
const ALIVE_EVERY_MS = 20_000

/**
 * Stores a file, encrypted piece by piece while it arrives. Throws too_large, and `conflict` where its contents are not of its
 * type; nothing is stored then.
 */
export async function receiveAttachment(
  access: Access<'findings:read'>,
  body: AsyncIterable<Uint8Array>,
  input: NewAttachment,
): Promise<{ id: string }> {
  const receiving = await beginAttachment(access, input)
  const alive = setInterval(() => {
    // Where the database is away the upload fails by itself.
    noteAttachmentAlive(access, receiving).catch(() => undefined)
  }, ALIVE_EVERY_MS)
  try {
    const received = await storePieces(access, receiving, body)
    if (input.type === 'xlsx') await requireWorkbook(input.name, received.sizeBytes, bytesBetween(receiving, received))
    return await finishAttachment(access, receiving, received)
  } catch (error) {
    await forget(access, receiving)
    throw error
  } finally {
    clearInterval(alive)
  }
}

async function storePieces(
  access: Access<'findings:read'>,
  receiving: Receiving,
  body: AsyncIterable<Uint8Array>,
): Promise<ReceivedFile> {
  const { name, type } = receiving
  const check = new ContentCheck(type, name)
  const hash = createHash('sha256')
  const piece = Buffer.alloc(PIECE_BYTES)
  let [filled, position, sizeBytes] = [0, 0, 0]
  const flush = async (isLast: boolean) => {
    await storeAttachmentPiece(access, receiving, position, isLast, piece.subarray(0, filled))
    position++
    filled = 0
  }
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_BYTES)
      throw new AppError('too_large', { reason: 'attachmentSize', params: { max: MAX_ATTACHMENT_MB } })
    check.push(chunk)
    hash.update(chunk)
    for (let from = 0; from < chunk.length; ) {
      // A full piece waits for the next byte, since only then it is not the last one.
      if (filled === PIECE_BYTES) await flush(false)
      const part = chunk.subarray(from, from + PIECE_BYTES - filled)
      piece.set(part, filled)
      filled += part.length
      from += part.length
    }
  }
  if (sizeBytes === 0) throw new AppError('conflict', { reason: 'attachmentEmpty', params: { name } })
  check.end()
  await flush(true)
  return { sizeBytes, pieces: position, sha256: hash.digest('hex') }
}

/** Reads parts of a stored file; consecutive reads of one piece decrypt it once. */
function bytesBetween({ content }: Receiving, { pieces }: ReceivedFile) {
  let last: { position: number; bytes: Buffer } | null = null
  return async (from: number, to: number): Promise<Buffer> => {
    const parts: Buffer[] = []
    for (let position = Math.floor(from / PIECE_BYTES); position * PIECE_BYTES < to; position++) {
      if (last?.position !== position)
        last = { position, bytes: await attachmentPiece(content, position, position === pieces - 1) }
      const start = position * PIECE_BYTES
      parts.push(last.bytes.subarray(Math.max(0, from - start), to - start))
    }
    return Buffer.concat(parts)
  }
}

/** Deletes what arrived; where an outage keeps it from that, the scheduled job does so later. */
async function forget(access: Access<'findings:read'>, receiving: Receiving): Promise<void> {
  try {
    await dropAttachment(access, receiving)
  } catch (error) {
    if (!outageOf(error)) throw error
    log.warn({ attachment: receiving.content.id, outage: outageOf(error) }, 'a broken upload is deleted later')
  }
}
