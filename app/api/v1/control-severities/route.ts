import { NoQuery, parseBody, parseQuery } from '@/lib/domain/api/query'
import { SaveControlSeverities } from '@/lib/domain/controls/severities'
import { getControlSeverities } from '@/lib/queries/policies/control-severity'
import { jsonBody, refuseOthers, route } from '@/lib/route'
import { saveControlSeverities } from '@/lib/store/policies/control-severity'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    return answer(await getControlSeverities(access))
  },
})

export const PUT = route({
  needs: ['findings:read', 'accounts:manage'],
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    await saveControlSeverities(access, parseBody(SaveControlSeverities, await jsonBody(request)))
    return answer(await getControlSeverities(access))
  },
})

function answer({
  severities,
  version,
  changedBy,
  changedAt,
  moving,
}: Awaited<ReturnType<typeof getControlSeverities>>) {
  return { severities, version, changedBy, changedAt, moving }
}

export const { DELETE, OPTIONS, PATCH, POST } = refuseOthers('GET', 'PUT')
