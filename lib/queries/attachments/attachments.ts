import 'server-only'
import type { Access } from '../../access/proof'
import { type AttachmentType, MAX_ATTACHMENTS } from '../../domain/attachments/attachment'
import type { AttachmentView } from '../../domain/attachments/view'
import { type FindingId, splitFindingId } from '../../domain/findings/filter'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { attachmentInScope } from '../../sql/attachments/where'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'

const { sql } = Prisma

interface Stored {
  id: string
  owner: string
  name: string
  type: AttachmentType
  size: number
  sha256: string
  by: string
  at: Date
  own: boolean
}

/** The files of a finding, oldest first. Throws NotFoundError outside the scope. */
export async function attachmentsOfFinding(access: Access<'findings:read'>, id: FindingId): Promise<AttachmentView[]> {
  const { accountId, uuid } = splitFindingId(id)
  const [found] = await read<{ id: string }>(
    sql`SELECT f.id FROM finding f WHERE f.account_id = ${accountId} AND f.id = ${uuid}::uuid AND ${inScope(access)}`,
  )
  if (!found) throw new NotFoundError()
  return filesOf(access, sql`t.owner_kind = 'finding' AND t.owner_id = ${uuid} AND t.account_id = ${accountId}`)
}

/** The files of an exception, oldest first; none if the reader may not read its texts. */
export async function attachmentsOfException(access: Access<'findings:read'>, id: number): Promise<AttachmentView[]> {
  return filesOf(access, sql`t.owner_kind = 'exception' AND t.owner_id = ${String(id)}`)
}

/** The files of several exceptions whose texts the reader may read, by their numbers. */
export async function evidenceOf(
  access: Access<'findings:read'>,
  ids: readonly number[],
): Promise<Map<number, AttachmentView[]>> {
  const files = new Map<number, AttachmentView[]>()
  if (ids.length === 0) return files
  const which = sql`t.owner_kind = 'exception' AND t.owner_id = ANY(${ids.map(String)}::text[])`
  const rows = await select(access, which, ids.length * MAX_ATTACHMENTS)
  for (const row of rows) files.set(Number(row.owner), [...(files.get(Number(row.owner)) ?? []), toView(row)])
  return files
}

/** One file that the reader may see. Throws NotFoundError otherwise. */
export async function getAttachment(access: Access<'findings:read'>, id: string): Promise<AttachmentView> {
  const [file] = await filesOf(access, sql`t.id = ${id}::uuid`)
  if (!file) throw new NotFoundError()
  return file
}

/** A finding that others were merged into has the files of all of them. */
const MOST_OF_ONE = 1000

async function filesOf(access: Access, which: Prisma.Sql): Promise<AttachmentView[]> {
  return (await select(access, which, MOST_OF_ONE)).map(toView)
}

function select(access: Access, which: Prisma.Sql, most: number): Promise<Stored[]> {
  const { actor } = access
  return read<Stored>(sql`
    SELECT t.id::text AS id, t.owner_id AS owner, t.name, t.type, t.size_bytes AS size, t.sha256, t.uploaded_name AS by, t.uploaded_at AS at,
      t.uploaded_kind = ${actor.kind} AND t.uploaded_by = ${actor.id} AS own
    FROM attachment t WHERE ${which} AND ${attachmentInScope(access)} ORDER BY t.uploaded_at, t.id LIMIT ${most}`)
}

function toView({ id, name, type, size, sha256, by, at, own }: Stored): AttachmentView {
  return { id, name, type, sizeBytes: size, sha256, uploadedName: by, uploadedAt: at, own }
}
