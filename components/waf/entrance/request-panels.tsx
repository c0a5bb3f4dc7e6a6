import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { AclView } from '@/lib/domain/waf/views'
import { ChartTable } from '../../charts/chart-table'
import { RequestTrend } from '../../charts/requests/request-trend'
import { shownSeries } from '../../charts/requests/series'
import { Panel } from '../../ui/layout/panel'

const KINDS = ['blocked', 'counted', 'allowed'] as const

/**
 * Requests per day, by the rules of a web ACL. Each has a scale of its own: what is allowed is far more than the rest.
 */
export function RequestPanels({ acl: { rules, all, days } }: { acl: AclView }) {
  const t = useTranslations('waf')
  const format = useFormatter()
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
      kind === 'allowed' ? [{ name: t('columns.allowed'), values: all.allowed }] : of,
      t('otherRules'),
    )
    return (
      <Panel key={kind} title={t(`charts.${kind}`)}>
        {series.length === 0 ? (
          <p className="py-6 text-center text-muted">{t(`charts.none.${kind}`)}</p>
        ) : (
          <>
            <RequestTrend title={t(`charts.${kind}`)} days={days} series={series} />
            <ChartTable
              title={t(`charts.${kind}`)}
              columns={series.map(({ name }) => name)}
              rows={days.map((day, at) => ({
                day,
                values: series.map(({ values }) => format.number(values[at] ?? 0)),
              }))}
            />
          </>
        )}
      </Panel>
    )
  })
}
