import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getLocale, getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { findingsHref } from '@/components/findings/list/finding-params'
import { FindingTable } from '@/components/findings/list/finding-table'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EntranceFacts } from '@/components/waf/entrance/entrance-facts'
import { RequestPanels } from '@/components/waf/entrance/request-panels'
import { RequestTotals } from '@/components/waf/entrance/request-totals'
import { RuleTable } from '@/components/waf/entrance/rule-table'
import { wafHref } from '@/components/waf/waf-params'
import { requireAccess } from '@/lib/access/access'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { FindingFilter } from '@/lib/domain/findings/filter'
import { statuses } from '@/lib/domain/findings/status'
import { visibleText } from '@/lib/domain/text/visible-text'
import { EntranceId } from '@/lib/domain/waf/filter'
import type { EntranceView } from '@/lib/domain/waf/views'
import { NotFoundError } from '@/lib/errors'
import { listFindings } from '@/lib/queries/findings/list'
import { getEntrance } from '@/lib/queries/waf/entrance'
import { findingActions, toMayTriage } from '../../../findings/sections'

type Params = Promise<{ accountId: string; entranceId: string }>

/** So many open findings are shown; the list has all of them. */
const FINDINGS = 20

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
      <RequestTotals entrance={entrance} />
      <OpenFindings entrance={entrance} />
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

/** The open findings of an entrance and its web ACL, the most severe first. */
async function OpenFindings({ entrance }: { entrance: EntranceView }) {
  const [access, locale, t] = await Promise.all([requireAccess('findings:read'), getLocale(), getTranslations('waf')])
  const { account, arn, webAcl } = entrance
  const filter = FindingFilter.parse({ account: [account.id], resource: [arn, ...(webAcl ? [webAcl.arn] : [])] })
  const page = await listFindings(access, filter, { cursor: null, limit: FINDINGS })
  const heading = t(webAcl ? 'findingsWithAcl' : 'findings')
  return (
    <Panel id="findings" title={heading} aside={t('findingCount', { count: page.total })}>
      {page.rows.length > 0 ? (
        <FindingTable
          caption={heading}
          rows={withCanonicalTitles(locale, page.rows)}
          total={page.total}
          exact={page.exact}
          filter={filter}
          may={toMayTriage(access)}
          actions={findingActions}
          hideAccount
          selectable={false}
        />
      ) : (
        <p className="py-3 text-muted">{t('noFindings')}</p>
      )}
      <div className="pt-2">
        <LinkButton href={findingsHref({ ...filter, status: [...statuses] })} size="sm" variant="ghost">
          {t('allFindings')}
        </LinkButton>
      </div>
    </Panel>
  )
}
