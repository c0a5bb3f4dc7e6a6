import { useFormatter, useTranslations } from 'next-intl'
import type { QueueView } from '@/lib/domain/collection/events/views'
import type { ActionResult } from '../../ui/action-result'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { RelativeTime } from '../../ui/relative-time'
import { FailureMessage } from '../failure-message'
import { RunButton } from '../run-button'

interface QueueTableProps {
  queues: readonly QueueView[]
  remove?: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** The queues of a connection, and why one cannot be read. */
export function QueueTable({ queues, remove }: QueueTableProps) {
  const t = useTranslations('settings.connections.events')
  const format = useFormatter()
  const columns: Column<QueueView>[] = [
    {
      key: 'arn',
      header: t('columns.queue'),
      rowHeader: true,
      className: 'wide',
      cell: ({ arn }) => <code className="break-all text-xs">{arn}</code>,
    },
    {
      key: 'state',
      header: t('columns.state'),
      label: t('columns.state'),
      className: 'wide',
      cell: queue => <QueueState queue={queue} />,
    },
    {
      key: 'waiting',
      header: t('columns.waiting'),
      label: t('columns.waiting'),
      numeric: true,
      empty: ({ waiting }) => waiting === null,
      cell: ({ waiting }) => (waiting === null ? null : format.number(waiting)),
    },
  ]
  if (remove) {
    columns.push({
      key: 'remove',
      header: <span className="sr-only">{t('removeQueue')}</span>,
      className: 'card-corner',
      cell: ({ id, arn }) => (
        <RunButton
          variant="ghost"
          size="sm"
          label={t('remove')}
          name={t('removeNamed', { name: arn })}
          done={t('queueRemoved')}
          run={remove}
          input={{ id }}
        />
      ),
    })
  }
  return <DataTable caption={t('queues')} columns={columns} rows={queues} rowKey={({ id }) => id} />
}

function QueueState({ queue: { polledAt, failedAt, failure } }: { queue: QueueView }) {
  const t = useTranslations('settings.connections.events')
  const tf = useTranslations('collection.failures')
  if (failure === null) {
    if (polledAt === null) return <span className="text-muted">{t('notPolled')}</span>
    return (
      <span>
        {t('polled')} <RelativeTime date={polledAt} />
      </span>
    )
  }
  const { reason, action, operation, message } = failure
  return (
    <div className="flex max-w-xl flex-col gap-0.5">
      <span className="text-bad">
        {t('notReadable')} {failedAt ? <RelativeTime date={failedAt} /> : null}
      </span>
      <span className="text-xs">{tf(reason, { action: action ?? operation })}</span>
      <FailureMessage message={message} />
    </div>
  )
}
