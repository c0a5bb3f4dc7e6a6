import { z } from 'zod'
import { NoQuery, parseQuery } from '@/lib/domain/api/query'
import { downloadDisposition } from '@/lib/domain/attachments/attachment'
import { NotFoundError } from '@/lib/errors'
import { refuseOthers, route } from '@/lib/route'
import { deleteAttachment, downloadAttachment } from '@/lib/store/attachments/download'

export const dynamic = 'force-dynamic'

/** The contents of a file, to be saved: never shown by a browser, whatever is in it. */
export const GET = route<'findings:read', { id: string }>({
  needs: 'findings:read',
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    const { name, sizeBytes, bytes } = await downloadAttachment(access, idOf(params))
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await bytes.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await bytes.return(undefined)
      },
    })
    return new Response(stream, {
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': downloadDisposition(name),
        'content-length': String(sizeBytes),
        'cache-control': 'private, no-store',
      },
    })
  },
})

export const DELETE = route<'findings:read', { id: string }>({
  needs: 'findings:read',
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    const id = idOf(params)
    await deleteAttachment(access, id)
    return { id }
  },
})

function idOf({ id }: { id: string }): string {
  const parsed = z.uuid().safeParse(id)
  if (!parsed.success) throw new NotFoundError()
  return parsed.data
}

export const { OPTIONS, PATCH, POST, PUT } = refuseOthers('DELETE', 'GET')
