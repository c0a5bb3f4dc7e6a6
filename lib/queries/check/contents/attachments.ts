import 'server-only'
import { createHash } from 'node:crypto'
import { keyOf } from '../../../access/seal/keys'
import { sealedBy } from '../../../access/seal/seal'
import { openContentKey, openPiece } from '../../../access/seal/seal-pieces'
import { Prisma } from '../../../generated/prisma/client'
import { read } from '../../../sql/read'
import type { Differences } from '../differences'

const { sql } = Prisma
const FILES = 200

interface StoredFile {
  id: string
  key: string
  size: number
  pieces: number
  sha256: string
}

/**
 * Decrypts every file and compares it with its recorded size and hash, and that hash with the audit log, which the chain covers.
 * Also reports files whose finding or exception does not exist, and pieces without a file. Reads outside the snapshot: contents
 * never change, and reading all of them may take long.
 */
export async function checkAttachments(differences: Differences): Promise<void> {
  for (let after: string | null = null; ; ) {
    const files: StoredFile[] = await read<StoredFile>(sql`
      SELECT id::text AS id, sealed_key AS key, size_bytes AS size, pieces, sha256 FROM attachment
      WHERE state = 'stored' AND (${after}::uuid IS NULL OR id > ${after}::uuid) ORDER BY attachment.id LIMIT ${FILES}`)
    for (const file of files) await checkContents(differences, file)
    const last = files.at(-1)
    if (!last || files.length < FILES) break
    after = last.id
  }
  await differences.run([
    {
      check: 'attachmentRecorded',
      sql: sql`SELECT t.id::text AS of, concat_ws(' ', t.name, t.size_bytes, t.sha256) AS shown,
          concat_ws(' ', e.detail ->> 'name', e.detail ->> 'bytes', e.detail ->> 'sha256') AS recomputed
        FROM attachment t LEFT JOIN audit_entry e ON e.target = 'attachment:' || t.id AND e.action = 'attachment.upload'
        WHERE t.state = 'stored' AND (e.detail ->> 'name', e.detail ->> 'bytes', e.detail ->> 'sha256')
          IS DISTINCT FROM (t.name, t.size_bytes::text, t.sha256)`,
    },
    {
      check: 'attachmentOwner',
      sql: sql`SELECT t.id::text AS of, t.owner_kind || ' ' || t.owner_id AS shown, NULL::text AS recomputed FROM attachment t
        WHERE CASE t.owner_kind WHEN 'draft' THEN FALSE
          WHEN 'finding' THEN NOT EXISTS (SELECT FROM finding f WHERE f.account_id = t.account_id AND f.id = t.owner_id::uuid)
          WHEN 'exception' THEN NOT EXISTS (SELECT FROM exception x WHERE x.id = t.owner_id::int) ELSE TRUE END`,
    },
    {
      check: 'attachmentPieces',
      sql: sql`SELECT c.attachment_id::text AS of, count(*)::text AS shown, '0' AS recomputed FROM attachment_chunk c
        WHERE NOT EXISTS (SELECT FROM attachment t WHERE t.id = c.attachment_id) GROUP BY 1`,
    },
  ])
}

async function checkContents(differences: Differences, { id, key, size, pieces, sha256 }: StoredFile): Promise<void> {
  const content = openContentKey(id, key)
  const sealing = sealedBy(key)
  // Its secret is not configured here: `keys list` and a restore report such values.
  if (sealing && !keyOf(sealing)) return
  if (!content) return differences.add('attachmentSealed', id, key.slice(0, 11))
  const hash = createHash('sha256')
  let bytes = 0
  for (let position = 0; position < pieces; position++) {
    const [row] = await read<{ sealed: Buffer }>(
      sql`SELECT sealed FROM attachment_chunk WHERE attachment_id = ${id}::uuid AND position = ${position}::int`,
    )
    const opened = row ? openPiece(content, position, position === pieces - 1, row.sealed) : null
    if (!opened) return differences.add('attachmentBroken', `${id}, ${position}`, row?.sealed.length ?? '-')
    hash.update(opened)
    bytes += opened.length
  }
  differences.compare('attachmentSize', id, size, bytes)
  differences.compare('attachmentHash', id, sha256, hash.digest('hex'))
  const [more] = await read<{ n: number }>(
    sql`SELECT count(*)::int AS n FROM attachment_chunk WHERE attachment_id = ${id}::uuid`,
  )
  differences.compare('attachmentLength', id, pieces, more?.n ?? 0)
}
