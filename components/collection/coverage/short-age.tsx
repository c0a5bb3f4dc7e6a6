'use client'

import { useFormatter, useNow } from 'next-intl'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** The age of a reading in one number, for narrow columns. */
export function ShortAge({ date }: { date: Date }) {
  const format = useFormatter()
  const now = useNow({ updateInterval: 60_000 })
  const age = Math.max(now.getTime() - date.getTime(), 0)
  const [unit, length] = UNITS.find(([, size]) => age >= size) ?? UNITS[2]
  return (
    <time dateTime={date.toISOString()} className="whitespace-nowrap" suppressHydrationWarning>
      {format.number(Math.floor(age / length), { style: 'unit', unit, unitDisplay: 'narrow' })}
    </time>
  )
}
