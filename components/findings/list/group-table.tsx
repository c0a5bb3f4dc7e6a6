import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { FindingFilter, FindingGrouping } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingGroup } from '@/lib/domain/views'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { SeverityBadge } from '../../ui/severity-badge'
import { SourceText } from '../../ui/source-text'
import { findingsHref } from './finding-params'

const NOBODY = '00000000-0000-0000-0000-000000000000'

interface GroupTableProps {
  rows: readonly FindingGroup[]
  by: Exclude<FindingGrouping, 'regions'>
  filter: FindingFilter
}

/** Findings by control, account or owner, each a link to its own list. */
export function GroupTable({ rows, by, filter }: GroupTableProps) {
  const t = useTranslations('findings')
  const format = useFormatter()
  function listOf({ key }: FindingGroup): Partial<FindingFilter> {
    if (by === 'control') return { control: [key] }
    if (by === 'account') return { account: [key] }
    return { owner: [key === NOBODY ? 'none' : key] }
  }
  const nameOf = (row: FindingGroup) =>
    by === 'owner' && row.key === NOBODY ? t('nobody') : visibleText(row.label || row.key)
  const columns: Column<FindingGroup>[] = [
    {
      key: 'severity',
      header: t('columns.severity'),
      className: 'sm:w-28',
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
            className="break-words font-semibold hover:text-accent hover:underline"
          >
            <SourceText text={nameOf(row)} />
          </Link>
          {by !== 'owner' && row.label ? <span className="text-muted text-xs">{visibleText(row.key)}</span> : null}
        </span>
      ),
    },
    {
      key: 'count',
      header: t('groups.count'),
      label: t('groups.count'),
      numeric: true,
      className: 'sm:w-28',
      cell: row => format.number(row.count),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => row.key} />
}
