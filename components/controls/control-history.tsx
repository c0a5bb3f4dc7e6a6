import { useTranslations } from 'next-intl'
import type { FlowPoint } from '@/lib/domain/controls/control-view'
import { FlowTrend } from '../charts/flow-trend'
import { Panel } from '../ui/layout/panel'

/** How many findings of a control were opened and resolved on each of the last days. */
export function ControlHistory({ days }: { days: FlowPoint[] }) {
  const t = useTranslations()
  return (
    <Panel title={t('charts.flowTitle')}>
      {days.every(({ opened, closed }) => opened + closed === 0) ? (
        <p className="py-6 text-center text-muted">{t('control.quiet', { days: days.length })}</p>
      ) : (
        <FlowTrend trend={days} />
      )}
    </Panel>
  )
}
