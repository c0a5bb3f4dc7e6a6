import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { SetWriteBack } from '@/lib/domain/collection/write-back/settings'
import { knownCode } from '@/lib/domain/collection/write-back/unprocessed'
import { mostWaiting, type UnprocessedView, type WriteBackView } from '@/lib/domain/collection/write-back/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { findingHref } from '../../findings/finding-links'
import type { ActionResult } from '../../ui/action-result'
import { Panel } from '../../ui/layout/panel'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { RelativeTime } from '../../ui/relative-time'
import { PlaceTable } from './place-table'
import { WriteBackForm } from './write-back-form'

interface WriteBackPanelProps {
  connection: string
  view: WriteBackView
  /** Unset for readers who may not change it. */
  set?: (input: SetWriteBack) => Promise<ActionResult<unknown>>
}

/** Whether a connection writes to Security Hub, what it wrote last, and what failed. */
export function WriteBackPanel({ connection, view, set }: WriteBackPanelProps) {
  const t = useTranslations('settings.connections.writeBack')
  const { enabled, places, unprocessed, waiting, roleName, language } = view
  if (!enabled && !set && places.length === 0) return null
  const failing = places.some(({ failure }) => failure !== null)
  return (
    <Panel id="write-back" title={t('title')}>
      <div className="flex flex-col gap-4">
        <p className="max-w-3xl text-pretty text-muted">{t('lead')}</p>
        {enabled && failing ? (
          <p role="alert" className="text-bad">
            {t('failing')}
          </p>
        ) : null}
        {enabled && waiting > 0 ? (
          <p className="text-muted">
            {t(waiting > mostWaiting ? 'waitingMore' : 'waiting', { count: Math.min(waiting, mostWaiting) })}
          </p>
        ) : null}
        {set ? (
          <WriteBackForm key={`${enabled} ${roleName} ${language}`} connection={connection} view={view} set={set} />
        ) : (
          <p>{t(enabled ? 'on' : 'off')}</p>
        )}
        {places.length > 0 ? <PlaceTable places={places} /> : null}
        {unprocessed.length > 0 ? <UnprocessedTable rows={unprocessed} /> : null}
      </div>
    </Panel>
  )
}

function UnprocessedTable({ rows }: { rows: readonly UnprocessedView[] }) {
  const t = useTranslations('settings.connections.writeBack')
  const columns: Column<UnprocessedView>[] = [
    {
      key: 'finding',
      header: t('columns.finding'),
      rowHeader: true,
      className: 'wide',
      cell: ({ accountId, id, title }) => (
        <>
          <Link href={findingHref(id)} className="break-words font-semibold hover:text-accent hover:underline">
            {visibleText(title)}
          </Link>
          <div className="font-mono text-muted text-xs">{accountId}</div>
        </>
      ),
    },
    {
      key: 'workflow',
      header: t('columns.workflow'),
      label: t('columns.workflow'),
      cell: ({ workflow }) => <code className="text-xs">{workflow}</code>,
    },
    {
      key: 'reason',
      header: t('columns.reason'),
      label: t('columns.reason'),
      className: 'wide',
      cell: ({ code, message, failedAt }) => (
        <div className="flex max-w-xl flex-col gap-0.5">
          <span>{t(`codes.${knownCode(code) ?? 'other'}`)}</span>
          <code className="break-words text-2xs text-muted">{visibleText(`${code}: ${message}`)}</code>
          <span className="text-muted text-xs">
            <RelativeTime date={failedAt} />
          </span>
        </div>
      ),
    },
  ]
  return (
    <section className="flex flex-col gap-2" aria-label={t('unprocessed')}>
      <h3 className="font-semibold">{t('unprocessed')}</h3>
      <DataTable
        caption={t('unprocessed')}
        columns={columns}
        rows={rows}
        rowKey={({ id, workflow, code }) => `${id} ${workflow} ${code}`}
      />
    </section>
  )
}
