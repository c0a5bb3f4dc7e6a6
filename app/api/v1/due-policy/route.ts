import { NoQuery, parseBody, parseQuery } from '@/lib/domain/api/query'
import { SaveDuePolicy } from '@/lib/domain/policies/due-policy'
import { getDuePolicy } from '@/lib/queries/policies/due-policy'
import { jsonBody, refuseOthers, route } from '@/lib/route'
import { saveDuePolicy } from '@/lib/store/policies/due-policy'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    return answer(await getDuePolicy(access))
  },
})

export const PUT = route({
  needs: ['findings:read', 'accounts:manage'],
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    await saveDuePolicy(access, parseBody(SaveDuePolicy, await jsonBody(request)))
    return answer(await getDuePolicy(access))
  },
})

function answer({ policy, version, changedBy, changedAt, moving }: Awaited<ReturnType<typeof getDuePolicy>>) {
  return { policy, version, changedBy, changedAt, moving }
}

export const { DELETE, OPTIONS, PATCH, POST } = refuseOthers('GET', 'PUT')
