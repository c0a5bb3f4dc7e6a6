import 'server-only'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../read'

const { sql } = Prisma
const inflated = promisify(inflate)

interface Piece {
  importId: number
  start: number
  bytes: Buffer
}

/** Reads parts of payloads. The last piece is kept: records that are read in the order of their payload share most pieces. */
export class StoredPayloads {
  #last: Piece | null = null

  /** A part of a payload, decompressed; null where it is no longer stored. */
  async bytes(importId: number, from: number, length: number): Promise<Buffer | null> {
    const to = from + length
    const last = this.#last
    if (last && last.importId === importId && last.start <= from && to <= last.start + last.bytes.length)
      return last.bytes.subarray(from - last.start, to - last.start)
    const pieces = await read<{ start: string; deflated: Buffer }>(sql`
      SELECT start::text, deflated FROM import_chunk
      WHERE import_id = ${importId} AND start < ${to}::bigint AND start + length > ${from}::bigint ORDER BY start`)
    const parts: Buffer[] = []
    let reached = from
    for (const piece of pieces) {
      const start = Number(piece.start)
      if (start > reached) return null
      const bytes = await inflated(piece.deflated)
      this.#last = { importId, start, bytes }
      const part = bytes.subarray(reached - start, to - start)
      parts.push(part)
      reached += part.length
    }
    return reached < to ? null : Buffer.concat(parts)
  }
}
