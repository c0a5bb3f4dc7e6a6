import { requireRecent } from '@/lib/access/session/recent'
import { AuditQuery } from '@/lib/domain/api/audit'
import { parseQuery } from '@/lib/domain/api/query'
import { auditAfter } from '@/lib/queries/audit/stream'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'audit:read',
  run: async ({ access, request }) => {
    await requireRecent(access)
    const { after, limit } = parseQuery(AuditQuery, new URL(request.url).searchParams)
    const { entries, next } = await auditAfter(access, BigInt(after), limit)
    return { entries, next: String(next) }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
