import { apiLocale } from '@/lib/access/locale'
import { ExceptionsQuery, NoQuery, parseBody, parseQuery } from '@/lib/domain/api/query'
import { withCanonicalFindings } from '@/lib/domain/controls/text/titles'
import { RequestException } from '@/lib/domain/exceptions/exception'
import { countExceptions, listExceptions } from '@/lib/queries/exceptions/exceptions'
import { jsonBody, refuseOthers, route } from '@/lib/route'
import { requestException, requestRule } from '@/lib/store/exceptions/request'

export const dynamic = 'force-dynamic'

export const GET = route({
  needs: 'findings:read',
  run: async ({ access, request }) => {
    const { list, ...page } = parseQuery(ExceptionsQuery, new URL(request.url).searchParams)
    const [{ rows, next }, counts] = await Promise.all([listExceptions(access, list, page), countExceptions(access)])
    const exceptions = withCanonicalFindings(await apiLocale(request), rows)
    return { exceptions, nextCursor: next, total: counts[list] }
  },
})

export const POST = route({
  needs: 'exceptions:request',
  run: async ({ access, request }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    const asked = parseBody(RequestException, await jsonBody(request))
    return 'finding' in asked ? requestException(access, asked) : requestRule(access, asked)
  },
})

export const { DELETE, OPTIONS, PATCH, PUT } = refuseOthers('GET', 'POST')
