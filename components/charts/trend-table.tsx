import { useFormatter, useTranslations } from 'next-intl'
import { severities } from '@/lib/domain/findings/severity'
import type { TrendPoint } from '@/lib/domain/views'
import { ScrollArea } from '../ui/layout/scroll-area'

/** The figures of the charts in a folded table, for screen readers and for exact numbers. */
export function TrendTable({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations()
  const format = useFormatter()
  return (
    <details className="mt-1 text-xs">
      <summary className="w-fit cursor-pointer text-muted">{t('charts.asTable')}</summary>
      <ScrollArea label={t('charts.openTitle')} className="mt-1 max-h-64">
        <table className="data-table">
          <caption className="sr-only">{t('charts.openTitle')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('charts.day')}</th>
              {severities.map(severity => (
                <th key={severity} scope="col" className="numeric">
                  {t(`severity.${severity}`)}
                </th>
              ))}
              <th scope="col" className="numeric">
                {t('charts.opened')}
              </th>
              <th scope="col" className="numeric">
                {t('charts.closed')}
              </th>
              <th scope="col" className="numeric">
                {t('charts.score')}
              </th>
            </tr>
          </thead>
          <tbody>
            {trend.map(point => (
              <tr key={point.day}>
                <th scope="row">{point.day}</th>
                {severities.map(severity => (
                  <td key={severity} className="numeric">
                    {format.number(point[severity])}
                  </td>
                ))}
                <td className="numeric">{format.number(point.opened)}</td>
                <td className="numeric">{format.number(point.closed)}</td>
                <td className="numeric">
                  {point.score === null ? t('common.noData') : format.number(point.score, { maximumFractionDigits: 0 })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </details>
  )
}
