import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { type FindingFilter, type FindingGrouping, type GroupSort, NOBODY } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingGroup } from '@/lib/domain/views'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { SeverityBadge } from '../../ui/severity-badge'
import { SeverityBar } from '../../ui/severity-bar'
import { SourceText } from '../../ui/source-text'
import { controlHref } from '../finding-links'
import { findingsHref } from './finding-params'

interface GroupTableProps {
  rows: readonly FindingGroup[]
  by: Exclude<FindingGrouping, 'regions'>
  order: GroupSort
  filter: FindingFilter
}

/** Findings by control, account or owner. Each group leads to its own list, and so does each of its numbers. */
export function GroupTable({ rows, by, order, filter }: GroupTableProps) {
  const t = useTranslations('findings')
  const format = useFormatter()
  function listOf({ key }: FindingGroup): Partial<FindingFilter> {
    if (by === 'control') return { control: [key] }
    if (by === 'account') return { account: [key] }
    return { owner: [key === NOBODY ? 'none' : key] }
  }
  const nameOf = (row: FindingGroup) => (by === 'owner' && row.key === NOBODY ? t('nobody') : row.label || row.key)
  function sortBy(sort: GroupSort): Pick<Column<FindingGroup>, 'sort'> {
    const direction = sort === order ? ('descending' as const) : null
    return { sort: { href: findingsHref({ ...filter, group: by, order: sort }), direction } }
  }
  function number(count: number | null | undefined, href: string, isBad = false) {
    if (count === null || count === undefined) return <span className="text-muted">–</span>
    if (count === 0) return <span className="text-muted">0</span>
    return (
      <Link
        href={href}
        prefetch={false}
        className={`numeric-link inline-flex min-h-6 min-w-6 items-center font-semibold hover:underline ${isBad ? 'text-bad' : 'hover:text-accent'}`}
      >
        {format.number(count)}
      </Link>
    )
  }
  const columns: (Column<FindingGroup> | false)[] = [
    {
      key: 'severity',
      header: t('groups.worst'),
      className: 'sm:w-28',
      ...sortBy('severity'),
      cell: row => <SeverityBadge severity={row.severity} />,
    },
    {
      key: 'name',
      header: t(`columns.${by}`),
      rowHeader: true,
      className: 'wide',
      cell: row => (
        <span className="flex min-w-0 flex-col">
          <Link
            href={findingsHref({ ...filter, ...listOf(row) })}
            prefetch={false}
            className="break-words font-semibold hover:text-accent hover:underline"
          >
            <SourceText text={nameOf(row)} />
          </Link>
          {by === 'account' && row.label ? <span className="text-muted text-xs">{visibleText(row.key)}</span> : null}
          {by === 'control' ? (
            <Link
              href={controlHref(row.key)}
              prefetch={false}
              className="inline-flex min-h-6 w-fit items-center break-all text-muted text-xs hover:underline"
            >
              {visibleText(row.key)}
            </Link>
          ) : null}
        </span>
      ),
    },
    // The findings of a control have one severity.
    by !== 'control' && {
      key: 'bar',
      header: t('groups.severities'),
      label: t('groups.severities'),
      className: 'wide sm:w-40',
      cell: row => (
        <span className="block py-1.5">{row.numbers ? <SeverityBar counts={row.numbers.bySeverity} /> : null}</span>
      ),
    },
    by !== 'account' && {
      key: 'accounts',
      header: t('groups.accounts'),
      label: t('groups.accounts'),
      numeric: true,
      ...sortBy('accounts'),
      cell: row =>
        number(row.numbers?.accounts, findingsHref({ ...filter, ...listOf(row), group: 'account' as const })),
    },
    {
      key: 'overdue',
      header: t('overdue'),
      label: t('overdue'),
      numeric: true,
      ...sortBy('overdue'),
      cell: row => number(row.numbers?.overdue, findingsHref({ ...filter, ...listOf(row), overdue: true }), true),
    },
    by !== 'owner' && {
      key: 'unowned',
      header: t('nobody'),
      label: t('nobody'),
      numeric: true,
      cell: row => number(row.numbers?.unowned, findingsHref({ ...filter, ...listOf(row), owner: ['none'] })),
    },
    {
      key: 'count',
      header: t('groups.count'),
      label: t('groups.count'),
      numeric: true,
      ...sortBy('count'),
      cell: row => number(row.count, findingsHref({ ...filter, ...listOf(row) })),
    },
  ]
  return (
    <DataTable
      caption={t('title')}
      columns={columns.filter(column => column !== false)}
      rows={rows}
      rowKey={row => row.key}
    />
  )
}
