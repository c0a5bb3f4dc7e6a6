import 'server-only'
import { now } from '../../../clock'
import { unreadDays } from '../../../domain/imports/views'
import { env } from '../../../env'
import { Prisma } from '../../../generated/prisma/client'
import { inflatePiece } from '../../../sql/imports/stored-payloads'
import { read } from '../../../sql/read'
import type { Differences } from '../differences'

const { sql } = Prisma
const PIECES = 8
const IMPORTS = 500
const DAY_MS = 86_400_000

interface StoredImport {
  id: number
  size: string
  /** Whether retention may have deleted its pieces. */
  old: boolean
}

/**
 * Inflates the stored bytes of every import that has its own, piece by piece: each has to have its recorded length, and none may be
 * missing that retention keeps. Reads outside the snapshot: pieces never change, and reading all of them may take long.
 */
export async function checkPayloads(differences: Differences): Promise<void> {
  const before = new Date(now().getTime() - env().HINOMI_RETENTION_DAYS * DAY_MS)
  const unreadBefore = new Date(now().getTime() - unreadDays * DAY_MS)
  for (let after = 0; ; ) {
    const imports = await read<StoredImport>(sql`
      SELECT id, size_bytes::text AS size,
        coalesce(finished_at < ${before}::timestamptz OR (state = 'failed' AND accepted = 0
          AND error ->> 'code' IS DISTINCT FROM 'internal' AND finished_at < ${unreadBefore}::timestamptz), FALSE) AS old
      FROM import WHERE id > ${after} AND state <> 'receiving' AND confirms_id IS NULL AND retries_id IS NULL ORDER BY id LIMIT ${IMPORTS}`)
    for (const each of imports) await checkPayload(differences, each)
    const last = imports.at(-1)
    if (!last || imports.length < IMPORTS) return
    after = last.id
  }
}

async function checkPayload(differences: Differences, { id, size, old }: StoredImport): Promise<void> {
  let end = 0
  let after = -1
  for (;;) {
    const pieces = await read<{ start: string; length: number; deflated: Buffer }>(sql`
      SELECT start, length, deflated FROM import_chunk WHERE import_id = ${id} AND start > ${after}::bigint ORDER BY start LIMIT ${PIECES}`)
    for (const piece of pieces) {
      const { start, length } = piece
      const of = `${id}, byte ${start}`
      if (old ? Number(start) < end : Number(start) !== end) differences.add('payloadPlace', of, start, end)
      const bytes = await inflatePiece(piece).catch(() => null)
      if (bytes === null) differences.add('payloadBroken', of, length)
      else differences.compare('payloadLength', of, length, bytes.length)
      end = Number(start) + length
    }
    after = Number(pieces.at(-1)?.start ?? after)
    if (pieces.length < PIECES) break
  }
  if (!old || end > Number(size)) differences.compare('payloadSize', String(id), end, Number(size))
}
