import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { isCollectorId } from '@/lib/domain/collection/collectors'
import { isProblem, type RetryCell } from '@/lib/domain/collection/coverage'
import type { CellView, OpenTask } from '@/lib/domain/collection/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { importHref } from '../../findings/finding-links'
import type { ActionResult } from '../../ui/action-result'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { Day, RelativeTime } from '../../ui/relative-time'
import { useCollectorName } from '../collector-name'
import { CellStateText } from './cell-state'
import { RetryButton } from './retry-button'

interface CellTableProps {
  account: string
  rows: readonly CellView[]
  open: readonly OpenTask[]
  /** Reads a cell again; unset for readers who may not. */
  retry?: (input: RetryCell) => Promise<ActionResult<unknown>>
}

/** The cells of one account, with what is missing in words. */
export function CellTable({ account, rows, open, retry }: CellTableProps) {
  const t = useTranslations('coverage')
  const format = useFormatter()
  const collectorName = useCollectorName()
  const taskOf = ({ collector, region }: CellView) =>
    open.find(task => task.collector === collector && (task.region === null || task.region === region))
  const columns: Column<CellView>[] = [
    {
      key: 'collector',
      header: t('columns.collector'),
      rowHeader: true,
      cell: row => <span className="font-semibold">{collectorName(row.collector)}</span>,
    },
    {
      key: 'region',
      header: t('columns.region'),
      label: t('columns.region'),
      cell: row =>
        row.region === 'global' ? t('allRegions') : <code className="whitespace-nowrap text-xs">{row.region}</code>,
    },
    {
      key: 'state',
      header: t('columns.state'),
      label: t('columns.state'),
      className: 'wide',
      cell: row => <Found row={row} task={taskOf(row)} />,
    },
    {
      key: 'readAt',
      header: t('columns.readAt'),
      label: t('columns.readAt'),
      cell: row => (
        <Link href={importHref(row.importId)} className="hover:text-accent hover:underline">
          <RelativeTime date={row.readAt} />
        </Link>
      ),
    },
    {
      key: 'since',
      header: t('columns.since'),
      label: t('columns.since'),
      empty: ({ state }) => !isProblem(state),
      cell: row => <Day date={row.since} />,
    },
    {
      key: 'records',
      header: t('columns.records'),
      label: t('columns.records'),
      numeric: true,
      cell: row => format.number(row.records),
    },
  ]
  if (retry) {
    columns.push({
      key: 'retry',
      header: <span className="sr-only">{t('retry')}</span>,
      className: 'card-corner',
      empty: row => taskOf(row) !== undefined,
      cell: ({ region, ...row }) => {
        if (taskOf({ ...row, region }) !== undefined || !isCollectorId(row.collector)) return null
        return <RetryButton cell={{ account, collector: row.collector, region }} retry={retry} />
      },
    })
  }
  return (
    <DataTable
      caption={t('cells')}
      columns={columns}
      rows={rows}
      rowKey={({ collector, region }) => `${collector} ${region}`}
    />
  )
}

/** A state with what it means, and what AWS answered. */
function Found({ row, task }: { row: CellView; task: OpenTask | undefined }) {
  const t = useTranslations('coverage')
  const { state, complete, action, message, okAt } = row
  const reason = state === 'denied' && action ? t('deniedAction', { action }) : state !== 'ok' && t(`reasons.${state}`)
  return (
    <div className="flex max-w-xl flex-col gap-0.5">
      <span className="flex flex-wrap gap-x-3">
        <CellStateText state={state} />
        {task ? <CellStateText state={task.running ? 'reading' : 'waiting'} /> : null}
        {state === 'not_enabled' ? <span className="text-muted text-xs leading-5">{reason}</span> : null}
      </span>
      {state === 'ok' && !complete ? <span className="text-muted text-xs">{t('changesOnly')}</span> : null}
      {reason && state !== 'not_enabled' ? <span className="text-xs">{reason}</span> : null}
      {message ? <code className="break-words text-2xs text-muted">{visibleText(message)}</code> : null}
      {state !== 'ok' && okAt ? (
        <span className="text-muted text-xs">
          {t('lastOk')} <RelativeTime date={okAt} />
        </span>
      ) : null}
    </div>
  )
}
