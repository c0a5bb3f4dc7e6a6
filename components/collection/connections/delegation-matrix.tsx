import { Check, TriangleAlert } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import type { Delegation, DelegationRow } from '@/lib/domain/collection/organization/delegation'
import { visibleText } from '@/lib/domain/text/visible-text'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { EmptyState } from '../../ui/lists/empty-state'

interface DelegationMatrixProps {
  delegation: Delegation & { names: Record<string, string> }
}

/** Services by the accounts that manage them for the organization. */
export function DelegationMatrix({ delegation: { management, administrators, rows, names } }: DelegationMatrixProps) {
  const t = useTranslations('settings.connections.delegation')
  const format = useFormatter()
  if (rows.length === 0) return <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
  const account = (id: string, note = ''): Column<DelegationRow> => ({
    key: id,
    header: (
      <span className="flex flex-col">
        <span>{visibleText(names[id] || id)}</span>
        <span className="font-normal text-2xs">
          {note || (names[id] ? <span className="font-mono">{id}</span> : null)}
        </span>
      </span>
    ),
    label: names[id] || id,
    empty: row => !manages(row, id, management),
    cell: row =>
      manages(row, id, management) ? (
        <span className={`inline-flex items-center gap-1 ${id === management ? 'text-bad' : ''}`}>
          <Check aria-hidden className="size-4" />
          <span className="sr-only">{t('manages')}</span>
          {row.since[id] ? (
            <span className="text-muted text-xs">{format.dateTime(row.since[id], { dateStyle: 'medium' })}</span>
          ) : null}
        </span>
      ) : null,
  })
  const columns: Column<DelegationRow>[] = [
    {
      key: 'service',
      header: t('service'),
      rowHeader: true,
      cell: ({ service, warning }) => (
        <div className="flex max-w-sm flex-col">
          <span className="font-semibold">{service}</span>
          {warning ? (
            <span className="inline-flex items-start gap-1 text-bad text-xs">
              <TriangleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
              {t(`warnings.${warning}`)}
            </span>
          ) : null}
        </div>
      ),
    },
    ...(management === null ? [] : [account(management, t('management'))]),
    ...administrators.map(id => account(id)),
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={({ principal }) => principal} />
}

/** A service that nobody else manages is managed in the management account. */
function manages({ since, warning }: DelegationRow, id: string, management: string | null): boolean {
  return Object.hasOwn(since, id) || (warning === 'none' && id === management)
}
