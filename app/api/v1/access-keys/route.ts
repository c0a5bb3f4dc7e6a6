import { AccessKeysQuery, parseQuery } from '@/lib/domain/api/query'
import { listKeys } from '@/lib/queries/access-keys/keys'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { cursor, limit, ...filter } = parseQuery(AccessKeysQuery, new URL(request.url).searchParams)
    const page = await listKeys(access, filter, { cursor, limit })
    const accessKeys = page.rows.map(({ account, ...key }) => ({ account: account.id, ...key }))
    return { accessKeys, nextCursor: page.next, total: page.total }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
