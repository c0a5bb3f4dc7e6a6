import { getFormatter, getTranslations } from 'next-intl/server'
import { CoverageChips, CoverageFilters } from '@/components/collection/coverage/coverage-filters'
import { CoverageGrid } from '@/components/collection/coverage/coverage-grid'
import { CoverageLegend } from '@/components/collection/coverage/coverage-legend'
import { coverageHref, readCoverage } from '@/components/collection/coverage/coverage-params'
import { KeepFresh } from '@/components/imports/detail/keep-fresh'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { listCoverage } from '@/lib/queries/collection/coverage'

export async function CoverageSection({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [access, { filter, after }, t, format] = await Promise.all([
    requireAccess('findings:read'),
    readCoverage(searchParams),
    getTranslations(),
    getFormatter(),
  ])
  const { rows, next, total } = await listCoverage(access, filter, after.at(-1) ?? null)
  const filtered = filter.text !== '' || filter.state.length > 0
  const mayConnect = holds(access, 'accounts:manage') && access.accounts === 'all'
  if (rows.length === 0 && !filtered) {
    return (
      <Panel>
        <EmptyState
          title={t('coverage.none')}
          action={
            mayConnect ? (
              <LinkButton href="/settings/connections" variant="primary">
                {t('coverage.connect')}
              </LinkButton>
            ) : null
          }
        >
          {t('coverage.noneText')}
        </EmptyState>
      </Panel>
    )
  }
  return (
    <>
      <KeepFresh active={rows.some(row => row.open.length > 0)} />
      <CoverageFilters filter={filter} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <CoverageChips filter={filter} />
        <p className="text-muted text-xs">
          <strong className="font-semibold text-foreground">{t('accounts.count', { count: total })}</strong>{' '}
          {t('common.asOf', { time: format.dateTime(now(), { dateStyle: 'medium', timeStyle: 'short' }) })}
        </p>
      </div>
      <Panel className="flex flex-col gap-3">
        {rows.length > 0 ? (
          <CoverageGrid rows={rows} />
        ) : (
          <EmptyState
            title={t('accounts.noneMatch')}
            action={<LinkButton href={coverageHref()}>{t('findings.empty.filter.action')}</LinkButton>}
          >
            {t('accounts.noneMatchText')}
          </EmptyState>
        )}
        <Pagination
          previous={after.length > 0 ? coverageHref(filter, after.slice(0, -1)) : null}
          next={next ? coverageHref(filter, [...after, next]) : null}
        />
        <CoverageLegend />
      </Panel>
    </>
  )
}
