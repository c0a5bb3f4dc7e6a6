import 'server-only'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../read'

const { sql } = Prisma
const inflated = promisify(inflate)

/** A part of a payload, decompressed; null where it is no longer stored. */
export async function storedBytes(importId: number, from: number, length: number): Promise<Buffer | null> {
  const to = from + length
  const pieces = await read<{ start: string; deflated: Buffer }>(sql`
    SELECT start::text, deflated FROM import_chunk
    WHERE import_id = ${importId} AND start < ${to}::bigint AND start + length > ${from}::bigint ORDER BY start`)
  const parts: Buffer[] = []
  let reached = from
  for (const piece of pieces) {
    const start = Number(piece.start)
    if (start > reached) return null
    const bytes = await inflated(piece.deflated)
    const part = bytes.subarray(reached - start, to - start)
    parts.push(part)
    reached += part.length
  }
  return reached < to ? null : Buffer.concat(parts)
}
