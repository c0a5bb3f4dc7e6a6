import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ImportRow } from '@/lib/domain/imports/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { importHref } from '../findings/finding-links'
import { type Column, DataTable } from '../ui/lists/data-table'
import { RelativeTime } from '../ui/relative-time'
import { ImportCountLinks } from './detail/import-counts'
import { ImportWait } from './detail/import-wait'
import { RejectSentence } from './detail/reject-sentence'
import { ImportProgress } from './import-progress'
import { ImportStateText } from './import-state'

/** The imports, newest first, each with its results. */
export function ImportTable({ rows }: { rows: ImportRow[] }) {
  const t = useTranslations()
  const columns: Column<ImportRow>[] = [
    {
      key: 'state',
      header: t('imports.columns.state'),
      cell: row => <ImportStateText run={row} />,
    },
    {
      key: 'name',
      className: 'sm:min-w-56',
      header: t('imports.columns.name'),
      rowHeader: true,
      cell: row => (
        <div className="min-w-0">
          <Link href={importHref(row.id)} className="font-semibold hover:text-accent hover:underline">
            {visibleText(row.fileName ?? '') || t('imports.nameless', { id: row.id })}
          </Link>
          <div className="text-muted text-xs">
            {row.sources.length > 0
              ? row.sources.map(source => t(`source.${source}`)).join(t('common.listSeparator'))
              : t(
                  row.state === 'queued' || row.state === 'running'
                    ? 'imports.sourceUnknownYet'
                    : 'imports.sourceUnknown',
                )}
            {' · '}
            {t(`imports.coverage.${row.coverage}`)}
          </div>
        </div>
      ),
    },
    {
      key: 'accounts',
      className: 'sm:whitespace-nowrap',
      header: t('imports.columns.accounts'),
      label: t('imports.columns.accounts'),
      cell: row => <span>{t('accounts.count', { count: row.accounts.length })}</span>,
      empty: row => row.accounts.length === 0,
    },
    {
      key: 'result',
      header: t('imports.columns.result'),
      cell: row =>
        row.state === 'failed' && row.error ? (
          <span className="text-bad">
            <RejectSentence reject={row.error} />
          </span>
        ) : row.state === 'running' || row.state === 'queued' ? (
          <div className="flex flex-col gap-1">
            <ImportProgress run={row} />
            <ImportWait run={row} />
          </div>
        ) : (
          <ImportCountLinks run={row} />
        ),
    },
    {
      key: 'actor',
      className: 'sm:whitespace-nowrap',
      header: t('imports.columns.actor'),
      label: t('imports.columns.actor'),
      cell: row => <span>{row.actorName}</span>,
    },
    {
      key: 'at',
      header: t('imports.columns.at'),
      label: t('imports.columns.at'),
      cell: row => <RelativeTime date={row.createdAt} />,
    },
  ]
  return <DataTable caption={t('imports.list')} columns={columns} rows={rows} rowKey={row => String(row.id)} />
}
