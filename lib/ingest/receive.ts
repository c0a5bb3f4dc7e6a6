import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Access } from '../access/proof'
import { env } from '../env'
import { AppError } from '../errors'
import { isGzip } from '../sources/gzip'
import { beginReceiving, dropReceiving, finishReceiving, type NewImport, storePiece } from '../store/imports'

const PIECE = 1024 * 1024
const PIECES_AT_ONCE = 2

export interface ReceiveOptions extends NewImport {
  force: boolean
}

/**
 * Stores a report durably and queues it, without holding it in memory. Gzip is undone here, and the limit counts
 * decompressed bytes, so that a small file cannot fill the disk. Returns the import's id, and whether it is an earlier
 * import of the same bytes. Throws too_large and invalid; then nothing is kept.
 */
export async function receiveImport(
  access: Access<'imports:write'>,
  body: AsyncIterable<Uint8Array>,
  options: ReceiveOptions,
): Promise<{ id: number; duplicate: boolean }> {
  const id = await beginReceiving(access, options)
  let kept = false
  try {
    const hash = createHash('sha256')
    const sizeBytes = await storePayload(access, id, hashed(body, hash))
    const finished = await finishReceiving(access, id, { sha256: hash.digest('hex'), sizeBytes, force: options.force })
    kept = !finished.duplicate
    return finished
  } finally {
    if (!kept) await dropReceiving(access, id)
  }
}

async function* hashed(
  body: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk)
    yield chunk
  }
}

/** The bytes with gzip undone where the first ones say so. */
async function* decompressed(body: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0)
  while (head.length < 2) {
    const next = await body.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  const whole = (async function* () {
    yield head
    yield* body
  })()
  if (!isGzip(head)) {
    yield* whole
    return
  }
  const source = Readable.from(whole, { objectMode: false })
  const gunzip = createGunzip()
  source.once('error', error => gunzip.destroy(error))
  try {
    yield* source.pipe(gunzip)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('Z_')) throw new AppError('invalid', { reason: 'bad_gzip' })
    throw error
  } finally {
    gunzip.destroy()
    source.destroy()
  }
}

async function storePayload(
  access: Access<'imports:write'>,
  id: number,
  body: AsyncGenerator<Uint8Array>,
): Promise<number> {
  const limit = env().HINOMI_MAX_IMPORT_MB * 1024 * 1024
  let start = 0
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const writing: Promise<void>[] = []
  const flush = async () => {
    const piece = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    // Pieces are packed and written while the next arrives, and no more: the sender waits for the database.
    if (writing.length >= PIECES_AT_ONCE) await writing.shift()
    const stored = storePiece(access, id, start, piece)
    start += piece.length
    stored.catch(() => undefined)
    writing.push(stored)
  }
  try {
    for await (const chunk of decompressed(body)) {
      for (let from = 0; from < chunk.length; from += PIECE) {
        const part = chunk.subarray(from, from + PIECE)
        waiting.push(part)
        waitingBytes += part.length
        if (start + waitingBytes > limit) {
          throw new AppError('too_large', {
            reason: 'import_too_large',
            params: { megabytes: env().HINOMI_MAX_IMPORT_MB },
          })
        }
        if (waitingBytes >= PIECE) await flush()
      }
    }
    if (waitingBytes > 0) await flush()
  } finally {
    // A piece under way must not be written after its import is forgotten.
    await Promise.allSettled(writing)
  }
  await Promise.all(writing)
  return start
}
