'use client'

import { useFormatter, useNow, useTranslations } from 'next-intl'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** The age of a reading in one number, for narrow columns. */
export function ShortAge({ date }: { date: Date }) {
  const t = useTranslations('coverage')
  const format = useFormatter()
  const now = useNow({ updateInterval: 60_000 })
  const age = Math.max(now.getTime() - date.getTime(), 0)
  const found = UNITS.find(([, size]) => age >= size)
  return (
    <time dateTime={date.toISOString()} className="whitespace-nowrap" suppressHydrationWarning>
      {found
        ? format.number(Math.floor(age / found[1]), { style: 'unit', unit: found[0], unitDisplay: 'narrow' })
        : t('justNow')}
    </time>
  )
}
