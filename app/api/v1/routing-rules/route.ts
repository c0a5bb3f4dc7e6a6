import { NoQuery, parseBody, parseQuery } from '@/lib/domain/api/query'
import { SaveRouting } from '@/lib/domain/policies/routing'
import { getRouting } from '@/lib/queries/policies/routing'
import { jsonBody, refuseOthers, route } from '@/lib/route'
import { saveRouting } from '@/lib/store/policies/routing'

export const dynamic = 'force-dynamic'

/** 200 rules may name many accounts each. */
const MOST = 4 * 1024 * 1024

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    return answer(await getRouting(access))
  },
})

export const PUT = route({
  needs: ['findings:read', 'accounts:manage'],
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    await saveRouting(access, parseBody(SaveRouting, await jsonBody(request, MOST)))
    return answer(await getRouting(access))
  },
})

function answer({ rules, version, changedBy, changedAt, moving }: Awaited<ReturnType<typeof getRouting>>) {
  return { rules, version, changedBy, changedAt, moving }
}

export const { DELETE, OPTIONS, PATCH, POST } = refuseOthers('GET', 'PUT')
