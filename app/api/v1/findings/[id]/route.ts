import { apiLocale } from '@/lib/access/locale'
import type { Access } from '@/lib/access/proof'
import { NoQuery, parseBody, parseQuery } from '@/lib/domain/api/query'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { PatchFinding } from '@/lib/domain/findings/change'
import { FindingId } from '@/lib/domain/findings/filter'
import { NotFoundError } from '@/lib/errors'
import { getFinding } from '@/lib/queries/findings/finding'
import { jsonBody, refuseOthers, route } from '@/lib/route'
import { patchFinding } from '@/lib/store/findings/triage'

export const dynamic = 'force-dynamic'

export const GET = route<'findings:read', { id: string }>({
  needs: 'findings:read',
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    return titled(access, request, idOf(params))
  },
})

export const PATCH = route<'findings:read' | 'findings:triage', { id: string }>({
  needs: ['findings:read', 'findings:triage'],
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    const id = idOf(params)
    await patchFinding(access, id, parseBody(PatchFinding, await jsonBody(request)))
    return titled(access, request, id)
  },
})

async function titled(access: Access<'findings:read'>, request: Request, id: FindingId) {
  const finding = await getFinding(access, id)
  return withCanonicalTitles(await apiLocale(request), [finding])[0] ?? finding
}

function idOf(params: { id: string }): FindingId {
  const id = FindingId.safeParse(params.id)
  if (!id.success) throw new NotFoundError()
  return id.data
}

export const { DELETE, OPTIONS, POST, PUT } = refuseOthers('GET', 'PATCH')
