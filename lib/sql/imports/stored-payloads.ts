import 'server-only'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import type { PoolClient } from 'pg'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../read'
import { runIn } from '../transaction'

const { sql } = Prisma
const inflated = promisify(inflate)

/** A piece of a stored report, compressed by itself; `length` is its size before compression. */
export interface DeflatedPiece {
  length: number
  deflated: Buffer
}

interface Piece {
  importId: number
  start: number
  bytes: Buffer
}

/** The bytes of a piece. In one step: by default zlib gives 16 kB at a time, each through another thread. */
export function inflatePiece({ deflated, length }: DeflatedPiece): Promise<Buffer> {
  return inflated(deflated, { chunkSize: Math.max(64, length) })
}

/**
 * Reads parts of payloads. The last piece is kept: records that are read in the order of their payload share most
 * pieces.
 */
export class StoredPayloads {
  readonly #client: PoolClient | null
  #last: Piece | null = null

  /** `client`: reads in its transaction. */
  constructor(client: PoolClient | null = null) {
    this.#client = client
  }

  /** A part of a payload, decompressed; null where it is not stored, or no longer. */
  async bytes(importId: number, from: number, length: number): Promise<Buffer | null> {
    const to = from + length
    const last = this.#last
    if (last && last.importId === importId && last.start <= from && to <= last.start + last.bytes.length)
      return last.bytes.subarray(from - last.start, to - last.start)
    const parts: Buffer[] = []
    let reached = from
    for (const piece of await this.#piecesBetween(importId, from, to)) {
      const start = Number(piece.start)
      if (start > reached) return null
      const bytes = await inflatePiece(piece)
      this.#last = { importId, start, bytes }
      const part = bytes.subarray(reached - start, to - start)
      parts.push(part)
      reached += part.length
    }
    if (reached < to) return null
    const [only] = parts
    return only && parts.length === 1 ? only : Buffer.concat(parts)
  }

  #piecesBetween(importId: number, from: number, to: number): Promise<(DeflatedPiece & { start: string })[]> {
    const between = sql`SELECT start::text AS start, length, deflated FROM import_chunk
      WHERE import_id = ${importId} AND import_chunk.start < ${to}::bigint AND import_chunk.start + length > ${from}::bigint
      ORDER BY import_chunk.start`
    return this.#client ? runIn(this.#client, between, 'pieces-between') : read(between)
  }
}
