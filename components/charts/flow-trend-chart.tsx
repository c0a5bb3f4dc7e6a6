'use client'

import { useTranslations } from 'next-intl'
import { Bar, BarChart } from 'recharts'
import type { FlowPoint } from '@/lib/domain/controls/control-view'
import { ChartFigure, ChartLegend, chartMargin, DayAxes } from './day-chart'

const SERIES = [
  { key: 'opened', color: 'var(--bad)' },
  { key: 'closed', color: 'var(--good)' },
] as const

export function FlowTrendChart({ trend }: { trend: FlowPoint[] }) {
  const t = useTranslations()
  return (
    <ChartFigure title={t('charts.flowTitle')} className="h-40">
      <BarChart data={trend} margin={chartMargin} barGap={1} accessibilityLayer>
        <DayAxes width={44} value={count => t('counts.findings', { count })} shaded />
        <ChartLegend />
        {SERIES.map(({ key, color }) => (
          <Bar
            key={key}
            dataKey={key}
            name={t(`charts.${key}`)}
            fill={color}
            maxBarSize={12}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ChartFigure>
  )
}
