import { CoverageQuery, parseQuery } from '@/lib/domain/api/query'
import { listCells } from '@/lib/queries/collection/cells'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { cursor, limit, ...filter } = parseQuery(CoverageQuery, new URL(request.url).searchParams)
    const page = await listCells(access, filter, { cursor, limit })
    return { cells: page.rows, nextCursor: page.next, total: page.total }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
