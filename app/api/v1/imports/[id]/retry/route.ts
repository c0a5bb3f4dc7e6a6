import { NoQuery, parseQuery } from '@/lib/domain/api/query'
import { NotFoundError } from '@/lib/errors'
import { json, refuseOthers, route } from '@/lib/route'
import { retryImport } from '@/lib/store/imports/retry'

export const dynamic = 'force-dynamic'

/** Imports the report of a failed import again. 202 with the number of the new import. */
export const POST = route<'imports:read' | 'imports:write', { id: string }>({
  needs: ['imports:read', 'imports:write'],
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    if (!/^\d{1,9}$/.test(params.id)) throw new NotFoundError()
    const { id } = await retryImport(access, Number(params.id))
    return json({ id }, 202, { location: `/api/v1/imports/${id}` })
  },
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = refuseOthers('POST')
