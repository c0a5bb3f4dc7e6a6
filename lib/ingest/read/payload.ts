import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { type PayloadPiece, payloadPieces, piecesBetween } from '../../store/payload/pieces'
import type { BytesAt } from './parsed-batch'

const inflated = promisify(inflate)
const AHEAD = 3

/** The bytes of a stored report, piece by piece. The next pieces are decompressed on other threads meanwhile. */
export async function* inflatedPieces(access: JobAccess, id: number): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = []
  for await (const piece of payloadPieces(access, id)) {
    const bytes = bytesOf(piece)
    // Thrown where it is awaited below; the empty handler keeps Node from ending the process first.
    bytes.catch(() => undefined)
    ahead.push(bytes)
    if (ahead.length > AHEAD) yield* next(ahead)
  }
  while (ahead.length > 0) yield* next(ahead)
}

/** Reads bytes of a stored report. Decompresses each piece once if offsets ascend. Throws if bytes are missing. */
export function payloadReader(access: JobAccess, client: PoolClient, id: number): BytesAt {
  let held: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }
  return async (offset, length) => {
    const isHeld = offset >= held.start && offset + length <= held.start + held.bytes.length
    if (!isHeld) {
      const pieces = await piecesBetween(access, client, id, { from: offset, to: offset + length })
      held = { start: pieces[0]?.start ?? 0, bytes: Buffer.concat(await Promise.all(pieces.map(bytesOf))) }
    }
    const bytes = held.bytes.subarray(offset - held.start, offset - held.start + length)
    if (bytes.length !== length) throw new Error(`payload ${id} lacks bytes at ${offset}`)
    return bytes
  }
}

/** In one step: by default zlib gives 16 kB at a time, each through another thread. */
function bytesOf({ deflated, length }: PayloadPiece): Promise<Buffer> {
  return inflated(deflated, { chunkSize: Math.max(64, length) })
}

async function* next(ahead: Promise<Buffer>[]): AsyncGenerator<Buffer> {
  const bytes = await ahead.shift()
  if (bytes) yield bytes
}
