'use client'

import { useFormatter, useNow } from 'next-intl'

const INTERVAL_MS = 60_000

interface RelativeTimeProps {
  date: Date
  className?: string
}

/** How long ago, with the exact time in the organisation's zone on hover. */
export function RelativeTime({ date, className = '' }: RelativeTimeProps) {
  const format = useFormatter()
  const now = useNow({ updateInterval: INTERVAL_MS })
  // `now` is up to an interval old: what happened since then is not in the future.
  const ahead = date.getTime() - now.getTime()
  return (
    <time
      dateTime={date.toISOString()}
      title={format.dateTime(date, { dateStyle: 'full', timeStyle: 'long' })}
      className={`whitespace-nowrap ${className}`}
      suppressHydrationWarning
    >
      {format.relativeTime(ahead > 0 && ahead <= INTERVAL_MS ? now : date, now)}
    </time>
  )
}

/** The time itself, in the organisation's zone. */
export function ExactTime({ date, className = '' }: RelativeTimeProps) {
  const format = useFormatter()
  return (
    <time dateTime={date.toISOString()} className={`whitespace-nowrap ${className}`}>
      {format.dateTime(date, { dateStyle: 'medium', timeStyle: 'short' })}
    </time>
  )
}

/** The day, in the organisation's zone. */
export function Day({ date, className = '' }: RelativeTimeProps) {
  const format = useFormatter()
  return (
    <time dateTime={date.toISOString()} className={`whitespace-nowrap ${className}`}>
      {format.dateTime(date, { dateStyle: 'medium' })}
    </time>
  )
}
