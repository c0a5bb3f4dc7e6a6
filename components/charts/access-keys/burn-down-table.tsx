import { useFormatter, useTranslations } from 'next-intl'
import type { KeyDay } from '@/lib/domain/access-keys/views'
import { ScrollArea } from '../../ui/layout/scroll-area'

/** The figures of the chart in a folded table, for screen readers and for exact numbers. */
export function BurnDownTable({ days }: { days: readonly KeyDay[] }) {
  const t = useTranslations()
  const format = useFormatter()
  return (
    <details className="mt-1 text-xs">
      <summary className="w-fit cursor-pointer text-muted">{t('charts.asTable')}</summary>
      <ScrollArea label={t('accessKeys.burnDown')} className="mt-1 max-h-64">
        <table className="data-table">
          <caption className="sr-only">{t('accessKeys.burnDown')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('charts.day')}</th>
              <th scope="col" className="numeric">
                {t('accessKeys.stillActive')}
              </th>
              <th scope="col" className="numeric">
                {t('accessKeys.replaced')}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map(({ day, active, replaced }) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                <td className="numeric">{format.number(active)}</td>
                <td className="numeric">{format.number(replaced)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </details>
  )
}
