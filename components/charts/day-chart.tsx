import { useFormatter } from 'next-intl'
import type { ReactNode } from 'react'
import { CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'

/** A day of a trend in the short form of axes. Days are already in the organization's zone. */
function useDayWords(): (day: string) => string {
  const format = useFormatter()
  return day => format.dateTime(new Date(`${day}T00:00:00Z`), { month: 'numeric', day: 'numeric', timeZone: 'UTC' })
}

const axisStyle = { fontSize: 11, fill: 'var(--muted)' } as const
const tooltipStyle = {
  background: 'var(--overlay)',
  border: '1px solid var(--border)',
  borderRadius: 6,
  color: 'var(--foreground)',
  fontSize: 12,
} as const

/** The margin of every chart of days. */
export const chartMargin = { top: 4, right: 8, bottom: 0, left: 0 } as const

/** The frame of a chart that fills its width. `className`: its height. */
export function ChartFigure({ title, className, children }: { title: string; className: string; children: ReactNode }) {
  return (
    <figure className={`w-full ${className}`} aria-label={title}>
      <ResponsiveContainer width="100%" height="100%">
        {children}
      </ResponsiveContainer>
    </figure>
  )
}

interface DayAxesProps {
  /** The width of the axis with the numbers. */
  width: number
  /** The numbers of the axis, in words. */
  number?: (value: number) => string
  domain?: [number, number | 'auto']
  ticks?: number[]
  /** The value that the pointer shows, in words. */
  value: (value: number) => string
  /** Whether the day under the pointer is shaded, as for bars. */
  shaded?: boolean
}

/** Days below, numbers beside them, and what the pointer shows. Each day of the data has its `day`, YYYY-MM-DD. */
export function DayAxes({ width, number, domain = [0, 'auto'], ticks, value, shaded }: DayAxesProps) {
  const format = useFormatter()
  const dayWords = useDayWords()
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--separator)" />
      <XAxis dataKey="day" tickFormatter={dayWords} tick={axisStyle} stroke="var(--border)" minTickGap={48} />
      <YAxis
        width={width}
        domain={domain}
        {...(ticks && { ticks })}
        allowDecimals={false}
        tick={axisStyle}
        stroke="var(--border)"
        tickFormatter={number ?? ((tick: number) => format.number(tick))}
      />
      <Tooltip
        contentStyle={tooltipStyle}
        {...(shaded && { cursor: { fill: 'var(--separator)' } })}
        labelFormatter={label => dayWords(String(label))}
        formatter={shown => value(Number(shown))}
      />
    </>
  )
}

/** The names of the series, in the order of the chart. */
export function ChartLegend() {
  return (
    <Legend
      iconSize={8}
      iconType="square"
      itemSorter={null}
      wrapperStyle={{ fontSize: 11 }}
      formatter={name => <span className="text-muted">{name}</span>}
    />
  )
}
