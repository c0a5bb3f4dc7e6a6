import { useFormatter, useTranslations } from 'next-intl'
import { severities } from '@/lib/domain/findings/severity'
import type { TrendPoint } from '@/lib/domain/views'
import { ChartTable } from './chart-table'

/** The figures of the charts of findings. */
export function TrendTable({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations()
  const format = useFormatter()
  const columns = [
    ...severities.map(severity => t(`severity.${severity}`)),
    t('charts.opened'),
    t('charts.closed'),
    t('charts.score'),
  ]
  const rows = trend.map(point => {
    const { day, opened, closed, score } = point
    const numbers = [...severities.map(severity => point[severity]), opened, closed].map(count => format.number(count))
    const shown = score === null ? t('common.noData') : format.number(score, { maximumFractionDigits: 0 })
    return { day, values: [...numbers, shown] }
  })
  return <ChartTable title={t('charts.openTitle')} columns={columns} rows={rows} />
}
