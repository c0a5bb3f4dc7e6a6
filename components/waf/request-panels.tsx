import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { AclView } from '@/lib/domain/waf/views'
import { RequestTrend } from '../charts/requests/request-trend'
import { type RequestSeries, shownSeries } from '../charts/requests/series'
import { Panel } from '../ui/layout/panel'
import { ScrollArea } from '../ui/layout/scroll-area'

const KINDS = ['blocked', 'counted', 'allowed'] as const

/**
 * Requests per day, by the rules of a web ACL. Each has a scale of its own: what is allowed is far more than the rest.
 */
export function RequestPanels({ acl: { rules, all, days } }: { acl: AclView }) {
  const t = useTranslations('waf')
  if (!all) {
    return (
      <Panel title={t('charts.blocked')}>
        <p className="py-6 text-center text-muted">{t('charts.unread')}</p>
      </Panel>
    )
  }
  return KINDS.map(kind => {
    const of = rules.flatMap(({ name, sums }) => (sums ? [{ name: visibleText(name), values: sums[kind] }] : []))
    // What is allowed is mostly allowed by the default action, which is no rule.
    const series = shownSeries(
      kind === 'allowed' ? [{ name: t('allRules'), values: all.allowed }] : of,
      t('otherRules'),
    )
    return (
      <Panel key={kind} title={t(`charts.${kind}`)}>
        {series.length === 0 ? (
          <p className="py-6 text-center text-muted">{t(`charts.none.${kind}`)}</p>
        ) : (
          <>
            <RequestTrend title={t(`charts.${kind}`)} days={days} series={series} />
            <SeriesTable title={t(`charts.${kind}`)} days={days} series={series} />
          </>
        )}
      </Panel>
    )
  })
}

interface SeriesTableProps {
  title: string
  days: readonly string[]
  series: readonly RequestSeries[]
}

function SeriesTable({ title, days, series }: SeriesTableProps) {
  const t = useTranslations('charts')
  const format = useFormatter()
  return (
    <details className="mt-1 text-xs">
      <summary className="w-fit cursor-pointer text-muted">{t('asTable')}</summary>
      <ScrollArea label={title} className="mt-1 max-h-64">
        <table className="data-table">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t('day')}</th>
              {series.map(({ name }) => (
                <th key={name} scope="col" className="numeric">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day, at) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                {series.map(({ name, values }) => (
                  <td key={name} className="numeric">
                    {format.number(values[at] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </details>
  )
}
