'use client'

import { useFormatter } from 'next-intl'
import { Bar, BarChart } from 'recharts'
import { ChartFigure, ChartLegend, chartMargin, DayAxes } from '../day-chart'
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
  const data = days.map((day, at) => ({
    day,
    ...Object.fromEntries(series.map(({ values }, n) => [`s${n}`, values[at] ?? 0])),
  }))
  return (
    <ChartFigure title={title} className="h-44">
      <BarChart data={data} margin={chartMargin} accessibilityLayer>
        <DayAxes
          width={52}
          number={value => format.number(value, { notation: 'compact' })}
          value={value => format.number(value)}
          shaded
        />
        <ChartLegend />
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
    </ChartFigure>
  )
}
