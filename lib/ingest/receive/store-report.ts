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

/** How many bytes an upload may still hold once unpacked. */
export class ByteBudget {
  readonly #megabytes = env().HINOMI_MAX_IMPORT_MB
  #left = this.#megabytes * MEGABYTE

  /** Throws too_large where these are too many. */
  take(bytes: number): void {
    this.#left -= bytes
    if (this.#left >= 0) return
    throw new AppError('too_large', { reason: 'import_too_large', params: { megabytes: this.#megabytes } })
  }

  /** The same bytes, each of them taken from the budget. */
  async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.take(chunk.length)
      yield chunk
    }
  }
}

/** A report whose bytes are stored, seen by nobody yet. */
export interface StoredReport {
  id: number
  sizeBytes: number
  /** The import is queued: `release` leaves it alone. */
  keep(): void
  /** Forgets the report, unless it is kept. */
  release(): Promise<void>
}

/** Stores the bytes of one report, in UTF-8 and unpacked, as an import that is being received. Keeps nothing where it fails. */
export async function storeReport(
  access: Access<'imports:write'>,
  bytes: AsyncGenerator<Uint8Array>,
  options: NewImport,
  budget: ByteBudget,
): Promise<StoredReport> {
  const id = await beginReceiving(access, options)
  const alive = setInterval(() => {
    // Where the database is away the upload fails by itself.
    noteReceiving(access, id).catch(() => undefined)
  }, ALIVE_EVERY_MS)
  let kept = false
  const release = async () => {
    clearInterval(alive)
    if (!kept) await forget(access, id)
  }
  try {
    const sizeBytes = await storePieces(access, id, budget.counted(bytes))
    const keep = () => {
      kept = true
    }
    return { id, sizeBytes, keep, release }
  } catch (error) {
    await release()
    throw error
  }
}

/** Forgets a report; where an outage keeps it from that, the scheduled job does so later. */
async function forget(access: Access<'imports:write'>, id: number): Promise<void> {
  try {
    await dropReceiving(access, id)
  } catch (error) {
    if (!outageOf(error)) throw error
    log.warn({ import: id, outage: outageOf(error) }, 'an upload that broke is forgotten later')
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
  // Room of pieces that are stored: new room for each would have Node.js collect garbage all the time.
  const rooms: Buffer[] = []
  const flush = async () => {
    // Pieces are packed and written while the next arrives, and no more: the sender waits for the database.
    if (writing.length >= PIECES_AT_ONCE) await writing.shift()
    const { piece, room } = joined(waiting, waitingBytes, rooms)
    waiting = []
    waitingBytes = 0
    const stored = storePiece(access, id, start, piece).finally(() => room && rooms.push(room))
    start += piece.length
    stored.catch(() => undefined)
    writing.push(stored)
  }
  try {
    for await (const chunk of bytes) {
      for (let from = 0; from < chunk.length; ) {
        const part = chunk.subarray(from, from + PIECE - waitingBytes)
        waiting.push(part)
        waitingBytes += part.length
        from += part.length
        if (waitingBytes === PIECE) await flush()
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

/** The bytes in one piece, in a free room where they fill it. */
function joined(parts: readonly Uint8Array[], length: number, rooms: Buffer[]): { piece: Buffer; room: Buffer | null } {
  const [first] = parts
  if (first && parts.length === 1)
    return { piece: Buffer.from(first.buffer, first.byteOffset, first.length), room: null }
  const room = length === PIECE ? (rooms.pop() ?? Buffer.allocUnsafe(PIECE)) : null
  if (!room) return { piece: Buffer.concat(parts), room }
  let at = 0
  for (const part of parts) {
    room.set(part, at)
    at += part.length
  }
  return { piece: room, room }
}
