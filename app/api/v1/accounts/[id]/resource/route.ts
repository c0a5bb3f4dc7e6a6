import { apiLocale } from '@/lib/access/locale'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { parseQuery } from '@/lib/domain/api/query'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { ResourceQuery } from '@/lib/domain/resources/resource-view'
import { NotFoundError } from '@/lib/errors'
import { getResource } from '@/lib/queries/resources/resource'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route<'findings:read', { id: string }>({
  needs: 'findings:read',
  run: async ({ access, request, params }) => {
    const query = parseQuery(ResourceQuery, new URL(request.url).searchParams)
    const id = AccountId.safeParse(params.id)
    if (!id.success) throw new NotFoundError()
    const resource = await getResource(access, id.data, query)
    return { ...resource, findings: withCanonicalTitles(await apiLocale(request), resource.findings) }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
