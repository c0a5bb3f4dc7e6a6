import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { SourceFeed } from '@/lib/domain/feeds/sources'
import { visibleText } from '@/lib/domain/text/visible-text'
import { accountHref, importHref } from '../findings/finding-links'
import { type Column, DataTable } from '../ui/lists/data-table'
import { Day, RelativeTime } from '../ui/relative-time'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24

/** The accounts that a source reports, with the time of the last report and of the next one to expect. */
export function FeedTable({ rows }: { rows: readonly SourceFeed[] }) {
  const t = useTranslations()
  const columns: Column<SourceFeed>[] = [
    {
      key: 'account',
      header: t('findings.columns.account'),
      rowHeader: true,
      className: 'wide',
      cell: row => (
        <span className="flex min-w-0 flex-col">
          <Link
            href={accountHref(row.accountId)}
            prefetch={false}
            className="w-fit font-semibold hover:text-accent hover:underline"
          >
            {visibleText(row.accountName || row.accountId)}
          </Link>
          <span className="text-muted text-xs">{visibleText(row.product)}</span>
        </span>
      ),
    },
    {
      key: 'last',
      header: t('sources.columns.lastReport'),
      label: t('sources.columns.lastReport'),
      cell: row => (
        <Link href={importHref(row.lastImportId)} prefetch={false} className="hover:text-accent hover:underline">
          <RelativeTime date={row.lastAt} />
        </Link>
      ),
    },
    {
      key: 'complete',
      header: t('sources.page.lastComplete'),
      label: t('sources.page.lastComplete'),
      cell: row =>
        row.lastCompleteAt ? (
          <RelativeTime date={row.lastCompleteAt} />
        ) : (
          <span className="text-muted">{t('account.neverComplete')}</span>
        ),
    },
    {
      key: 'usual',
      header: t('sources.page.usual'),
      label: t('sources.page.usual'),
      cell: row => <Interval ms={row.usualMs} />,
    },
    {
      key: 'state',
      header: t('sources.page.state'),
      label: t('sources.page.state'),
      cell: row =>
        row.silent ? (
          <span className="font-semibold text-bad">
            {t('account.silentSince')} <RelativeTime date={row.silentAfter} />
          </span>
        ) : (
          <span>
            {t('sources.page.expected')} <Day date={row.silentAfter} />
          </span>
        ),
    },
  ]
  return (
    <DataTable
      caption={t('sources.page.feeds', { count: rows.length })}
      columns={columns}
      rows={rows}
      rowKey={row => `${row.accountId} ${row.product}`}
    />
  )
}

/** The usual time between reports, in hours up to two days. */
function Interval({ ms }: { ms: number | null }) {
  const t = useTranslations('sources.page')
  if (ms === null) return <span className="text-muted">{t('unknownInterval')}</span>
  const hours = Math.max(1, Math.round(ms / HOUR_MS))
  return hours <= 2 * DAY_HOURS ? t('everyHours', { hours }) : t('everyDays', { days: Math.round(hours / DAY_HOURS) })
}
