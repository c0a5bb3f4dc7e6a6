import type { Access } from '../../access/proof'
import { env } from '../../env'
import { AppError } from '../../errors'
import { log } from '../../log'
import { outageOf } from '../../outage'
import {
  ALIVE_EVERY_MS,
  beginReceiving,
  dropReceiving,
  type NewImport,
  noteReceiving,
  storePiece,
} from '../../store/imports/receive'

const MEGABYTE = 1024 * 1024
const PIECE = MEGABYTE
const PIECES_AT_ONCE = 2

/** How many decompressed bytes an upload may still contain. */
export class ByteBudget {
  readonly #megabytes = env().HINOMI_MAX_IMPORT_MB
  #left = this.#megabytes * MEGABYTE

  /** Throws too_large where the budget is exceeded. */
  take(bytes: number): void {
    this.#left -= bytes
    if (this.#left >= 0) return
    throw new AppError('too_large', { reason: 'import_too_large', params: { megabytes: this.#megabytes } })
  }

  /** Passes the bytes on and takes them from the budget. */
  async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.take(chunk.length)
      yield chunk
    }
  }
}

/** A stored report that is not visible yet. */
export interface StoredReport {
  id: number
  sizeBytes: number
  /** The import is queued: `release` does not delete it. */
  keep(): void
  /** Deletes the report unless `keep` was called. */
  release(): Promise<void>
}

/** Stores the bytes of one report, decompressed and in UTF-8, as an import that is being received. Stores nothing where it fails. */
export async function storeReport(
  access: Access<'imports:write'>,
  bytes: AsyncGenerator<Uint8Array>,
  options: NewImport,
  budget: ByteBudget,
): Promise<StoredReport> {
  const id = await beginReceiving(access, options)
  const alive = setInterval(() => {
    // While the database is unavailable the upload itself fails.
    noteReceiving(access, id).catch(() => undefined)
  }, ALIVE_EVERY_MS)
  let queued = false
  const release = async () => {
    clearInterval(alive)
    if (!queued) await deleteReport(access, id)
  }
  try {
    const sizeBytes = await storePieces(access, id, budget.counted(bytes))
    const keep = () => {
      queued = true
    }
    return { id, sizeBytes, keep, release }
  } catch (error) {
    await release()
    throw error
  }
}

/** Deletes a report; during an outage the scheduled job does so later. */
async function deleteReport(access: Access<'imports:write'>, id: number): Promise<void> {
  try {
    await dropReceiving(access, id)
  } catch (error) {
    if (!outageOf(error)) throw error
    log.warn({ import: id, outage: outageOf(error) }, 'an interrupted upload will be deleted later')
  }
}

async function storePieces(
  access: Access<'imports:write'>,
  id: number,
  bytes: AsyncGenerator<Uint8Array>,
): Promise<number> {
  let start = 0
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const writing: Promise<void>[] = []
  const flush = async () => {
    const piece = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    // Pieces are compressed and written while the next ones arrive; beyond that the sender waits for the database.
    if (writing.length >= PIECES_AT_ONCE) await writing.shift()
    const stored = storePiece(access, id, start, piece)
    start += piece.length
    stored.catch(() => undefined)
    writing.push(stored)
  }
  try {
    for await (const chunk of bytes) {
      for (let from = 0; from < chunk.length; from += PIECE) {
        const part = chunk.subarray(from, from + PIECE)
        waiting.push(part)
        waitingBytes += part.length
        if (waitingBytes >= PIECE) await flush()
      }
    }
    if (waitingBytes > 0) await flush()
  } finally {
    // A pending piece must not be written after its import is deleted.
    await Promise.allSettled(writing)
  }
  await Promise.all(writing)
  return start
}
