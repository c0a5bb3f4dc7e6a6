'use client'

import { useFormatter } from 'next-intl'
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { axisStyle, tooltipStyle, useDayWords } from '../chart-frame'
import type { RequestSeries } from './series'

/** Shades of one colour: rules are no states. */
const SHADES = [100, 72, 52, 38, 28, 20]

interface RequestTrendProps {
  title: string
  days: readonly string[]
  /** At most six. */
  series: readonly RequestSeries[]
}

export function RequestTrendChart({ title, days, series }: RequestTrendProps) {
  const format = useFormatter()
  const dayWords = useDayWords()
  const data = days.map((day, at) => ({
    day,
    ...Object.fromEntries(series.map(({ values }, n) => [`s${n}`, values[at] ?? 0])),
  }))
  return (
    <figure className="h-44 w-full" aria-label={title}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={data} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer>
          <CartesianGrid vertical={false} stroke="var(--separator)" />
          <XAxis dataKey="day" tickFormatter={dayWords} tick={axisStyle} stroke="var(--border)" minTickGap={48} />
          <YAxis
            width={52}
            allowDecimals={false}
            tick={axisStyle}
            stroke="var(--border)"
            tickFormatter={(value: number) => format.number(value, { notation: 'compact' })}
          />
          <Tooltip
            contentStyle={tooltipStyle}
            cursor={{ fill: 'var(--separator)' }}
            labelFormatter={label => dayWords(String(label))}
            formatter={value => format.number(Number(value))}
          />
          <Legend
            iconSize={8}
            iconType="square"
            itemSorter={null}
            wrapperStyle={{ fontSize: 11 }}
            formatter={name => <span className="text-muted">{name}</span>}
          />
          {series.map(({ name }, n) => (
            <Bar
              key={name}
              dataKey={`s${n}`}
              name={name}
              stackId="requests"
              fill={`color-mix(in oklab, var(--accent) ${SHADES[n]}%, var(--surface))`}
              maxBarSize={14}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </figure>
  )
}
