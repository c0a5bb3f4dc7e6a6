import Link from 'next/link'
import { useFormatter, useLocale, useNow, useTranslations } from 'next-intl'
import { paidServiceDefinition } from '@/lib/domain/collection/paid-services/paid-services'
import { feedDefinition } from '@/lib/domain/feeds/feed-definitions'
import { type SavePrice, type SourceView, unopenedDays } from '@/lib/domain/feeds/sources'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import { sourceHref } from '../findings/finding-links'
import { findingsHref } from '../findings/list/finding-params'
import type { ActionResult } from '../ui/action-result'
import { type Column, DataTable } from '../ui/lists/data-table'
import { Day, RelativeTime } from '../ui/relative-time'
import { PriceDialog } from './price-dialog'

interface SourceTableProps {
  rows: readonly SourceView[]
  /** Stores a price; unset for readers who may not. */
  save?: (input: SavePrice) => Promise<ActionResult<unknown>>
}

/** Sources with when they last reported, when somebody last opened them, and what waits in them. */
export function SourceTable({ rows, save }: SourceTableProps) {
  const t = useTranslations('sources')
  const format = useFormatter()
  function number({ list }: SourceView, count: number, narrower: Partial<FindingFilter>) {
    return count === 0 ? (
      <span className="text-muted">0</span>
    ) : (
      <Link href={findingsHref({ ...list, ...narrower })} className="font-semibold hover:text-accent hover:underline">
        {format.number(count)}
      </Link>
    )
  }
  const columns: Column<SourceView>[] = [
    {
      key: 'source',
      header: t('columns.source'),
      rowHeader: true,
      className: 'wide',
      cell: row => (
        <div className="flex max-w-md flex-col gap-0.5">
          <Name row={row} />
          <Reports row={row} />
          {row.neglected ? <Neglect row={row} /> : null}
        </div>
      ),
    },
    {
      key: 'lastReport',
      header: t('columns.lastReport'),
      label: t('columns.lastReport'),
      cell: row => <LastReport row={row} />,
    },
    {
      key: 'opened',
      header: t('columns.opened'),
      label: t('columns.opened'),
      cell: ({ openedAt, openedBy, neglected }) =>
        openedAt ? (
          <div>
            <RelativeTime date={openedAt} className={neglected ? 'font-semibold text-bad' : ''} />
            <div className="text-muted text-xs">{visibleText(openedBy)}</div>
          </div>
        ) : (
          <span className={neglected ? 'font-semibold text-bad' : 'text-muted'}>{t('never')}</span>
        ),
    },
    {
      key: 'unread',
      header: t('columns.unread'),
      label: t('columns.unread'),
      numeric: true,
      empty: isWithoutFindings,
      cell: row => number(row, row.unread, { status: ['new'] }),
    },
    {
      key: 'oldest',
      header: t('columns.oldest'),
      label: t('columns.oldest'),
      empty: row => row.oldestUnreadAt === null,
      cell: ({ oldestUnreadAt }) => (oldestUnreadAt ? <Day date={oldestUnreadAt} /> : null),
    },
    {
      key: 'urgent',
      header: t('columns.urgent'),
      label: t('columns.urgent'),
      numeric: true,
      empty: isWithoutFindings,
      cell: row => number(row, row.urgent, { severity: ['critical', 'high'] }),
    },
    {
      key: 'cost',
      header: t('columns.cost'),
      label: t('columns.cost'),
      cell: row => <Cost row={row} {...(save && { save })} />,
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={({ id }) => id} />
}

const isWithoutFindings = ({ list }: SourceView) => list === null

/** The name, which leads to the page of a source, or to the one that shows a service. */
function Name({ row }: { row: SourceView }) {
  const name = useNameOf()(row)
  const page = row.kind === 'service' ? paidServiceDefinition(row.id)?.page : sourceHref(row.id)
  if (!page) return <span className="font-semibold">{name}</span>
  return (
    <Link href={page} className="font-semibold hover:text-accent hover:underline">
      {name}
    </Link>
  )
}

/** The name of a source or of a service. */
function useNameOf(): (row: Pick<SourceView, 'id' | 'kind'>) => string {
  const sourceName = useTranslations('source')
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  return ({ id, kind }) => (kind === 'source' ? sourceName(id) : (paidServiceDefinition(id)?.name[locale] ?? id))
}

/** The last report, and when the collector last read it, which may find nothing to report. */
function LastReport({ row: { kind, lastAt, readAt } }: { row: SourceView }) {
  const t = useTranslations('sources')
  return (
    <div>
      {lastAt ? <RelativeTime date={lastAt} /> : null}
      {!lastAt && kind === 'source' ? <span className="text-muted">{t('never')}</span> : null}
      {readAt ? (
        <div className={lastAt || kind === 'source' ? 'text-muted text-xs' : ''}>
          {t('read')} <RelativeTime date={readAt} />
        </div>
      ) : null}
      {kind === 'service' && !readAt ? <span className="text-muted">{t('neverRead')}</span> : null}
    </div>
  )
}

/** From how many accounts it reports, and from which it does not. */
function Reports({ row: { accounts, silent, cells, usedIn } }: { row: SourceView }) {
  const t = useTranslations('sources')
  const notRead = (cells.denied ?? 0) + (cells.failed ?? 0) + (cells.throttled ?? 0)
  return (
    <span className="flex flex-wrap gap-x-3 text-muted text-xs">
      <span>{usedIn === null ? t('accounts', { count: accounts }) : t('usedIn', { count: usedIn })}</span>
      {silent > 0 ? <span className="text-bad">{t('silent', { count: silent })}</span> : null}
      {cells.no_plan ? <span>{t('noPlan', { count: cells.no_plan })}</span> : null}
      {cells.not_enabled ? <span>{t('notEnabled', { count: cells.not_enabled })}</span> : null}
      {notRead > 0 ? <span className="text-bad">{t('notRead', { count: notRead })}</span> : null}
    </span>
  )
}

function Neglect({ row }: { row: SourceView }) {
  const t = useTranslations('sources')
  const now = useNow()
  const days = unopenedDays(row, now) ?? 0
  const never = row.kind === 'source' ? 'neverOpened' : 'neverOpenedInUse'
  return <span className="text-bad text-xs">{t(row.openedAt ? 'unopened' : never, { days })}</span>
}

function Cost({ row, save }: { row: SourceView; save?: SourceTableProps['save'] }) {
  const t = useTranslations('sources')
  const nameOf = useNameOf()
  const { id, price, kind, usedIn } = row
  const cost = kind === 'source' ? feedDefinition(id)?.cost : usedIn === 0 ? 'unused' : paidServiceDefinition(id)?.cost
  return (
    <div className="flex flex-col items-start gap-0.5">
      <span className={cost && cost !== 'free' && cost !== 'unused' ? '' : 'text-muted'}>
        {t(`cost.${cost ?? 'outside'}`)}
      </span>
      {price ? <span className="font-semibold text-xs">{visibleText(price)}</span> : null}
      {save && cost !== 'free' ? <PriceDialog source={id} name={nameOf(row)} price={price} save={save} /> : null}
    </div>
  )
}
