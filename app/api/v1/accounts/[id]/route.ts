import { apiLocale } from '@/lib/access/locale'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { NoQuery, parseQuery } from '@/lib/domain/api/query'
import { withCanonicalChanges, withCanonicalLabels } from '@/lib/domain/controls/text/titles'
import { NotFoundError } from '@/lib/errors'
import { getAccount } from '@/lib/queries/accounts/account'
import { refuseOthers, route } from '@/lib/route'

export const dynamic = 'force-dynamic'

export const GET = route<'findings:read', { id: string }>({
  needs: 'findings:read',
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    const id = AccountId.safeParse(params.id)
    if (!id.success) throw new NotFoundError()
    const account = await getAccount(access, id.data)
    const locale = await apiLocale(request)
    return {
      ...account,
      byControl: withCanonicalLabels(locale, account.byControl),
      scoreChanges: withCanonicalChanges(locale, account.scoreChanges),
    }
  },
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
