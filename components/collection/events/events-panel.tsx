import { useFormatter, useTranslations } from 'next-intl'
import { maxEventKeys } from '@/lib/domain/collection/events/queue'
import { deliveriesOf, type EventFeedView, type EventsView } from '@/lib/domain/collection/events/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { Panel } from '../../ui/layout/panel'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { RelativeTime } from '../../ui/relative-time'
import { useCollectorName } from '../collector-name'
import { AddQueueForm } from './add-queue'
import type { EventActions } from './event-actions'
import { KeyTable } from './key-table'
import { NewKey } from './new-key'
import { QueueTable } from './queue-table'

interface EventsPanelProps {
  connection: string
  events: EventsView
  /** Where API destinations send events; null where the address of this server is not set. */
  address: string | null
  now: Date
  /** Unset for readers who may not change it. */
  actions?: EventActions
}

/** Where the events of a connection come from, when the last one came, and what was refused. */
export function EventsPanel({ connection, events, address, now, actions }: EventsPanelProps) {
  const t = useTranslations('settings.connections.events')
  const { queues, keys, feeds } = events
  const none = queues.length === 0 && keys.length === 0 && feeds.length === 0
  if (none && !actions) return null
  const silent = deliveriesOf(events, now).filter(each => each.silent)
  return (
    <Panel id="events" title={t('title')}>
      <div className="flex flex-col gap-5">
        <div className="flex flex-col gap-2">
          <p className="max-w-3xl text-pretty text-muted">{none ? t('none') : t('lead')}</p>
          {silent.length > 0 ? (
            <p role="alert" className="text-warning">
              {t('silent', { ways: silent.map(({ way }) => t(`ways.${way}`)).join(', ') })}
            </p>
          ) : null}
        </div>
        {feeds.length > 0 ? <FeedTable events={events} /> : null}
        <section className="flex flex-col gap-3" aria-label={t('queues')}>
          <h3 className="font-semibold">{t('queues')}</h3>
          {queues.length > 0 ? <QueueTable queues={queues} {...(actions && { remove: actions.removeQueue })} /> : null}
          {actions ? <AddQueueForm connection={connection} add={actions.addQueue} /> : null}
        </section>
        <section className="flex flex-col gap-3" aria-label={t('destination')}>
          <h3 className="font-semibold">{t('destination')}</h3>
          <p className="max-w-3xl text-pretty text-muted">{t('destinationText')}</p>
          {keys.length > 0 ? <KeyTable keys={keys} {...(actions && { remove: actions.removeKey })} /> : null}
          {actions && keys.length < maxEventKeys ? (
            <NewKey connection={connection} address={address} replaces={keys.length > 0} add={actions.addKey} />
          ) : null}
        </section>
        {events.refusals.length > 0 ? <Refusals refusals={events.refusals} /> : null}
      </div>
    </Panel>
  )
}

function FeedTable({ events: { feeds, waiting } }: { events: EventsView }) {
  const t = useTranslations('settings.connections.events')
  const format = useFormatter()
  const name = useCollectorName()
  const columns: Column<EventFeedView>[] = [
    {
      key: 'feed',
      header: t('columns.feed'),
      rowHeader: true,
      cell: ({ feed }) => <span className="font-semibold">{name(feed)}</span>,
    },
    { key: 'way', header: t('columns.way'), label: t('columns.way'), cell: ({ way }) => t(`ways.${way}`) },
    {
      key: 'lastEventAt',
      header: t('columns.lastEventAt'),
      label: t('columns.lastEventAt'),
      cell: ({ lastEventAt }) => <RelativeTime date={lastEventAt} />,
    },
    {
      key: 'events',
      header: t('columns.events'),
      label: t('columns.events'),
      numeric: true,
      cell: ({ events }) => format.number(events),
    },
  ]
  return (
    <div className="flex flex-col gap-1.5">
      <DataTable caption={t('title')} columns={columns} rows={feeds} rowKey={({ feed, way }) => `${feed} ${way}`} />
      {waiting > 0 ? <p className="text-muted text-xs">{t('waiting', { count: waiting })}</p> : null}
    </div>
  )
}

function Refusals({ refusals }: Pick<EventsView, 'refusals'>) {
  const t = useTranslations('settings.connections.events')
  return (
    <section className="flex flex-col gap-2" aria-label={t('refused')}>
      <h3 className="font-semibold">{t('refused')}</h3>
      <ul className="flex flex-col gap-1">
        {refusals.map(({ reason, detail, events, lastAt }) => (
          <li key={`${reason} ${detail}`} className="flex flex-wrap gap-x-3">
            <span>{t(detail === '' ? 'refusals.other' : `refusals.${reason}`, { detail: visibleText(detail) })}</span>
            <span className="text-muted">
              {t('times', { count: events })} · <RelativeTime date={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
