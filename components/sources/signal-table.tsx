import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { type Signal, type SignalView, signals } from '@/lib/domain/checks/neglect/signals'
import { findingsHref } from '../findings/list/finding-params'
import { type Column, DataTable } from '../ui/lists/data-table'

const definitions: readonly Signal[] = signals

/** The signals of neglect, with what their checks found or why they are not examined. */
export function SignalTable({ rows }: { rows: readonly SignalView[] }) {
  const t = useTranslations('sources.signals')
  const format = useFormatter()
  function found({ id, controls, open, accounts }: SignalView) {
    const { unexamined } = definitions.find(each => each.id === id) ?? {}
    if (unexamined) return <span className="text-muted">{t(`unexamined.${unexamined}`)}</span>
    if (open > 0)
      return (
        <Link href={findingsHref({ control: controls })} className="font-semibold text-bad hover:underline">
          {t('open', { count: open })}
        </Link>
      )
    if (accounts === 0) return <span className="text-muted">{t('noData')}</span>
    return t('fine', { count: format.number(accounts) })
  }
  const columns: Column<SignalView>[] = [
    {
      key: 'signal',
      header: t('columns.signal'),
      rowHeader: true,
      className: 'wide',
      cell: ({ id }) => t(`names.${id}`),
    },
    { key: 'found', header: t('columns.found'), className: 'wide', cell: found },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={({ id }) => id} />
}
