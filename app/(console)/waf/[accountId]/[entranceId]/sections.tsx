import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { Panel } from '@/components/ui/layout/panel'
import { EntranceFacts } from '@/components/waf/entrance-facts'
import { RequestPanels } from '@/components/waf/request-panels'
import { RuleTable } from '@/components/waf/rule-table'
import { wafHref } from '@/components/waf/waf-params'
import { requireAccess } from '@/lib/access/access'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { visibleText } from '@/lib/domain/text/visible-text'
import { EntranceId } from '@/lib/domain/waf/filter'
import { NotFoundError } from '@/lib/errors'
import { getEntrance } from '@/lib/queries/waf/entrance'

type Params = Promise<{ accountId: string; entranceId: string }>

/** The entrance of this address, read once for all sections. "Not found" for one of an account that the reader may not see. */
const loadEntrance = cache(async (accountId: string, entranceId: string) => {
  const access = await requireAccess('findings:read')
  const [account, id] = [AccountId.safeParse(accountId), EntranceId.safeParse(entranceId)]
  if (!account.success || !id.success) notFound()
  try {
    return await getEntrance(access, { account: account.data, id: id.data })
  } catch (error) {
    if (error instanceof NotFoundError) notFound()
    throw error
  }
})

async function load(params: Params) {
  const { accountId, entranceId } = await params
  return loadEntrance(accountId, entranceId)
}

export async function title(params: Params): Promise<string> {
  const { name, arn } = await load(params)
  return visibleText(name || arn)
}

export async function Heading({ params }: { params: Params }) {
  return <>{await title(params)}</>
}

export async function Lead() {
  const t = await getTranslations('waf')
  return (
    <Link href={wafHref()} className="text-accent text-xs hover:underline">
      {t('toAll')}
    </Link>
  )
}

export async function EntranceSection({ params }: { params: Params }) {
  const [entrance, t] = await Promise.all([load(params), getTranslations('waf')])
  const { webAcl } = entrance
  return (
    <>
      <EntranceFacts entrance={entrance} />
      {webAcl ? (
        <>
          <Panel title={t('rulesOf', { acl: visibleText(webAcl.name) })} aside={t('last30')}>
            {webAcl.rules.length > 0 ? (
              <>
                <RuleTable rules={webAcl.rules} />
                <p className="pt-2 text-2xs text-muted">{t('sinceNote')}</p>
              </>
            ) : (
              <p className="py-6 text-center text-muted">{t('noRules')}</p>
            )}
          </Panel>
          <RequestPanels acl={webAcl} />
        </>
      ) : null}
    </>
  )
}
