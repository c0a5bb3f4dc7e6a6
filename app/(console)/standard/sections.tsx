import { getFormatter, getTranslations } from 'next-intl/server'
import { columnsOf } from '@/components/standard/standard-columns'
import { StandardChips, StandardFilters } from '@/components/standard/standard-filters'
import { StandardLegend } from '@/components/standard/standard-legend'
import { StandardMatrix } from '@/components/standard/standard-matrix'
import { readStandard, standardHref } from '@/components/standard/standard-params'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { listStandard } from '@/lib/queries/standard/matrix'
import { getStandardPage } from '@/lib/queries/standard/settings'

const PAGE = 100

/** The published page, and for those who may change it, the settings. */
export async function StandardActions() {
  const access = await requireAccess('findings:read')
  const [t, page] = await Promise.all([getTranslations('standard'), getStandardPage(access)])
  const mayChange = holds(access, 'accounts:manage') && access.accounts === 'all'
  return (
    <>
      {page.value.published || mayChange ? (
        <LinkButton href="/standard/document">{t('document.open')}</LinkButton>
      ) : null}
      {mayChange ? <LinkButton href="/settings/standard">{t('settings')}</LinkButton> : null}
    </>
  )
}

export async function StandardSection({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [access, { filter, after }, t, format] = await Promise.all([
    requireAccess('findings:read'),
    readStandard(searchParams),
    getTranslations(),
    getFormatter(),
  ])
  const { rows, next } = await listStandard(access, filter, { cursor: after.at(-1) ?? null, limit: PAGE })
  const filtered = filter.text !== '' || [filter.environment, filter.team, filter.state].some(list => list.length > 0)
  if (rows.length === 0 && !filtered) {
    return (
      <Panel>
        <EmptyState title={t('standard.none')}>{t('standard.noneText')}</EmptyState>
      </Panel>
    )
  }
  return (
    <>
      <StandardFilters filter={filter} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <StandardChips filter={filter} />
        <p className="text-muted text-xs">
          {t('common.asOf', { time: format.dateTime(now(), { dateStyle: 'medium', timeStyle: 'short' }) })}
        </p>
      </div>
      <Panel className="flex flex-col gap-3">
        {rows.length > 0 ? (
          <StandardMatrix accounts={rows} />
        ) : (
          <EmptyState
            title={t('accounts.noneMatch')}
            action={<LinkButton href={standardHref()}>{t('findings.empty.filter.action')}</LinkButton>}
          >
            {t('accounts.noneMatchText')}
          </EmptyState>
        )}
        <Pagination
          previous={after.length > 0 ? standardHref(filter, after.slice(0, -1)) : null}
          next={next ? standardHref(filter, [...after, next]) : null}
        />
        <StandardLegend mixed={columnsOf(rows).some(({ mixed }) => mixed)} />
      </Panel>
    </>
  )
}
