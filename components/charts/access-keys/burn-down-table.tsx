import { useFormatter, useTranslations } from 'next-intl'
import type { KeyDay } from '@/lib/domain/access-keys/views'
import { ChartTable } from '../chart-table'

/** The figures of the chart, the newest day first. */
export function BurnDownTable({ days }: { days: readonly KeyDay[] }) {
  const t = useTranslations('accessKeys')
  const format = useFormatter()
  const rows = days.toReversed().map(({ day, active, replaced }) => {
    return { day, values: [format.number(active), format.number(replaced)] }
  })
  return <ChartTable title={t('burnDown')} columns={[t('stillActive'), t('replaced')]} rows={rows} />
}
