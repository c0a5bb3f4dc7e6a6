import { useFormatter, useTranslations } from 'next-intl'
import type { WritePlaceView } from '@/lib/domain/collection/write-back/views'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { RelativeTime } from '../../ui/relative-time'
import { FailureMessage } from '../failure-message'

/** The accounts and Regions that are written to, and why one cannot be. */
export function PlaceTable({ places }: { places: readonly WritePlaceView[] }) {
  const t = useTranslations('settings.connections.writeBack')
  const format = useFormatter()
  const columns: Column<WritePlaceView>[] = [
    {
      key: 'place',
      header: t('columns.place'),
      rowHeader: true,
      cell: ({ accountId, region }) => (
        <>
          <span className="font-mono">{accountId}</span> <span className="text-muted">{region}</span>
        </>
      ),
    },
    {
      key: 'written',
      header: t('columns.written'),
      label: t('columns.written'),
      numeric: true,
      cell: ({ written }) => format.number(written),
    },
    {
      key: 'writtenAt',
      header: t('columns.writtenAt'),
      label: t('columns.writtenAt'),
      cell: ({ writtenAt }) =>
        writtenAt ? <RelativeTime date={writtenAt} /> : <span className="text-muted">{t('never')}</span>,
    },
    {
      key: 'state',
      header: t('columns.state'),
      label: t('columns.state'),
      className: 'wide',
      cell: place => <PlaceState place={place} />,
    },
  ]
  return (
    <DataTable
      caption={t('places')}
      columns={columns}
      rows={places}
      rowKey={({ accountId, region }) => `${accountId} ${region}`}
    />
  )
}

function PlaceState({ place: { failedAt, failure, retryAt } }: { place: WritePlaceView }) {
  const t = useTranslations('settings.connections.writeBack')
  const tf = useTranslations('collection.failures')
  if (failure === null) return <span className="text-good">{t('ok')}</span>
  const { reason, action, operation, message } = failure
  return (
    <div className="flex max-w-xl flex-col gap-0.5">
      <span className="text-bad">
        {t('failedSince')} {failedAt ? <RelativeTime date={failedAt} /> : null}
      </span>
      <span className="text-xs">{tf(reason, { action: action ?? operation })}</span>
      <FailureMessage message={message} />
      {retryAt ? (
        <span className="text-muted text-xs">
          {t('retry')} <RelativeTime date={retryAt} mayBeAhead />
        </span>
      ) : null}
    </div>
  )
}
