import { actorKey, limitRate } from '@/lib/access/api/rate-limit'
import { parseQuery } from '@/lib/domain/api/query'
import { AttachmentsQuery, MAX_ATTACHMENT_MB, toNamedFile, UploadAttachment } from '@/lib/domain/attachments/attachment'
import { AppError } from '@/lib/errors'
import { receiveAttachment } from '@/lib/ingest/attachments/receive-attachment'
import { attachmentsOfException, attachmentsOfFinding, getAttachment } from '@/lib/queries/attachments/attachments'
import { refuseOthers, route } from '@/lib/route'
import { bodyOf, requireRawBody } from '../body'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { finding, exception } = parseQuery(AttachmentsQuery, new URL(request.url).searchParams)
    if (finding !== null && exception === null) return { attachments: await attachmentsOfFinding(access, finding) }
    if (finding === null && exception !== null) return { attachments: await attachmentsOfException(access, exception) }
    throw new AppError('conflict', { reason: 'attachmentOwner' })
  },
})

/** Stores the body as a file. What the sender may attach it to is checked with the owner. */
export const POST = route({
  needs: 'findings:read',
  stores: true,
  run: async ({ access, request }) => {
    limitRate('uploads', actorKey(access))
    const { name: given, ...owner } = parseQuery(UploadAttachment, new URL(request.url).searchParams)
    requireRawBody(request)
    if (Number(request.headers.get('content-length') ?? 0) > MAX_ATTACHMENT_MB * 1024 * 1024)
      throw new AppError('too_large', { reason: 'attachmentSize', params: { max: MAX_ATTACHMENT_MB } })
    const file = toNamedFile(given, request.headers.get('content-type'))
    const { id } = await receiveAttachment(access, bodyOf(request), { ...file, ...owner })
    return getAttachment(access, id)
  },
})

export const { DELETE, OPTIONS, PATCH, PUT } = refuseOthers('GET', 'POST')
