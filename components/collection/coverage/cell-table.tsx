import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { isCollectorId } from '@/lib/domain/collection/collectors'
import { groupCells, isProblem, type RetryCell } from '@/lib/domain/collection/coverage'
import { isUnreadable } from '@/lib/domain/collection/failure'
import type { CellView, OpenTask } from '@/lib/domain/collection/views'
import { importHref } from '../../findings/finding-links'
import type { ActionResult } from '../../ui/action-result'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { Day, RelativeTime } from '../../ui/relative-time'
import { useCollectorName } from '../collector-name'
import { FailureMessage } from '../failure-message'
import { CellStateText } from './cell-state'
import { RetryButton } from './retry-button'

interface CellTableProps {
  account: string
  rows: readonly CellView[]
  open: readonly OpenTask[]
  /** Reads a cell again; unset for readers who may not. */
  retry?: (input: RetryCell) => Promise<ActionResult<unknown>>
}

type Group = [CellView, ...CellView[]]

/** The cells of one account, with what is missing in words. Regions that say the same are one row. */
export function CellTable({ account, rows, open, retry }: CellTableProps) {
  const t = useTranslations('coverage')
  const format = useFormatter()
  const collectorName = useCollectorName()
  const taskOf = ({ collector, region }: CellView) =>
    open.find(task => task.collector === collector && (task.region === null || task.region === region))
  const mayRetry = (cell: CellView) =>
    retry !== undefined && taskOf(cell) === undefined && isCollectorId(cell.collector)
  function again(cell: CellView) {
    if (!retry || !mayRetry(cell) || !isCollectorId(cell.collector)) return null
    return <RetryButton cell={{ account, collector: cell.collector, region: cell.region }} retry={retry} />
  }
  const columns: Column<Group>[] = [
    {
      key: 'collector',
      header: t('columns.collector'),
      rowHeader: true,
      cell: ([first]) => <span className="font-semibold">{collectorName(first.collector)}</span>,
    },
    {
      key: 'region',
      header: t('columns.region'),
      className: 'wide',
      cell: group => <Regions group={group} again={again} />,
    },
    {
      key: 'state',
      header: t('columns.state'),
      className: 'wide',
      cell: ([first]) => <Found row={first} task={taskOf(first)} />,
    },
    {
      key: 'readAt',
      header: t('columns.readAt'),
      label: t('columns.readAt'),
      cell: group => {
        const { importId, readAt } = oldestOf(group)
        return (
          <Link href={importHref(importId)} className="hover:text-accent hover:underline">
            <RelativeTime date={readAt} />
          </Link>
        )
      },
    },
    {
      key: 'since',
      header: t('columns.since'),
      label: t('columns.since'),
      empty: ([{ state }]) => !isProblem(state),
      cell: ([first]) => <Day date={first.since} />,
    },
    {
      key: 'records',
      header: t('columns.records'),
      label: t('columns.records'),
      numeric: true,
      empty: group => group.every(({ records }) => records === 0),
      cell: group => format.number(group.reduce((sum, { records }) => sum + records, 0)),
    },
  ]
  if (retry) {
    columns.push({
      key: 'retry',
      header: <span className="sr-only">{t('retry')}</span>,
      className: 'card-corner',
      empty: ([first, ...others]) => others.length > 0 || !mayRetry(first),
      cell: ([first, ...others]) => (others.length > 0 ? null : again(first)),
    })
  }
  return (
    <DataTable
      caption={t('cells')}
      columns={columns}
      rows={groupCells(rows, cell => taskOf(cell) !== undefined)}
      rowKey={([{ collector, region }]) => `${collector} ${region}`}
    />
  )
}

function oldestOf(group: Group): CellView {
  return group.reduce((oldest, cell) => (cell.readAt < oldest.readAt ? cell : oldest))
}

/** The Region of a cell, or a list of those that say the same. */
function Regions({ group, again }: { group: Group; again: (cell: CellView) => ReactNode }) {
  const t = useTranslations('coverage')
  const [{ region }, ...others] = group
  if (others.length === 0)
    return region === 'global' ? (
      <span className="whitespace-nowrap">{t('allRegions')}</span>
    ) : (
      <code className="whitespace-nowrap text-xs">{region}</code>
    )
  return (
    <details>
      <summary className="min-h-6 cursor-pointer whitespace-nowrap">
        {t('regionCount', { count: group.length })}
      </summary>
      <ul className="mt-1 flex flex-col">
        {group.map(cell => (
          <li key={cell.region} className="flex min-h-6 flex-wrap items-center gap-x-3">
            <code className="whitespace-nowrap text-xs">{cell.region}</code>
            <RelativeTime date={cell.readAt} className="text-muted text-xs" />
            {again(cell)}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** A state with what it means, and what AWS answered. */
function Found({ row, task }: { row: CellView; task: OpenTask | undefined }) {
  const t = useTranslations('coverage')
  const { state, complete, action, message, okAt, via } = row
  const known = message && isUnreadable(message) && state === 'failed' ? 'unreadable' : state
  const reason = state === 'denied' && action ? t('deniedAction', { action }) : known !== 'ok' && t(`reasons.${known}`)
  return (
    <div className="flex max-w-xl flex-col gap-0.5">
      <span className="flex flex-wrap gap-x-3">
        <CellStateText state={state} />
        {task ? <CellStateText state={task.running ? 'reading' : 'waiting'} /> : null}
        {state === 'not_enabled' ? <span className="text-muted text-xs leading-5">{reason}</span> : null}
      </span>
      {state === 'ok' && !complete ? <span className="text-muted text-xs">{t('changesOnly')}</span> : null}
      {via ? <span className="text-muted text-xs">{t('via', { account: via })}</span> : null}
      {reason && state !== 'not_enabled' ? <span className="text-xs">{reason}</span> : null}
      {message ? <FailureMessage message={message} /> : null}
      {state !== 'ok' && okAt ? (
        <span className="text-muted text-xs">
          {t('lastOk')} <RelativeTime date={okAt} />
        </span>
      ) : null}
    </div>
  )
}
