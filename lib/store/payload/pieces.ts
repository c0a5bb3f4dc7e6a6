import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

/** The number of pieces that one statement reads. */
const PAGE = 8

/** A piece of a stored report, compressed by itself; `start` and `length` are its position before compression. */
export interface PayloadPiece {
  start: number
  length: number
  deflated: Buffer
}

type PieceRow = Omit<PayloadPiece, 'start'> & { start: string }

/** The pieces of a payload in order. The next page is read while the pieces are processed. */
export async function* payloadPieces(_job: JobAccess, id: number): AsyncGenerator<PayloadPiece> {
  let next = piecesAfter(id, -1)
  for (;;) {
    const pieces = await next
    const last = pieces.at(-1)
    const more = last && pieces.length === PAGE ? piecesAfter(id, last.start) : null
    // Thrown where it is awaited above; the empty handler keeps Node from ending the process first.
    more?.catch(() => undefined)
    yield* pieces
    if (!more) return
    next = more
  }
}

/** The pieces of a payload with its bytes between two offsets, in order. Needs the plain client, which returns Buffers. */
export async function piecesBetween(
  _job: JobAccess,
  client: PoolClient,
  id: number,
  { from, to }: { from: number; to: number },
): Promise<PayloadPiece[]> {
  const rows = await runIn<PieceRow>(
    client,
    sql`SELECT start::text AS start, length, deflated FROM import_chunk
      WHERE import_id = ${id} AND import_chunk.start < ${to} AND import_chunk.start + length > ${from} ORDER BY import_chunk.start`,
    'pieces-between',
  )
  return rows.map(toPiece)
}

async function piecesAfter(id: number, after: number): Promise<PayloadPiece[]> {
  const rows = await runIn<PieceRow>(
    pool(),
    sql`SELECT start::text AS start, length, deflated FROM import_chunk
      WHERE import_id = ${id} AND import_chunk.start > ${after} ORDER BY import_chunk.start LIMIT ${PAGE}`,
    'payload-pieces',
  )
  return rows.map(toPiece)
}

function toPiece({ start, ...piece }: PieceRow): PayloadPiece {
  return { ...piece, start: Number(start) }
}
