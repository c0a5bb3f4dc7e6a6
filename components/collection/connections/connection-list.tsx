import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { ConnectionView } from '@/lib/domain/collection/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { RelativeTime } from '../../ui/relative-time'
import { CellCounts } from './cell-counts'
import type { ConnectionActions } from './connection-actions'
import { ConnectionMenu } from './connection-menu'
import { ConnectionState } from './connection-state'
import { isOpen, RoundProgress, RoundState } from './round-progress'
import { StartRound } from './start-round'

interface ConnectionListProps {
  rows: readonly ConnectionView[]
  start: ConnectionActions['start']
  /** Unset for readers who may not change connections. */
  manage?: Pick<ConnectionActions, 'change' | 'remove'>
}

/** The connections with what they read, and the last round of each. */
export function ConnectionList({ rows, start, manage }: ConnectionListProps) {
  const t = useTranslations('settings.connections')
  const format = useFormatter()
  const columns: Column<ConnectionView>[] = [
    {
      key: 'name',
      header: t('columns.name'),
      rowHeader: true,
      cell: row => (
        <>
          <Link
            href={`/settings/connections/${row.id}`}
            className="break-words font-semibold hover:text-accent hover:underline"
          >
            {visibleText(row.name)}
          </Link>
          <div className="text-muted text-xs">
            {t(`kinds.${row.kind}`)} <span className="font-mono">{row.accountId}</span>
          </div>
        </>
      ),
    },
    {
      key: 'state',
      header: t('columns.state'),
      label: t('columns.state'),
      cell: row => <ConnectionState connection={row} />,
    },
    {
      key: 'accounts',
      header: t('columns.accounts'),
      label: t('columns.accounts'),
      numeric: true,
      cell: row => format.number(row.accounts),
    },
    {
      key: 'cells',
      header: t('columns.cells'),
      label: t('columns.cells'),
      cell: row => <CellCounts connection={row} />,
    },
    {
      key: 'round',
      header: t('columns.round'),
      label: t('columns.round'),
      className: 'wide',
      cell: ({ rounds: [last] }) =>
        last ? (
          <div className="flex flex-col gap-0.5">
            <RoundState round={last} />
            {isOpen(last) ? (
              <RoundProgress round={last} />
            ) : (
              <span className="text-muted text-xs">
                <RelativeTime date={last.finishedAt ?? last.createdAt} />
              </span>
            )}
          </div>
        ) : (
          <span className="text-muted">{t('neverRun')}</span>
        ),
    },
    {
      key: 'actions',
      header: <span className="sr-only">{t('details')}</span>,
      className: 'card-corner',
      cell: row => (
        <div className="flex items-center justify-end gap-1">
          <StartRound connection={row} start={start} size="sm" />
          {manage ? <ConnectionMenu connection={row} {...manage} /> : null}
        </div>
      ),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => row.id} />
}
