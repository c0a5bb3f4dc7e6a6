import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { ComponentProps } from 'react'
import { frameworkNames } from '@/lib/domain/controls/frameworks'
import type { FrameworkSummary } from '@/lib/domain/controls/requirements'
import { findingsHref } from '../findings/list/finding-params'
import { type Column, DataTable } from '../ui/lists/data-table'
import { ExportLink } from '../verify/export-link'

interface FrameworkTableProps {
  rows: readonly FrameworkSummary[]
  /** Whether the reader may export. */
  mayExport: boolean
  /** As in ExportLink. */
  prove: ComponentProps<typeof ExportLink>['prove']
}

/** Frameworks with the results of their requirements, their open findings, and the evidence of each as CSV. */
export function FrameworkTable({ rows, mayExport, prove }: FrameworkTableProps) {
  const t = useTranslations('frameworks')
  const format = useFormatter()
  const counted = (key: 'failing' | 'passing' | 'unknown' | 'requirements', tone = ''): Column<FrameworkSummary> => ({
    key,
    header: t(`columns.${key}`),
    label: t(`columns.${key}`),
    numeric: true,
    cell: row => <span className={row[key] > 0 ? tone : 'text-muted'}>{format.number(row[key])}</span>,
  })
  const columns: Column<FrameworkSummary>[] = [
    {
      key: 'name',
      header: t('columns.name'),
      rowHeader: true,
      className: 'wide',
      cell: ({ id }) => (
        <Link href={findingsHref({ framework: [id] })} className="font-semibold hover:underline">
          {frameworkNames[id]}
        </Link>
      ),
    },
    counted('failing', 'font-semibold text-bad'),
    counted('passing', 'font-semibold text-good'),
    counted('unknown'),
    counted('requirements'),
  ]
  if (mayExport) {
    columns.push({
      key: 'evidence',
      header: t('columns.evidence'),
      label: t('columns.evidence'),
      cell: ({ id }) => (
        <ExportLink
          href={`/api/v1/frameworks/${id}/evidence`}
          prove={prove}
          className="text-accent underline underline-offset-2"
        >
          {t('export')}
          <span className="sr-only"> {frameworkNames[id]}</span>
        </ExportLink>
      ),
    })
  }
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={({ id }) => id} />
}
