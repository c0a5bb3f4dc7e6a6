import { AccountsQuery, parseQuery } from '@/lib/domain/api/query'
import { listAccounts } from '@/lib/queries/accounts/list'
import { requireTeams } from '@/lib/queries/teams/teams'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { cursor, limit, ...filter } = parseQuery(AccountsQuery, new URL(request.url).searchParams)
    await requireTeams(access, filter.team)
    const page = await listAccounts(access, filter, { cursor, limit })
    return { accounts: page.rows, nextCursor: page.next, total: page.total }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
