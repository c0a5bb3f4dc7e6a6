'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { Area, AreaChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { TrendPoint } from '@/lib/domain/views'
import { axisStyle, tooltipStyle, useDayWords } from './chart-frame'

/** Worst at the bottom, where changes are most visible against the axis. */
const SERIES = ['critical', 'high', 'medium', 'low', 'informational'] as const

export function SeverityTrendChart({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations()
  const format = useFormatter()
  const dayWords = useDayWords()
  return (
    <figure className="h-72 w-full" aria-label={t('charts.openTitle')}>
      <ResponsiveContainer width="100%" height="100%">
        <AreaChart data={trend} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer>
          <CartesianGrid vertical={false} stroke="var(--separator)" />
          <XAxis dataKey="day" tickFormatter={dayWords} tick={axisStyle} stroke="var(--border)" minTickGap={48} />
          <YAxis
            width={44}
            allowDecimals={false}
            tick={axisStyle}
            stroke="var(--border)"
            tickFormatter={(value: number) => format.number(value)}
          />
          <Tooltip
            contentStyle={tooltipStyle}
            labelFormatter={label => dayWords(String(label))}
            formatter={value => t('counts.findings', { count: Number(value) })}
          />
          <Legend
            iconSize={8}
            iconType="square"
            itemSorter={null}
            wrapperStyle={{ fontSize: 11 }}
            formatter={name => <span className="text-muted">{name}</span>}
          />
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
      </ResponsiveContainer>
    </figure>
  )
}
