'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { Line, LineChart, ReferenceLine } from 'recharts'
import type { TrendPoint } from '@/lib/domain/views'
import { ChartFigure, chartMargin, DayAxes } from './day-chart'
import { methodChanges } from './method-changes'

export function ScoreTrendChart({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations('charts')
  const format = useFormatter()
  return (
    <ChartFigure title={t('scoreTitle')} className="h-32">
      <LineChart data={trend} margin={chartMargin} accessibilityLayer>
        <DayAxes
          width={32}
          domain={[0, 100]}
          ticks={[0, 50, 100]}
          value={score => format.number(score, { maximumFractionDigits: 0 })}
        />
        {methodChanges(trend).map(day => (
          <ReferenceLine
            key={day}
            x={day}
            stroke="var(--muted)"
            strokeDasharray="4 2"
            label={{ value: t('method'), position: 'insideTopRight', fontSize: 10, fill: 'var(--muted)' }}
          />
        ))}
        <Line
          type="monotone"
          dataKey="score"
          name={t('score')}
          stroke="var(--accent)"
          strokeWidth={2}
          dot={false}
          // A day that was filled in later has no score.
          connectNulls
          isAnimationActive={false}
        />
      </LineChart>
    </ChartFigure>
  )
}
