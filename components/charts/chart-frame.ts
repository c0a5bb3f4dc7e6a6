import { useFormatter } from 'next-intl'

/** A day of a trend in the short form of axes. Days are already in the organization's zone. */
export function useDayWords(): (day: string) => string {
  const format = useFormatter()
  return day => format.dateTime(new Date(`${day}T00:00:00Z`), { month: 'numeric', day: 'numeric', timeZone: 'UTC' })
}

export const axisStyle = { fontSize: 11, fill: 'var(--muted)' } as const
export const tooltipStyle = {
  background: 'var(--overlay)',
  border: '1px solid var(--border)',
  borderRadius: 6,
  color: 'var(--foreground)',
  fontSize: 12,
} as const
