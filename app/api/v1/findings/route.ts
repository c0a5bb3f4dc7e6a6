import { apiLocale } from '@/lib/access/locale'
import { FindingsQuery, parseQuery } from '@/lib/domain/api/query'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { listFindings } from '@/lib/queries/findings/list'
import { ownerIds } from '@/lib/queries/people/assignable-members'
import { requireTeams } from '@/lib/queries/teams/teams'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { cursor, limit, ...filter } = parseQuery(FindingsQuery, new URL(request.url).searchParams)
    await requireTeams(access, filter.team)
    const owner = await ownerIds(access, filter.owner)
    const page = await listFindings(access, { ...filter, owner }, { cursor, limit })
    const findings = withCanonicalTitles(await apiLocale(request), page.rows)
    return { findings, nextCursor: page.next, total: page.total, totalExact: page.exact }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
