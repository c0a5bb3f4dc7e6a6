import { useFormatter, useTranslations } from 'next-intl'
import type { RoundView } from '@/lib/domain/collection/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { ActionResult } from '../../ui/action-result'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { EmptyState } from '../../ui/lists/empty-state'
import { RelativeTime } from '../../ui/relative-time'
import { CancelRound } from './cancel-round'
import { isOpen, RoundProgress, RoundState } from './round-progress'

const MINUTE_MS = 60_000

interface RoundTableProps {
  rounds: readonly RoundView[]
  cancel: (input: { id: number }) => Promise<ActionResult<unknown>>
}

/** The newest rounds of a connection, with their progress. */
export function RoundTable({ rounds, cancel }: RoundTableProps) {
  const t = useTranslations('settings.connections')
  const format = useFormatter()
  if (rounds.length === 0) return <EmptyState title={t('noRounds')}>{t('noRoundsText')}</EmptyState>
  const number = (key: 'records' | 'calls' | 'throttles'): Column<RoundView> => ({
    key,
    header: t(`roundColumns.${key}`),
    label: t(`roundColumns.${key}`),
    numeric: true,
    cell: round => format.number(round[key]),
  })
  const columns: Column<RoundView>[] = [
    {
      key: 'round',
      header: t('roundColumns.round'),
      rowHeader: true,
      cell: round => (
        <>
          <span className="font-semibold">{t(`roundKinds.${round.kind}`)}</span>
          <div className="text-muted text-xs">
            {round.actorKind === 'job' ? t('scheduled') : t('by', { name: visibleText(round.actorName) })}
          </div>
        </>
      ),
    },
    {
      key: 'state',
      header: t('roundColumns.state'),
      label: t('roundColumns.state'),
      cell: round => <RoundState round={round} />,
    },
    {
      key: 'progress',
      header: t('roundColumns.progress'),
      label: t('roundColumns.progress'),
      cell: round => <RoundProgress round={round} />,
    },
    number('records'),
    number('calls'),
    number('throttles'),
    {
      key: 'started',
      header: t('roundColumns.started'),
      label: t('roundColumns.started'),
      cell: round => <RelativeTime date={round.createdAt} />,
    },
    {
      key: 'duration',
      header: t('roundColumns.duration'),
      label: t('roundColumns.duration'),
      empty: round => round.finishedAt === null,
      cell: ({ createdAt, finishedAt }) =>
        finishedAt === null
          ? null
          : t('minutes', { minutes: Math.floor((finishedAt.getTime() - createdAt.getTime()) / MINUTE_MS) }),
    },
    {
      key: 'cancel',
      header: <span className="sr-only">{t('cancelRound')}</span>,
      className: 'card-corner',
      empty: round => !isOpen(round),
      cell: round => (isOpen(round) ? <CancelRound id={round.id} cancel={cancel} /> : null),
    },
  ]
  return <DataTable caption={t('rounds')} columns={columns} rows={rounds} rowKey={({ id }) => String(id)} />
}
