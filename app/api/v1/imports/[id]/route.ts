import { NoQuery, parseQuery } from '@/lib/domain/api/query'
import { NotFoundError } from '@/lib/errors'
import { getImport } from '@/lib/queries/imports/imports'
import { refuseOthers, route } from '@/lib/route'
import { toAnswer } from '../answer'

export const dynamic = 'force-dynamic'

export const GET = route<'imports:read', { id: string }>({
  needs: 'imports:read',
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    if (!/^\d{1,9}$/.test(params.id)) throw new NotFoundError()
    return toAnswer(request, await getImport(access, Number(params.id)))
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
