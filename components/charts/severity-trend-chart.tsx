'use client'

import { useTranslations } from 'next-intl'
import { Area, AreaChart } from 'recharts'
import type { TrendPoint } from '@/lib/domain/views'
import { ChartFigure, ChartLegend, chartMargin, DayAxes } from './day-chart'

/** Worst at the bottom, where changes are most visible against the axis. */
const SERIES = ['critical', 'high', 'medium', 'low', 'informational'] as const

export function SeverityTrendChart({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations()
  return (
    <ChartFigure title={t('charts.openTitle')} className="h-72">
      <AreaChart data={trend} margin={chartMargin} accessibilityLayer>
        <DayAxes width={44} value={count => t('counts.findings', { count })} />
        <ChartLegend />
        {SERIES.map(severity => (
          <Area
            key={severity}
            type="monotone"
            dataKey={severity}
            stackId="open"
            name={t(`severity.${severity}`)}
            stroke={`var(--severity-${severity})`}
            fill={`var(--severity-${severity})`}
            fillOpacity={0.55}
            strokeWidth={1}
            isAnimationActive={false}
          />
        ))}
      </AreaChart>
    </ChartFigure>
  )
}
