import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import type { JobAccess } from '../../access/proof'
import { payloadPieces } from '../../store/imports/runs'

const inflated = promisify(inflate)
const AHEAD = 3

/** A stored report, piece by piece. Pieces are inflated ahead, on other threads, while this one parses. */
export async function* inflatedPieces(access: JobAccess, id: number): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = []
  for await (const piece of payloadPieces(access, id)) {
    // In one go: by default it would come in pieces of 16 kB, each with a way to another thread and back.
    const bytes = inflated(piece.deflated, { chunkSize: Math.max(64, piece.length) })
    // Thrown where it is awaited below; this only keeps Node from ending the process before.
    bytes.catch(() => undefined)
    ahead.push(bytes)
    if (ahead.length > AHEAD) yield* next(ahead)
  }
  while (ahead.length > 0) yield* next(ahead)
}

async function* next(ahead: Promise<Buffer>[]): AsyncGenerator<Buffer> {
  const bytes = await ahead.shift()
  if (bytes) yield bytes
}
