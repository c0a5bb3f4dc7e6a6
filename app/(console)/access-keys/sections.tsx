import { getFormatter, getTranslations } from 'next-intl/server'
import { KeyChips, KeyFilters } from '@/components/access-keys/key-filters'
import { keysHref, readKeys } from '@/components/access-keys/key-params'
import { KeyProgressView } from '@/components/access-keys/key-progress'
import { KeyTable } from '@/components/access-keys/key-table'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { now } from '@/lib/clock'
import { listKeys } from '@/lib/queries/access-keys/keys'
import { keyDays, keyProgress } from '@/lib/queries/access-keys/progress'

const PAGE = 50

export async function ProgressSection() {
  const access = await requireAccess('findings:read')
  const [progress, days] = await Promise.all([keyProgress(access), keyDays(access)])
  return <KeyProgressView progress={progress} days={days} />
}

export async function KeysSection({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [access, { filter, after }, t, format] = await Promise.all([
    requireAccess('findings:read'),
    readKeys(searchParams),
    getTranslations(),
    getFormatter(),
  ])
  const { rows, next, total } = await listKeys(access, filter, { cursor: after.at(-1) ?? null, limit: PAGE })
  const filtered = filter.text !== '' || filter.use.length + filter.state.length + filter.team.length > 0
  if (rows.length === 0 && !filtered) {
    return (
      <Panel>
        <EmptyState title={t('accessKeys.none')}>{t('accessKeys.noneText')}</EmptyState>
      </Panel>
    )
  }
  return (
    <>
      <KeyFilters filter={filter} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <KeyChips filter={filter} />
        <p className="text-muted text-xs">
          <strong className="font-semibold text-foreground">{t('accessKeys.keyCount', { count: total })}</strong>{' '}
          {t('common.asOf', { time: format.dateTime(now(), { dateStyle: 'medium', timeStyle: 'short' }) })}
        </p>
      </div>
      <Panel className="flex flex-col gap-3">
        {rows.length > 0 ? (
          <KeyTable rows={rows} />
        ) : (
          <EmptyState
            title={t('accessKeys.noneMatch')}
            action={<LinkButton href={keysHref()}>{t('findings.empty.filter.action')}</LinkButton>}
          />
        )}
        <Pagination
          previous={after.length > 0 ? keysHref(filter, after.slice(0, -1)) : null}
          next={next ? keysHref(filter, [...after, next]) : null}
        />
      </Panel>
    </>
  )
}
