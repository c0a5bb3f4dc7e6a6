'use client'

import { useFormatter, useNow } from 'next-intl'

interface RelativeTimeProps {
  date: Date
  className?: string
}

interface RelativeTimeOptions extends RelativeTimeProps {
  /** Whether the date may be yet to come. Any other date has passed, even if the clock of the browser is behind. */
  mayBeAhead?: boolean
}

/** A relative time, with the exact time in the organization's zone on hover. */
export function RelativeTime({ date, className = '', mayBeAhead = false }: RelativeTimeOptions) {
  const format = useFormatter()
  const now = useNow({ updateInterval: 60_000 })
  return (
    <time
      dateTime={date.toISOString()}
      title={format.dateTime(date, { dateStyle: 'full', timeStyle: 'long' })}
      className={`whitespace-nowrap ${className}`}
      suppressHydrationWarning
    >
      {format.relativeTime(!mayBeAhead && date > now ? now : date, now)}
    </time>
  )
}

/** The time itself, in the organization's zone. */
export function ExactTime({ date, className = '' }: RelativeTimeProps) {
  const format = useFormatter()
  return (
    <time dateTime={date.toISOString()} className={`whitespace-nowrap ${className}`}>
      {format.dateTime(date, { dateStyle: 'medium', timeStyle: 'short' })}
    </time>
  )
}

/** The day, in the organization's zone. */
export function Day({ date, className = '' }: RelativeTimeProps) {
  const format = useFormatter()
  return (
    <time dateTime={date.toISOString()} className={`whitespace-nowrap ${className}`}>
      {format.dateTime(date, { dateStyle: 'medium' })}
    </time>
  )
}
