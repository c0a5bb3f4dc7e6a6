'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { TrendPoint } from '@/lib/domain/views'
import { axisStyle, tooltipStyle, useDayWords } from './chart-frame'

const SERIES = [
  { key: 'opened', color: 'var(--bad)' },
  { key: 'closed', color: 'var(--good)' },
] as const

export function FlowTrendChart({ trend }: { trend: TrendPoint[] }) {
  const t = useTranslations()
  const format = useFormatter()
  const dayWords = useDayWords()
  return (
    <figure className="h-40 w-full" aria-label={t('charts.flowTitle')}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={trend} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} barGap={1} accessibilityLayer>
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
            cursor={{ fill: 'var(--separator)' }}
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
      </ResponsiveContainer>
    </figure>
  )
}
