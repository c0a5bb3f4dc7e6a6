import { useTranslations } from 'next-intl'
import type { TrendPoint } from '@/lib/domain/views'
import { FlowTrend } from '../../charts/flow-trend'
import { methodChanges } from '../../charts/method-changes'
import { ScoreTrend } from '../../charts/score-trend'
import { SeverityTrend } from '../../charts/severity-trend'
import { TrendTable } from '../../charts/trend-table'
import { Panel } from '../../ui/layout/panel'

/** The trend of an account's open findings, with the same figures as a table. */
export function OpenTrendPanel({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations('charts')
  return (
    <Panel title={t('openTitle')}>
      {trend.length < 2 ? (
        <p className="py-8 text-center text-muted">{t('tooShort')}</p>
      ) : (
        <SeverityTrend trend={trend} />
      )}
      {trend.length > 0 ? <TrendTable trend={trend} /> : null}
    </Panel>
  )
}

/** The trend of an account's score. */
export function ScoreTrendPanel({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations('charts')
  const known = trend.filter(point => point.score !== null)
  return (
    <Panel title={t('scoreTitle')}>
      {known.length < 2 ? <p className="py-6 text-center text-muted">{t('tooShort')}</p> : <ScoreTrend trend={trend} />}
      {methodChanges(trend).map(day => (
        <p key={day} className="text-muted text-xs">
          {t('methodChanged', { day })}
        </p>
      ))}
    </Panel>
  )
}

/** The opened and closed findings of an account by day. */
export function FlowTrendPanel({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations('charts')
  return (
    <Panel title={t('flowTitle')}>
      {trend.length < 2 ? <p className="py-6 text-center text-muted">{t('tooShort')}</p> : <FlowTrend trend={trend} />}
    </Panel>
  )
}
