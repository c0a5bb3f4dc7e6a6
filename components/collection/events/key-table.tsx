import { useTranslations } from 'next-intl'
import type { EventKeyView } from '@/lib/domain/collection/events/views'
import type { ActionResult } from '../../ui/action-result'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { Day, RelativeTime } from '../../ui/relative-time'
import { RemoveKey } from './remove-key'

interface KeyTableProps {
  keys: readonly EventKeyView[]
  remove?: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** The keys of a connection, without their secret part. */
export function KeyTable({ keys, remove }: KeyTableProps) {
  const t = useTranslations('settings.connections.events')
  const columns: Column<EventKeyView>[] = [
    {
      key: 'prefix',
      header: t('columns.key'),
      rowHeader: true,
      cell: ({ prefix }) => <code className="text-xs">{prefix}…</code>,
    },
    {
      key: 'createdAt',
      header: t('columns.created'),
      label: t('columns.created'),
      cell: ({ createdAt }) => <Day date={createdAt} />,
    },
    {
      key: 'lastUsedAt',
      header: t('columns.lastUsed'),
      label: t('columns.lastUsed'),
      cell: ({ lastUsedAt }) =>
        lastUsedAt ? <RelativeTime date={lastUsedAt} /> : <span className="text-muted">{t('neverUsed')}</span>,
    },
  ]
  if (remove) {
    columns.push({
      key: 'remove',
      header: <span className="sr-only">{t('removeKey')}</span>,
      className: 'card-corner',
      cell: ({ id, prefix }) => <RemoveKey id={id} prefix={prefix} remove={remove} />,
    })
  }
  return <DataTable caption={t('keys')} columns={columns} rows={keys} rowKey={({ id }) => id} />
}
