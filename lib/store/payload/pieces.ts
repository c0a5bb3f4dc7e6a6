import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'

/** Pieces that are asked for at once. */
const AT_ONCE = 8

/** A piece of a stored report, deflated on its own; `start` and `length` are those of its bytes before. */
export interface PayloadPiece {
  start: number
  length: number
  deflated: Buffer
}

type PieceRow = Omit<PayloadPiece, 'start'> & { start: string }

/** The pieces of a payload in order. The next are asked for while these are read. */
export async function* payloadPieces(_job: JobAccess, id: number): AsyncGenerator<PayloadPiece> {
  let next = piecesAfter(id, -1)
  for (;;) {
    const pieces = await next
    const last = pieces.at(-1)
    const more = last && pieces.length === AT_ONCE ? piecesAfter(id, last.start) : null
    // Thrown where it is awaited above; this only keeps Node from ending the process before.
    more?.catch(() => undefined)
    yield* pieces
    if (!more) return
    next = more
  }
}

/** The pieces of a payload that hold its bytes between two offsets, in order. */
export async function piecesBetween(
  _job: JobAccess,
  client: PoolClient,
  id: number,
  { from, to }: { from: number; to: number },
): Promise<PayloadPiece[]> {
  const { rows } = await client.query<PieceRow>({
    name: 'pieces-between',
    text: `SELECT start, length, deflated FROM import_chunk
           WHERE import_id = $1 AND start < $3 AND start + length > $2 ORDER BY start`,
    values: [id, from, to],
  })
  return rows.map(toPiece)
}

async function piecesAfter(id: number, after: number): Promise<PayloadPiece[]> {
  const { rows } = await pool().query<PieceRow>({
    name: 'payload-pieces',
    text: 'SELECT start, length, deflated FROM import_chunk WHERE import_id = $1 AND start > $2 ORDER BY start LIMIT $3',
    values: [id, after, AT_ONCE],
  })
  return rows.map(toPiece)
}

function toPiece({ start, ...piece }: PieceRow): PayloadPiece {
  return { ...piece, start: Number(start) }
}
