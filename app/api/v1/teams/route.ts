import { NoQuery, parseQuery } from '@/lib/domain/api/query'
import { listTeams } from '@/lib/queries/teams/teams'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    return { teams: await listTeams(access) }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
