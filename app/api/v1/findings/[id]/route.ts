import { NoQuery, parseBody, parseQuery } from '@/lib/domain/api-query'
import { PatchFinding } from '@/lib/domain/finding-change'
import { FindingId } from '@/lib/domain/finding-filter'
import { AppError, NotFoundError } from '@/lib/errors'
import { getFinding } from '@/lib/queries/finding'
import { route } from '@/lib/route'
import { patchFinding } from '@/lib/store/findings'

export const dynamic = 'force-dynamic'

/** A patch is a few short fields: more than this is a mistake. */
const MOST = 64 * 1024

export const GET = route<'findings:read', { id: string }>({
  needs: 'findings:read',
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    return getFinding(access, idOf(params))
  },
})

export const PATCH = route<'findings:read' | 'findings:triage', { id: string }>({
  needs: ['findings:read', 'findings:triage'],
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    const id = idOf(params)
    await patchFinding(access, id, parseBody(PatchFinding, await bodyOf(request)))
    return getFinding(access, id)
  },
})

function idOf(params: { id: string }): FindingId {
  const id = FindingId.safeParse(params.id)
  if (!id.success) throw new NotFoundError()
  return id.data
}

async function bodyOf(request: Request): Promise<unknown> {
  const reader = request.body?.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.length
    if (size > MOST) throw new AppError('too_large')
    parts.push(next.value)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw new AppError('invalid', { reason: 'notJson' })
  }
}
