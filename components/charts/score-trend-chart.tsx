'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { TrendPoint } from '@/lib/domain/views'
import { axisStyle, tooltipStyle, useDayWords } from './chart-frame'
import { methodChanges } from './method-changes'

export function ScoreTrendChart({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations('charts')
  const format = useFormatter()
  const dayWords = useDayWords()
  return (
    <figure className="h-32 w-full" aria-label={t('scoreTitle')}>
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={trend} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer>
          <CartesianGrid vertical={false} stroke="var(--separator)" />
          <XAxis dataKey="day" tickFormatter={dayWords} tick={axisStyle} stroke="var(--border)" minTickGap={48} />
          <YAxis width={32} domain={[0, 100]} ticks={[0, 50, 100]} tick={axisStyle} stroke="var(--border)" />
          {methodChanges(trend).map(day => (
            <ReferenceLine
              key={day}
              x={day}
              stroke="var(--muted)"
              strokeDasharray="4 2"
              label={{ value: t('method'), position: 'insideTopRight', fontSize: 10, fill: 'var(--muted)' }}
            />
          ))}
          <Tooltip
            contentStyle={tooltipStyle}
            labelFormatter={label => dayWords(String(label))}
            formatter={value => format.number(Number(value), { maximumFractionDigits: 0 })}
          />
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
      </ResponsiveContainer>
    </figure>
  )
}
