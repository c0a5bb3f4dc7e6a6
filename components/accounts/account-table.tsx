import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { AccountFilter } from '@/lib/domain/accounts/filter'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { AccountRow } from '@/lib/domain/views'
import { accountHref } from '../findings/finding-links'
import { findingsHref } from '../findings/list/finding-params'
import { TeamNames } from '../teams/teams-context'
import { type Column, DataTable } from '../ui/lists/data-table'
import { RelativeTime } from '../ui/relative-time'
import { SeverityBar } from '../ui/severity-bar'
import { accountsHref } from './account-params'
import { AccountState } from './account-state'
import { SeverityCountLinks } from './posture/severity-counts'

interface AccountTableProps {
  rows: AccountRow[]
  /** Set if the table can be sorted. */
  filter?: AccountFilter
}

type Sort = AccountFilter['sort']
const opposite = (dir: AccountFilter['dir']): AccountFilter['dir'] => (dir === 'asc' ? 'desc' : 'asc')

/** Accounts with their open findings. */
export function AccountTable({ rows, filter: asked }: AccountTableProps) {
  const t = useTranslations()
  const format = useFormatter()
  const filter = asked?.sort === 'risk' ? { ...asked, sort: 'score' as const, dir: opposite(asked.dir) } : asked

  function sortBy(sort: Sort, first: AccountFilter['dir']): Pick<Column<AccountRow>, 'sort'> {
    if (!filter) return {}
    const active = filter.sort === sort
    const dir = active ? opposite(filter.dir) : first
    const direction = active ? (filter.dir === 'asc' ? ('ascending' as const) : ('descending' as const)) : null
    return { sort: { href: accountsHref({ ...filter, sort, dir }), direction } }
  }
  function number(row: AccountRow, count: number, list: Partial<FindingFilter>, bad = false) {
    return count === 0 ? (
      <span className="text-muted">0</span>
    ) : (
      <Link
        href={findingsHref({ account: [row.id], ...list })}
        prefetch={false}
        className={`inline-flex min-h-6 items-center font-semibold hover:underline ${bad ? 'text-bad' : 'hover:text-accent'}`}
      >
        {format.number(count)}
      </Link>
    )
  }
  const columns: Column<AccountRow>[] = [
    {
      key: 'name',
      header: t('accounts.columns.name'),
      rowHeader: true,
      ...sortBy('name', 'asc'),
      cell: row => (
        <div>
          <Link href={accountHref(row.id)} className="font-semibold hover:text-accent hover:underline">
            {visibleText(row.name || row.id)}
          </Link>
          <span className="ms-2 inline-flex gap-1">
            <AccountState account={row} />
          </span>
          {row.name ? <div className="font-mono text-muted text-xs">{row.id}</div> : null}
        </div>
      ),
    },
    {
      key: 'environment',
      header: t('accounts.columns.environment'),
      label: t('accounts.columns.environment'),
      cell: row => (
        <span className={row.environment ? '' : 'text-muted'}>{t(`environment.${row.environment ?? 'unset'}`)}</span>
      ),
    },
    {
      key: 'team',
      header: t('accounts.columns.team'),
      label: t('accounts.columns.team'),
      cell: row => <TeamNames ids={[row.ownerTeam]} />,
    },
    {
      key: 'open',
      header: t('accounts.columns.open'),
      label: t('accounts.columns.open'),
      className: 'wide sm:w-76',
      ...sortBy('open', 'desc'),
      cell: row =>
        row.lastHeardAt === null && row.openTotal === 0 ? (
          <span className="text-muted">{t('common.noData')}</span>
        ) : (
          <div className="flex w-full flex-col gap-1">
            <div className="flex items-center gap-2">
              <span className="w-12 shrink-0">{number(row, row.openTotal, {})}</span>
              <SeverityBar counts={row.open} />
            </div>
            <div className="text-2xs text-muted">
              <SeverityCountLinks counts={row.open} filter={{ account: [row.id] }} />
            </div>
          </div>
        ),
    },
    {
      key: 'score',
      header: t('accounts.columns.score'),
      label: t('accounts.columns.score'),
      numeric: true,
      ...sortBy('score', 'asc'),
      cell: row =>
        row.score === null ? (
          <span className="text-muted">{t('common.noData')}</span>
        ) : (
          <span className="numeric-lines flex flex-col">
            {format.number(row.score, { maximumFractionDigits: 0 })}
            {row.blind !== null && row.blind > 0 ? (
              <span className="text-2xs text-bad">
                {t('accounts.blind', {
                  share: format.number(row.blind, { style: 'percent', maximumFractionDigits: 0 }),
                })}
              </span>
            ) : null}
          </span>
        ),
    },
    {
      key: 'overdue',
      header: t('accounts.columns.overdue'),
      label: t('accounts.columns.overdue'),
      numeric: true,
      ...sortBy('overdue', 'desc'),
      cell: row => number(row, row.overdue, { overdue: true }, true),
    },
    {
      key: 'unowned',
      header: t('accounts.columns.unowned'),
      label: t('accounts.columns.unowned'),
      numeric: true,
      cell: row => number(row, row.unowned, { owner: ['none'] }),
    },
    {
      key: 'heard',
      header: t('accounts.columns.heard'),
      label: t('accounts.columns.heard'),
      ...sortBy('heard', 'asc'),
      cell: row =>
        row.lastHeardAt ? (
          <RelativeTime date={row.lastHeardAt} />
        ) : (
          <span className="text-muted">{t('accounts.never')}</span>
        ),
    },
  ]
  return <DataTable caption={t('accounts.title')} columns={columns} rows={rows} rowKey={row => row.id} />
}
