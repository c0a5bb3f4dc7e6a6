import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { type DeflatedPiece, inflatePiece, StoredPayloads } from '../../sql/imports/stored-payloads'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

/** The number of pieces that one statement reads. */
const PAGE = 8
const AHEAD = 3

type StoredPiece = DeflatedPiece & { start: string }

/** The bytes of a stored report, piece by piece. The next pieces are read and decompressed meanwhile, on other threads. */
export async function* inflatedPieces(_job: JobAccess, id: number): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = []
  for await (const piece of deflatedPieces(id)) {
    const bytes = inflatePiece(piece)
    // Thrown where it is awaited below; the empty handler keeps Node from ending the process first.
    bytes.catch(() => undefined)
    ahead.push(bytes)
    if (ahead.length > AHEAD) yield* next(ahead)
  }
  while (ahead.length > 0) yield* next(ahead)
}

/**
 * Reads bytes of a stored report in the transaction of the client. Decompresses each piece once if offsets ascend. Throws
 * if bytes are missing.
 */
export function payloadReader(
  _job: JobAccess,
  client: PoolClient,
  id: number,
): (offset: number, length: number) => Promise<Buffer> {
  const payloads = new StoredPayloads(client)
  return async (offset, length) => {
    const bytes = await payloads.bytes(id, offset, length)
    if (bytes === null) throw new Error(`payload ${id} lacks bytes at ${offset}`)
    return bytes
  }
}

/** The pieces in order. The next page is read while the pieces are processed. */
async function* deflatedPieces(id: number): AsyncGenerator<StoredPiece> {
  let coming = piecesAfter(id, '-1')
  for (;;) {
    const pieces = await coming
    const last = pieces.at(-1)
    const more = last && pieces.length === PAGE ? piecesAfter(id, last.start) : null
    // Thrown where it is awaited above; the empty handler keeps Node from ending the process first.
    more?.catch(() => undefined)
    yield* pieces
    if (!more) return
    coming = more
  }
}

function piecesAfter(id: number, after: string): Promise<StoredPiece[]> {
  return runIn<StoredPiece>(
    pool(),
    sql`SELECT start::text AS start, length, deflated FROM import_chunk
      WHERE import_id = ${id} AND import_chunk.start > ${after}::bigint ORDER BY import_chunk.start LIMIT ${PAGE}`,
    'payload-pieces',
  )
}

async function* next(ahead: Promise<Buffer>[]): AsyncGenerator<Buffer> {
  const bytes = await ahead.shift()
  if (bytes) yield bytes
}
