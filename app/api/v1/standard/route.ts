import { parseQuery, StandardQuery } from '@/lib/domain/api/query'
import { standardRows } from '@/lib/domain/standard/rows'
import { listStandard } from '@/lib/queries/standard/matrix'
import { getStandardPolicy } from '@/lib/queries/standard/settings'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { cursor, limit, ...filter } = parseQuery(StandardQuery, new URL(request.url).searchParams)
    const [{ rows, next }, policy] = await Promise.all([
      listStandard(access, filter, { cursor, limit }),
      getStandardPolicy(access),
    ])
    const checks = standardRows
      .filter(({ id }) => filter.check.length === 0 || filter.check.includes(id))
      .map(({ id, group, title, controls }) => ({ id, group, title, controls }))
    return { checks, limits: policy.value.limits, accounts: rows, nextCursor: next }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
