import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { EventDelivery } from '@/lib/domain/collection/events/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { type Column, DataTable } from '../ui/lists/data-table'
import { RelativeTime } from '../ui/relative-time'

interface Delivery extends EventDelivery {
  connection: string
  name: string
}

interface DeliveryTableProps {
  rows: readonly Delivery[]
  /** Whether the reader may open the page of a connection. */
  mayOpen: boolean
}

/** How events of AWS arrive, and which ways have gone quiet. */
export function DeliveryTable({ rows, mayOpen }: DeliveryTableProps) {
  const t = useTranslations('sources.events')
  const way = useTranslations('settings.connections.events.ways')
  const columns: Column<Delivery>[] = [
    {
      key: 'connection',
      header: t('columns.connection'),
      rowHeader: true,
      cell: ({ connection, name }) =>
        mayOpen ? (
          <Link
            href={`/settings/connections/${connection}#events`}
            className="font-semibold hover:text-accent hover:underline"
          >
            {visibleText(name)}
          </Link>
        ) : (
          <span className="font-semibold">{visibleText(name)}</span>
        ),
    },
    { key: 'way', header: t('columns.way'), label: t('columns.way'), cell: row => way(row.way) },
    {
      key: 'lastEvent',
      header: t('columns.lastEvent'),
      label: t('columns.lastEvent'),
      cell: ({ lastEventAt }) =>
        lastEventAt ? <RelativeTime date={lastEventAt} /> : <span className="text-muted">{t('never')}</span>,
    },
    {
      key: 'state',
      header: t('columns.state'),
      label: t('columns.state'),
      className: 'wide',
      cell: ({ silent, lastEventAt }) =>
        silent ? (
          <span className="font-semibold text-bad">{t('silent')}</span>
        ) : (
          <span>{lastEventAt ? t('arriving') : t('waiting')}</span>
        ),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => `${row.connection} ${row.way}`} />
}
