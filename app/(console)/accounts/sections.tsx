import { getFormatter, getTranslations } from 'next-intl/server'
import { AccountChips } from '@/components/accounts/account-chips'
import { AccountDialog } from '@/components/accounts/account-dialog'
import { AccountFilters } from '@/components/accounts/account-filters'
import { accountsHref, readAccountList } from '@/components/accounts/account-params'
import { AccountTable } from '@/components/accounts/account-table'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { listAccounts } from '@/lib/queries/accounts/list'
import { addAccount } from './actions'

const PAGE_ROWS = 100

export async function RegisterButton() {
  const access = await requireAccess('findings:read')
  return holds(access, 'accounts:manage') ? <AccountDialog account={null} save={addAccount} /> : null
}

export async function AccountsSection({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [access, { filter, after }, t, format] = await Promise.all([
    requireAccess('findings:read'),
    readAccountList(searchParams),
    getTranslations(),
    getFormatter(),
  ])
  const { rows, next, total } = await listAccounts(access, filter, { cursor: after.at(-1) ?? null, limit: PAGE_ROWS })
  const filtered = filter.text !== '' || filter.environment.length > 0 || filter.team.length > 0
  return (
    <>
      <AccountFilters filter={filter} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <AccountChips filter={filter} />
        <p className="text-muted text-xs">
          <strong className="font-semibold text-foreground">{t('accounts.count', { count: total })}</strong>{' '}
          {t('common.asOf', { time: format.dateTime(now(), { dateStyle: 'medium', timeStyle: 'short' }) })}
        </p>
      </div>
      <Panel>
        {rows.length > 0 ? (
          <AccountTable rows={rows} filter={filter} />
        ) : (
          <EmptyState
            title={t(filtered ? 'accounts.noneMatch' : 'accounts.none')}
            action={
              filtered ? (
                <LinkButton href={accountsHref()}>{t('findings.empty.filter.action')}</LinkButton>
              ) : (
                <LinkButton href="/imports" variant="primary">
                  {t('findings.empty.unreported.action')}
                </LinkButton>
              )
            }
          >
            {t(filtered ? 'accounts.noneMatchText' : 'accounts.noneText')}
          </EmptyState>
        )}
        <Pagination
          previous={after.length > 0 ? accountsHref(filter, after.slice(0, -1)) : null}
          next={next ? accountsHref(filter, [...after, next]) : null}
        />
      </Panel>
    </>
  )
}
