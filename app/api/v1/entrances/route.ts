import { EntrancesQuery, parseQuery } from '@/lib/domain/api/query'
import { requireTeams } from '@/lib/queries/teams/teams'
import { listEntrances } from '@/lib/queries/waf/entrances'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { cursor, limit, ...filter } = parseQuery(EntrancesQuery, new URL(request.url).searchParams)
    await requireTeams(access, filter.team)
    const page = await listEntrances(access, filter, { cursor, limit })
    return { entrances: page.rows, nextCursor: page.next, total: page.total }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
