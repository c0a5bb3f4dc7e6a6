import { NoQuery, parseQuery } from '@/lib/domain/api/query'
import { NotFoundError } from '@/lib/errors'
import { json, refuseOthers, route } from '@/lib/route'
import { confirmImport } from '@/lib/store/imports/confirm'

export const dynamic = 'force-dynamic'

/** Confirms what a complete import closes. 202 with the number of the import that does it. */
export const POST = route<'imports:confirm', { id: string }>({
  needs: 'imports:confirm',
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    if (!/^\d{1,9}$/.test(params.id)) throw new NotFoundError()
    const { id } = await confirmImport(access, Number(params.id))
    return json({ id }, 202, { location: `/api/v1/imports/${id}` })
  },
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = refuseOthers('POST')
