'use client'

import { useTranslations } from 'next-intl'
import { Area, Bar, ComposedChart } from 'recharts'
import type { KeyDay } from '@/lib/domain/access-keys/views'
import { ChartFigure, ChartLegend, chartMargin, DayAxes } from '../day-chart'

export function BurnDownChart({ days }: { days: KeyDay[] }) {
  const t = useTranslations('accessKeys')
  return (
    <ChartFigure title={t('burnDown')} className="h-40">
      <ComposedChart data={days} margin={chartMargin} accessibilityLayer>
        <DayAxes width={36} value={count => t('keyCount', { count })} shaded />
        <ChartLegend />
        <Area
          type="stepAfter"
          dataKey="active"
          name={t('stillActive')}
          stroke="var(--bad)"
          fill="var(--bad)"
          fillOpacity={0.12}
          strokeWidth={2}
          dot={false}
          isAnimationActive={false}
        />
        <Bar dataKey="replaced" name={t('replaced')} fill="var(--good)" maxBarSize={12} isAnimationActive={false} />
      </ComposedChart>
    </ChartFigure>
  )
}
